// What the officer wrote and no server has confirmed yet, in the order in which it was written. `add` resolves when the disk has
// operation and photos; nothing here is removed before every receipt is kept and the days after it are over. ./send.ts sends.
import { open as openDatabase, type OutboxRecord, type OutboxState, type PhotoRecord, type Sealed, write } from "../store/db";
import type { Bytes } from "../store/keys";
import * as vault from "../store/vault";
import { removeOperation } from "../store/wiping";
import { type Json, sha256, sha256OfJson, uuid7, wellFormed } from "./canonical";

export interface Base {
  layer: string;
  uid: string;
  version: number | string;
}

export interface NewOperation {
  kind: "observation" | "proposal" | "answer";
  base: Base | null;
  /** Its `photos` are written here. */
  payload: { [key: string]: Json };
  /** The draft of which it is made: its number becomes the operation's, and it goes in the same transaction. */
  draft?: string;
}

/** As the camera wrote it, byte for byte, and what the form knew at the moment. */
export interface NewPhoto {
  bytes: Bytes;
  facts: { [key: string]: Json };
}

/** A photo whose bytes lie in `pictures` already. */
export interface KeptPhoto {
  seal: string;
  sha256: string;
  bytes: number;
  facts: { [key: string]: Json };
}

export interface Operation {
  id: string;
  kind: string;
  made_at: string;
  base: Base | null;
  payload: { [key: string]: Json };
  sha256: string;
}

export interface Receipt {
  id: string;
  state: "received" | "refused" | "conflict";
  code?: string | null;
  detail?: string | null;
  received_at?: string;
  server_version?: unknown;
}

export interface Item {
  id: string;
  seq: number;
  state: OutboxState | "sending";
  operation: Operation;
  photos: number;
  photosReceived: number;
  photosRefused: number;
  receipt: Receipt | null;
  settledAt: number | null;
}

export interface Counts {
  /** Without a receipt, or with photos that have none. */
  unsent: number;
  photos: number;
  photosReceived: number;
  refused: number;
  conflict: number;
  received: number;
}

const DAY = 24 * 3_600_000;
const listeners = new Set<() => void>();
const sendingNow = new Set<string>();

export function onChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function changed(): void {
  for (const listener of listeners) listener();
}

export const encoded = (value: unknown): Bytes => new TextEncoder().encode(JSON.stringify(value)) as Bytes;
export const decoded = <T>(bytes: Bytes): T => JSON.parse(new TextDecoder().decode(bytes)) as T;

export const sealWork = (value: unknown, about: string): Promise<Sealed> => vault.seal(encoded(value), about, "work");
export const openWork = async <T>(sealed: Sealed, about: string): Promise<T> => decoded<T>(await vault.open(sealed, about, "work"));

export async function sealPhoto({ bytes, facts }: NewPhoto): Promise<KeptPhoto & { sealed: Sealed }> {
  const seal = uuid7();
  return { seal, facts, bytes: bytes.length, sha256: await sha256(bytes), sealed: await vault.seal(bytes, `photo/${seal}`, "work") };
}

/** The photo as the camera wrote it. */
export async function pictureOf(seal: string): Promise<Bytes> {
  const sealed = await (await openDatabase()).get("pictures", seal);
  if (!sealed) throw new Error(`no picture ${seal}`);
  return vault.open(sealed, `photo/${seal}`, "work");
}

/** Resolves with the operation's number when operation and photos are on the disk; rejects when they are not, all or nothing. */
export async function add(operation: NewOperation, photos: (NewPhoto | KeptPhoto)[] = []): Promise<string> {
  const id = operation.draft ?? uuid7();
  const ready: (KeptPhoto & { sealed?: Sealed })[] = [];
  for (const photo of photos) ready.push("seal" in photo ? photo : await sealPhoto(photo));
  const payload = wellFormed(operation.payload) as { [key: string]: Json };
  if (operation.kind === "observation" || ready.length) {
    payload["photos"] = ready.map((photo, index) => ({ ...photo.facts, index, sha256: photo.sha256, bytes: photo.bytes }));
  }
  const whole: Operation = {
    id,
    kind: operation.kind,
    made_at: new Date().toISOString(),
    base: operation.base,
    payload,
    sha256: await sha256OfJson(payload),
  };
  await keep(whole, ready, operation.draft);
  changed();
  return id;
}

async function keep(operation: Operation, photos: (KeptPhoto & { sealed?: Sealed })[], draft: string | undefined): Promise<void> {
  const { id } = operation;
  const sealed = await sealWork(operation, `operation/${id}`);
  await write(["outbox", "photos", "pictures", "drafts", "draftPhotos", "meta"], async (tx) => {
    const meta = tx.objectStore("meta");
    const seq = Number((await meta.get("seq")) ?? 0) + 1;
    await meta.put(seq, "seq");
    await tx.objectStore("outbox").add({
      id, seq, sealed, state: "waiting", photos: photos.length, photosReceived: 0, receipt: null, settledAt: null,
    });
    for (const [index, { seal, sealed: picture, sha256: hash, bytes }] of photos.entries()) {
      if (picture) await tx.objectStore("pictures").add(picture, seal);
      await tx.objectStore("photos").add({ operation: id, index, seal, sha256: hash, bytes, state: "waiting", receipt: null });
      await tx.objectStore("draftPhotos").delete(seal);
    }
    if (draft) await tx.objectStore("drafts").delete(draft);
  });
}

