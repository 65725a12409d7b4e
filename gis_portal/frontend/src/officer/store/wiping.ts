// What goes when a device is wiped, and what stays: nothing that this device could read.
import type { IDBPTransaction } from "idb";
import { type OfficerSchema, type PackRecord, type StoreName, write } from "./db";
import type { Wrapped } from "./keys";

/** That there was a wipe, why, and what it left: reports that no server has, sealed under a key that only the office can give back. */
export interface Capsule {
  why: string;
  at: number;
  device: string;
  reports: number;
  drafts: number;
}

const FROM_SERVER: StoreName[] = ["packs", "parts", "rows", "privates"];
const WRITTEN = ["outbox", "photos", "drafts", "draftPhotos", "pictures"] as const;

/** The keys first; one transaction, so that a process killed in between leaves all or nothing. */
export async function emptyAll(why: string): Promise<Capsule | null> {
  const left = await write([...FROM_SERVER, ...WRITTEN, "meta"], async (tx) => {
    const meta = tx.objectStore("meta");
    const rescue = (await meta.get("rescue")) as { device: string } | undefined;
    await meta.clear();
    await Promise.all(FROM_SERVER.map((store) => tx.objectStore(store).clear()));
    if (!rescue) await Promise.all(WRITTEN.map((store) => tx.objectStore(store).clear()));
    for (const { id, state, settledAt } of await tx.objectStore("outbox").getAll()) {
      // Refused ones stay, too: nobody but this device has them.
      if (state !== "refused" && settledAt !== null) await removeOperation(tx, id);
    }
    const [reports, written] = await Promise.all([tx.objectStore("outbox").count(), tx.objectStore("drafts").count()]);
    const kept: Capsule = { why, at: Date.now(), device: rescue?.device ?? "", reports, drafts: written };
    await meta.put(kept, "wiped");
    if (!rescue || reports + written === 0) return null;
    await meta.put(rescue, "rescue");
    return kept;
  });
  await emptyFiles();
  return left;
}

type Removing = Pick<IDBPTransaction<OfficerSchema, ("outbox" | "photos" | "pictures")[], "readwrite">, "objectStore">;

/** An operation with its photos and their bytes. */
export async function removeOperation(tx: Removing, id: string): Promise<void> {
  await tx.objectStore("outbox").delete(id);
  const photos = tx.objectStore("photos");
  for (const { index, seal } of await photos.index("operation").getAll(id)) {
    await tx.objectStore("pictures").delete(seal);
    await photos.delete([id, index]);
  }
}

/** Personal fields and the key to them; what the officer wrote is not touched. */
export async function privateGone(): Promise<void> {
  await write(["privates", "parts", "packs", "meta"], async (tx) => {
    const meta = tx.objectStore("meta");
    const wrapped = (await meta.get("vault")) as Wrapped | undefined;
    if (wrapped?.pack) await meta.put({ ...wrapped, pack: null }, "vault");
    await tx.objectStore("privates").clear();
    for (const pack of await tx.objectStore("packs").getAll()) await tx.objectStore("packs").put(withoutPrivate(pack));
    const parts = tx.objectStore("parts");
    for (const part of await parts.getAll()) {
      if (part["kind"] === "private") await parts.delete([part.unit, part.name, part.from]);
    }
  });
}

/** So that the part is taken again when the server is heard. */
function withoutPrivate(pack: PackRecord): PackRecord {
  const parts = Object.entries((pack["parts"] ?? {}) as Record<string, { kind?: string }>);
  return { ...pack, parts: Object.fromEntries(parts.filter(([, part]) => part.kind !== "private")) };
}

/** The browser's private file system, should a room have kept tiles there. */
async function emptyFiles(): Promise<void> {
  const root = await globalThis.navigator?.storage?.getDirectory?.().catch(() => null);
  if (!root) return;
  const names: string[] = [];
  for await (const name of (root as unknown as { keys(): AsyncIterable<string> }).keys()) names.push(name);
  await Promise.all(names.map((name) => root.removeEntry(name, { recursive: true })));
}

/** Gives up what a wipe left: after it was saved as a file, or because nobody wants it. */
export async function discardCapsule(): Promise<void> {
  await write([...WRITTEN, "meta"], async (tx) => {
    await Promise.all(WRITTEN.map((store) => tx.objectStore(store).clear()));
    await Promise.all(["rescue", "wiped"].map((key) => tx.objectStore("meta").delete(key)));
  });
}
