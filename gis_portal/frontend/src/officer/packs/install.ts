// Parts onto the device: whole ones by one write that the disk has when it resolves; personal values sealed row by row.
import { open, write } from "../store/db";
import * as vault from "../store/vault";
import type { Bytes } from "../store/keys";
import { ask } from "../shell/api";
import { readJson, sha256, writeJson } from "./bytes";
import { applied } from "./delta";
import { BrokenPart, download, type Pieces, type Progress } from "./download";
import type { Delta, Held, PackInfo, ParcelsDocument, PartInfo, PrivateDocument } from "./shapes";

const ROOT = "/officer/api/";

/** The address of a part below the API's root. */
function below(url: string): string {
  const path = new URL(url, location.origin).pathname + new URL(url, location.origin).search;
  if (!path.startsWith(ROOT)) throw new Error(`not of the API: ${path}`);
  return path.slice(ROOT.length);
}

const fetcher = (url: string, from: number, signal: AbortSignal): Promise<Response> =>
  ask(below(url), { signal, ...(from ? { headers: { Range: `bytes=${from}-` } } : {}) });

/** Pieces have a name of their own: the former part stays of use until the new one is whole. */
function pieceName(part: PartInfo): string {
  return `${part.name}~${part.sha256}`;
}

function piecesOf(unit: number, part: PartInfo): Pieces {
  const name = pieceName(part);
  const all = IDBKeyRange.bound([unit, name, 0], [unit, name, Number.MAX_SAFE_INTEGER]);
  return {
    list: async () => (await (await open()).getAll("parts", all)).map((piece) => ({ from: piece.from, data: piece["data"] as Blob })),
    put: (from, data) => write(["parts"], async (tx) => void (await tx.objectStore("parts").put({ unit, name, from, kind: "piece", data }))),
    clear: () => write(["parts"], async (tx) => void (await tx.objectStore("parts").delete(all))),
  };
}

/** How many bytes of the part came already. */
export async function arrived(unit: number, part: PartInfo): Promise<number> {
  if (part.kind === "private") return 0;
  return (await piecesOf(unit, part).list()).reduce((sum, { data }) => sum + data.size, 0);
}

export async function heldPack(unit: number): Promise<Held | undefined> {
  return (await (await open()).get("packs", unit)) as Held | undefined;
}

export async function heldPacks(): Promise<Held[]> {
  return (await (await open()).getAll("packs")) as unknown as Held[];
}

export async function partData(unit: number, name: string): Promise<Blob | null> {
  const record = await (await open()).get("parts", [unit, name, 0]);
  return record ? (record["data"] as Blob) : null;
}

function described(pack: PackInfo, before: Held | undefined, checkedAt: number): Held {
  const { id, code, name, bbox, former = [] } = pack.unit;
  return { ...before, unit: id, code, name, bbox, former, as_of: pack.as_of, checkedAt, parts: { ...before?.parts } };
}

type Packs = { get(unit: number): Promise<unknown>; put(value: never): Promise<unknown> };

/** Read and written in one transaction: another window, or the look at what is newest, may write at the same time. */
async function describe(packs: Packs, pack: PackInfo, now: number, change: (held: Held) => void): Promise<void> {
  const held = described(pack, (await packs.get(pack.unit.id)) as Held | undefined, now);
  change(held);
  await packs.put(held as never);
}

function labelOf(label: PartInfo["label"]): string {
  return typeof label === "string" ? label : (label["vi"] ?? "");
}

/** Downloads the part and puts it in the place of the former one, with the pack's description, in one transaction. */
export async function take(pack: PackInfo, part: PartInfo, now: number, signal: AbortSignal, say: (p: Progress) => void): Promise<void> {
  if (part.kind === "private") return takePrivate(pack, part, now, signal, say);
  const unit = pack.unit.id;
  const pieces = piecesOf(unit, part);
  const data = await download(part, pieces, fetcher, signal, say);
  const mine = { kind: part.kind, sha256: part.sha256, bytes: data.size, as_of: part.as_of, label: labelOf(part.label) };
  await write(["packs", "parts"], async (tx) => {
    const parts = tx.objectStore("parts");
    await parts.put({ unit, name: part.name, from: 0, kind: part.kind, data });
    await describe(tx.objectStore("packs"), pack, now, (held) => (held.parts[part.name] = mine));
    // Its pieces, and those of a former version that broke off and was never finished.
    for (const key of await parts.index("unit").getAllKeys(unit)) if (key[1].startsWith(`${part.name}~`)) await parts.delete(key);
  });
}

async function sealRow(uid: string, values: Record<string, unknown>): Promise<Uint8Array<ArrayBuffer>> {
  const plain = new TextEncoder().encode(JSON.stringify(values)) as Bytes;
  const sealed = await vault.seal(plain, uid);
  plain.fill(0);
  return sealed;
}

