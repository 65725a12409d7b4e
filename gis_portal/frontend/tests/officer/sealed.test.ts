// A sealed file of the outbox opens again: for whoever wrote it, here or on another device, and nothing comes twice.
import "fake-indexeddb/auto";
import "./quick-pins";
import { beforeEach, expect, test, vi } from "vitest";
import * as outbox from "../../src/officer/outbox/outbox";
import { FileError, reopen } from "../../src/officer/outbox/reopen";
import { MARK, sealedFile } from "../../src/officer/outbox/sealed-file";
import { addPhoto, list as drafts, newDraft, photosOf } from "../../src/officer/report/drafts";
import { ApiError } from "../../src/officer/shell/api";
import { open } from "../../src/officer/store/db";
import type { Bytes } from "../../src/officer/store/keys";
import * as vault from "../../src/officer/store/vault";
import { discardCapsule } from "../../src/officer/store/wiping";

const PIN = "294716";
const key = (n: number): Bytes => new Uint8Array(32).fill(n);
const picture = (n: number): Bytes => new Uint8Array(3000).fill(n);
const never = (): Promise<Bytes[]> => Promise.reject(new Error("asked for a key"));
const office = (device: string): Promise<Bytes[]> => Promise.resolve([key(9), key(device === "mine" ? 1 : 2)]);

async function device(name: string, n: number): Promise<void> {
  await vault.wipe("signed-out");
  await discardCapsule();
  await vault.setPin(PIN, { device: name, key: key(n) });
}

const report = (note: string): Promise<string> =>
  outbox.add({ kind: "observation", base: null, payload: { note } }, [1, 2].map((n) => ({ bytes: picture(n), facts: {} })));

async function written(): Promise<{ ids: string[]; file: Blob }> {
  const ids = [await report("CANARY một"), await report("hai")];
  await outbox.keepReceipts([{ id: ids[1] as string, state: "received", received_at: "2026-11-22T03:00:00Z" }]);
  await outbox.settlePhoto(ids[1] as string, 0, "received", { sha256: "x" });
  const draft = newDraft({ note: "nháp", kind: "other" });
  await addPhoto(draft, new File([picture(7)], "a.jpg"), { taken_at: "", lon: null, lat: null, accuracy_m: null, bearing: null });
  await vault.lock();
  // Saved while locked: no key is needed for it.
  const file = await sealedFile();
  return { ids, file };
}

async function code(work: Promise<unknown>): Promise<string> {
  return work.then(() => "opened", (error: unknown) => (error instanceof FileError ? error.code : String(error)));
}

beforeEach(() => device("mine", 1));

test("nothing in the file can be read", async () => {
  const { file } = await written();
  const text = new TextDecoder("latin1").decode(await file.arrayBuffer());
  expect(text.startsWith(MARK)).toBe(true);
  expect(text).not.toContain("CANARY");
  expect(text).not.toContain(String.fromCharCode(...picture(1).subarray(0, 40)));
});

test("on the same device nothing comes twice, and no key is asked for", async () => {
  const { file } = await written();
  await vault.unlock(PIN);
  expect(await reopen(file, never)).toEqual({ reports: 0, drafts: 0, known: 3, damaged: 0 });
  const [first] = await outbox.list();
  await outbox.keepReceipts([{ id: first!.id, state: "refused" }]);
  await outbox.dismiss(first!.id);
  expect(await reopen(file, never)).toEqual({ reports: 1, drafts: 0, known: 2, damaged: 0 });
});

test("on another device of the same person all is there, receipts too; twice is once", async () => {
  const { ids, file } = await written();
  await device("new", 2);
  expect(await reopen(file, office)).toEqual({ reports: 2, drafts: 1, known: 0, damaged: 0 });
  const items = await outbox.list();
  expect(items.map(({ id, state, photosReceived, operation }) => [id, state, photosReceived, operation.payload["note"]])).toEqual([
    [ids[0], "waiting", 0, "CANARY một"],
    [ids[1], "received", 1, "hai"],
  ]);
  const waiting = await outbox.waitingPhotos();
  expect(waiting.map(({ photo }) => [photo.operation, photo.index])).toEqual([[ids[1], 1]]);
  expect(await outbox.pictureOf(waiting[0]!.photo.seal)).toEqual(picture(2));
  const [draft] = await drafts();
  expect([draft?.note, (await photosOf(draft!)).length]).toEqual(["nháp", 1]);
  expect(await reopen(file, office)).toEqual({ reports: 0, drafts: 0, known: 3, damaged: 0 });
  // What was written here comes after what was brought.
  await report("ba");
  expect((await outbox.list()).map(({ operation }) => operation.payload["note"])).toEqual(["CANARY một", "hai", "ba"]);
});

test("after a PIN was changed and after a wipe the file still opens", async () => {
  const { file } = await written();
  await vault.changePin(PIN, "505050");
  expect((await reopen(file, never)).known).toBe(3);
  await vault.wipe("pins");
  await discardCapsule();
  await vault.setPin("616161", { device: "mine-again", key: key(4) });
  expect((await reopen(file, office)).reports).toBe(2);
});

test("what stands in the way has a name", async () => {
  const { file } = await written();
  await device("new", 2);
  const bytes = new Uint8Array(await file.arrayBuffer());
  const refuse = (error: ApiError) => (): Promise<Bytes[]> => Promise.reject(error);
  expect(await code(reopen(new Blob(["PK\x03\x04 a zip"]), office))).toBe("file-unknown");
  expect(await code(reopen(new Blob(['{"format":"other"}']), office))).toBe("file-unknown");
  expect(await code(reopen(new Blob([bytes.subarray(0, 18)]), office))).toBe("file-cut");
  expect(await code(reopen(new Blob([bytes.subarray(0, 900)]), office))).toBe("file-cut");
  expect(await code(reopen(new Blob([bytes.subarray(0, bytes.length - 1)]), office))).toBe("file-cut");
  expect(await code(reopen(file, refuse(new ApiError("unknown-device", 404, ""))))).toBe("file-other");
  expect(await code(reopen(file, refuse(new ApiError("offline", 0, ""))))).toBe("file-offline");
  expect(await code(reopen(file, () => Promise.resolve([key(5)])))).toBe("file-damaged");
  expect(await outbox.counts()).toMatchObject({ unsent: 0 });
});

test("of a damaged photo the report comes all the same, and is told", async () => {
  const { file } = await written();
  await device("new", 2);
  const bytes = new Uint8Array(await file.arrayBuffer());
  // The last bytes are the last photo: the draft's.
  bytes.set([bytes[bytes.length - 1]! ^ 1], bytes.length - 1);
  expect(await reopen(new Blob([bytes]), office)).toEqual({ reports: 2, drafts: 1, known: 0, damaged: 1 });
  const [draft] = await drafts();
  expect(await photosOf(draft!)).toEqual([]);
});

test("a full device keeps what was opened and says so; the file goes on later", async () => {
  const { file } = await written();
  await device("new", 2);
  const database = await open();
  const real = database.transaction.bind(database);
  let n = 0;
  const full = vi.fn((...words: Parameters<typeof real>) => {
    if ((words[1] as string) === "readwrite" && ++n === 2) throw new DOMException("full", "QuotaExceededError");
    return real(...words);
  });
  database.transaction = full as unknown as typeof database.transaction;
  await expect(reopen(file, office)).rejects.toMatchObject({ code: "storage-full" });
  database.transaction = real;
  expect(await outbox.list()).toHaveLength(1);
  expect(await reopen(file, office)).toEqual({ reports: 1, drafts: 1, known: 1, damaged: 0 });
});