const records = async (): Promise<OutboxRecord[]> => (await openDatabase()).getAllFromIndex("outbox", "seq");

/** Oldest first; needs the PIN. */
export async function list(): Promise<Item[]> {
  return Promise.all((await records()).map(item));
}

async function item(record: OutboxRecord): Promise<Item> {
  const { id, seq, photos, photosReceived, settledAt } = record;
  const operation = await openWork<Operation>(record.sealed, `operation/${id}`);
  const receipt = record.receipt && (await openWork<Receipt>(record.receipt, `receipt/${id}`));
  const states = photos ? await (await openDatabase()).getAllFromIndex("photos", "operation", id) : [];
  const photosRefused = states.filter(({ state }) => state === "refused").length;
  const state = sendingNow.has(id) ? "sending" : record.state;
  return { id, seq, state, operation, photos, photosReceived, photosRefused, receipt, settledAt };
}

/** Without the PIN: how much is still here. */
export async function counts(): Promise<Counts> {
  const all = await records();
  const unsettled = all.filter(({ settledAt, state }) => settledAt === null && state !== "refused");
  const sum = (of: (record: OutboxRecord) => number): number => unsettled.reduce((total, record) => total + of(record), 0);
  const having = (state: OutboxState): number => all.filter((record) => record.state === state).length;
  return {
    unsent: unsettled.length,
    photos: sum(({ photos }) => photos),
    photosReceived: sum(({ photosReceived }) => photosReceived),
    refused: having("refused"),
    conflict: having("conflict"),
    received: having("received"),
  };
}

/** Operations without a receipt, oldest first, at most so many. */
export async function waiting(most = Infinity): Promise<Operation[]> {
  const found = (await records()).filter(({ state }) => state === "waiting").slice(0, most);
  return Promise.all(found.map(({ id, sealed }) => openWork<Operation>(sealed, `operation/${id}`)));
}

export function markSending(ids: string[], sending: boolean): void {
  for (const id of ids) sending ? sendingNow.add(id) : sendingNow.delete(id);
  changed();
}

/** The server's word, kept before anybody believes it. A receipt for something else is not heard. */
export async function keepReceipts(receipts: Receipt[]): Promise<void> {
  const sealed = new Map<string, Sealed>();
  for (const receipt of receipts) sealed.set(receipt.id, await sealWork(receipt, `receipt/${receipt.id}`));
  await write(["outbox"], async (tx) => {
    const outbox = tx.objectStore("outbox");
    for (const { id, state } of receipts) {
      const record = await outbox.get(id);
      if (record?.state !== "waiting") continue;
      const next: OutboxRecord = { ...record, state, receipt: sealed.get(id) ?? null };
      await outbox.put({ ...next, settledAt: settledAt(next) });
    }
  });
  changed();
}

const settledAt = ({ state, photos, photosReceived }: OutboxRecord): number | null =>
  (state === "received" || state === "conflict") && photosReceived === photos ? Date.now() : null;

/** The photos that the server has not, of operations that it knows, in order; what it refused has evidence, too. */
export async function waitingPhotos(): Promise<{ photo: PhotoRecord; count: number }[]> {
  const database = await openDatabase();
  const result: { photo: PhotoRecord; count: number }[] = [];
  for (const { id, state, photos, photosReceived } of await records()) {
    if (state === "waiting" || photosReceived === photos) continue;
    const mine = await database.getAllFromIndex("photos", "operation", id);
    for (const photo of mine) if (photo.state === "waiting") result.push({ photo, count: photos });
  }
  return result;
}

/** A photo's receipt, or why the server will not have it. */
export async function settlePhoto(operation: string, index: number, state: "received" | "refused", receipt: unknown): Promise<void> {
  const sealed = await sealWork(receipt, `photo-receipt/${operation}/${index}`);
  await write(["outbox", "photos"], async (tx) => {
    const found = await tx.objectStore("photos").get([operation, index]);
    const record = await tx.objectStore("outbox").get(operation);
    if (!found || !record || found.state === "received") return;
    await tx.objectStore("photos").put({ ...found, state, receipt: sealed });
    if (state === "refused") return;
    const next = { ...record, photosReceived: record.photosReceived + 1 };
    await tx.objectStore("outbox").put({ ...next, settledAt: settledAt(next) });
  });
  changed();
}

/** Removes what has all its receipts since `keepDays`; the rest stays however old it is. */
export async function tidy(keepDays: number, now = Date.now()): Promise<void> {
  await write(["outbox", "photos", "pictures"], async (tx) => {
    for (const { id, settledAt: since } of await tx.objectStore("outbox").getAll()) {
      if (since !== null && since + keepDays * DAY <= now) await removeOperation(tx, id);
    }
  });
}

/** A refused one that the officer no longer wants; nothing else can be removed by hand. */
export async function dismiss(id: string): Promise<void> {
  await write(["outbox", "photos", "pictures"], async (tx) => {
    if ((await tx.objectStore("outbox").get(id))?.state === "refused") await removeOperation(tx, id);
  });
  changed();
}