/** The personal fields of a row; null where there are none. Rejects while the device is locked or past its time. */
export async function privateOf(uid: string): Promise<Record<string, unknown> | null> {
  const record = await (await open()).get("privates", uid);
  if (!record) return null;
  return JSON.parse(new TextDecoder().decode(await vault.open(record.sealed, uid))) as Record<string, unknown>;
}

async function takePrivate(pack: PackInfo, part: PartInfo, now: number, signal: AbortSignal, say: (p: Progress) => void): Promise<void> {
  say({ done: 0, total: part.bytes });
  // Not as a blob: browsers put blobs on the disk when memory is short, as they are.
  const data = new Uint8Array(await (await fetcher(part.url, 0, signal)).arrayBuffer());
  if (part.sha256 && (await sha256(data)) !== part.sha256) throw new BrokenPart(part.name);
  const document = await readJson<PrivateDocument>(data);
  const unit = pack.unit.id;
  const records = await Promise.all(
    Object.entries(document.rows).map(async ([uid, values]) => ({ uid, unit, sealed: await sealRow(uid, values) })),
  );
  const mine = { kind: "private" as const, sha256: part.sha256, bytes: data.length, as_of: part.as_of, label: labelOf(part.label) };
  await write(["packs", "privates"], async (tx) => {
    const store = tx.objectStore("privates");
    for (const key of await store.index("unit").getAllKeys(unit)) await store.delete(key);
    await Promise.all(records.map((record) => store.put(record)));
    await describe(tx.objectStore("packs"), pack, now, (held) => {
      held.parts[part.name] = mine;
      held.privateFields = document.fields ?? [];
    });
  });
  say({ done: data.length, total: data.length });
}

/** The parcels made new by what changed; false where the server wants the whole part taken again. */
export async function takeDelta(pack: PackInfo, part: PartInfo, now: number, signal: AbortSignal): Promise<boolean> {
  const unit = pack.unit.id;
  const before = await heldPack(unit);
  const from = before?.parts[part.name]?.sha256;
  const old = await partData(unit, part.name);
  if (!from || !old) return false;
  let answer: Response;
  try {
    answer = await ask(`packs/${unit}/delta?from=${encodeURIComponent(from)}`, { signal });
  } catch (error) {
    const status = (error as { status?: number }).status;
    if (status === 410 || status === 404) return false;
    throw error;
  }
  const delta = await readJson<Delta>(new Uint8Array(await answer.arrayBuffer()));
  if (delta.from !== from || delta.to !== part.sha256) return false;
  const document = applied(await readJson<ParcelsDocument>(old), delta);
  const data = await writeJson(document);
  const upserts = await Promise.all(
    Object.entries(delta.private?.upsert ?? {}).map(async ([uid, values]) => ({ uid, unit, sealed: await sealRow(uid, values) })),
  );
  const mine = { kind: "parcels" as const, sha256: delta.to, bytes: data.size, as_of: delta.as_of, label: labelOf(part.label) };
  await write(["packs", "parts", "privates"], async (tx) => {
    await tx.objectStore("parts").put({ unit, name: part.name, from: 0, kind: "parcels", data });
    const privates = tx.objectStore("privates");
    for (const uid of [...delta.remove, ...(delta.private?.remove ?? [])]) await privates.delete(uid);
    await Promise.all(upserts.map((record) => privates.put(record)));
    await describe(tx.objectStore("packs"), pack, now, (held) => {
      held.parts[part.name] = mine;
      const personal = Object.values(held.parts).find(({ kind }) => kind === "private");
      if (personal && delta.private?.to) Object.assign(personal, { sha256: delta.private.to, as_of: delta.as_of });
    });
  });
  return true;
}

/** The server was asked and has nothing newer. */
export async function stillNewest(pack: PackInfo, now: number): Promise<void> {
  await write(["packs"], async (tx) => {
    const packs = tx.objectStore("packs");
    if (await packs.get(pack.unit.id)) await describe(packs, pack, now, () => undefined);
  });
}

/** Takes a whole pack, or one part of it, off the device. */
export async function remove(unit: number, name?: string): Promise<void> {
  await write(["packs", "parts", "privates"], async (tx) => {
    const [packs, parts, privates] = [tx.objectStore("packs"), tx.objectStore("parts"), tx.objectStore("privates")];
    const held = (await packs.get(unit)) as unknown as Held | undefined;
    const isPrivate = !name || held?.parts[name]?.kind === "private";
    for (const key of await parts.index("unit").getAllKeys(unit)) {
      if (!name || key[1] === name || key[1].startsWith(`${name}~`)) await parts.delete(key);
    }
    if (isPrivate) for (const key of await privates.index("unit").getAllKeys(unit)) await privates.delete(key);
    if (!held) return;
    if (name) delete held.parts[name];
    if (!name || !Object.values(held.parts).some(({ kind }) => kind === "parcels")) await packs.delete(unit);
    else await packs.put(held as never);
  });
}
