// What the handbook keeps on the device: one IndexedDB, opened here and nowhere else. Writing goes through `write`,
// which is on the disk when it resolves. Personal values enter only sealed (./vault.ts); stores marked so hold nothing plain.
import { type DBSchema, type IDBPDatabase, type IDBPTransaction, openDB, type StoreNames } from "idb";
import { upgrade, VERSION } from "./schema";

const NAME = "officer";

/** Bytes that only ./vault.ts can read: its version, the random start, what AES-GCM made. */
export type Sealed = Uint8Array<ArrayBuffer>;

/** A unit whose pack is on the device; the rooms that install packs add what they need. */
export interface PackRecord {
  unit: number;
  [more: string]: unknown;
}

/** A part of a pack, or a piece of one that is still coming: `from` is where it starts, 0 for a whole part. */
export interface PartRecord {
  unit: number;
  name: string;
  from: number;
  [more: string]: unknown;
}

export interface RowRecord {
  uid: string;
  unit: number;
  /** Lower case without accents, each found by its beginning: the offline search. */
  terms: string[];
  [more: string]: unknown;
}

/** Personal fields of a row. */
export interface PrivateRecord {
  uid: string;
  unit: number;
  sealed: Sealed;
}

/** What is known on the disk; that one is being sent is known only to the window that sends. */
export type OutboxState = "waiting" | "received" | "refused" | "conflict";

/** An operation as it lies here: what the officer wrote is in `sealed`, only what sending needs is plain. */
export interface OutboxRecord {
  id: string;
  /** Counts up on this device: the order of sending, whatever the clock says. */
  seq: number;
  state: OutboxState;
  sealed: Sealed;
  photos: number;
  photosReceived: number;
  /** The receipt, sealed: its words may repeat what was written. */
  receipt: Sealed | null;
  /** Milliseconds since 1970: when operation and all photos had their receipts. */
  settledAt: number | null;
}

export interface PhotoRecord {
  operation: string;
  index: number;
  /** Where its bytes lie in `pictures`, and the name of their seal. */
  seal: string;
  sha256: string;
  bytes: number;
  state: "waiting" | "received" | "refused";
  receipt: Sealed | null;
}

/** A form as it was typed so far. */
export interface DraftRecord {
  id: string;
  sealed: Sealed;
  changedAt: number;
}

/** A photo of a draft: its bytes are on the disk as soon as it was chosen, and do not move again. */
export interface DraftPhotoRecord {
  seal: string;
  draft: string;
  sha256: string;
  bytes: number;
  /** Where, when and how well it was taken: JSON. */
  facts: Sealed;
}

export interface OfficerSchema extends DBSchema {
  packs: { key: number; value: PackRecord };
  parts: { key: [number, string, number]; value: PartRecord; indexes: { unit: number } };
  rows: { key: string; value: RowRecord; indexes: { unit: number; terms: string } };
  privates: { key: string; value: PrivateRecord; indexes: { unit: number } };
  outbox: { key: string; value: OutboxRecord; indexes: { seq: number; state: OutboxState } };
  photos: { key: [string, number]; value: PhotoRecord; indexes: { operation: string } };
  drafts: { key: string; value: DraftRecord };
  draftPhotos: { key: string; value: DraftPhotoRecord; indexes: { draft: string } };
  /** Photos, byte for byte as the camera wrote them, sealed; the key is the seal's name. */
  pictures: { key: string; value: Sealed };
  meta: { key: string; value: unknown };
}

export type OfficerDatabase = IDBPDatabase<OfficerSchema>;
export type StoreName = StoreNames<OfficerSchema>;
type Writing<N extends StoreName[]> = IDBPTransaction<OfficerSchema, N, "readwrite">;

/** `storage-full`, `storage-closed` (another window has a newer version), `storage-unavailable`: `officer-<code>` has the words. */
export type StoreErrorCode = "storage-full" | "storage-closed" | "storage-unavailable";

export class StoreError extends Error {
  constructor(
    readonly code: StoreErrorCode,
    cause: unknown,
  ) {
    super(code, { cause });
    this.name = "StoreError";
  }
}

let opened: Promise<OfficerDatabase> | null = null;

/** The database, opened once a page; the same promise for everybody. */
export function open(): Promise<OfficerDatabase> {
  opened ??= openDB<OfficerSchema>(NAME, VERSION, {
    upgrade,
    // Another window wants a newer schema: let it have it; the next `open` here waits for it.
    blocking: (_from, _to, event) => {
      opened = null;
      (event.target as IDBDatabase).close();
    },
    terminated: () => {
      opened = null;
    },
  }).catch((error: unknown) => {
    opened = null;
    throw named(error);
  });
  return opened;
}

export async function close(): Promise<void> {
  const database = await opened?.catch(() => null);
  opened = null;
  database?.close();
}

/**
 * One transaction over `stores`; resolves when the disk has it, and then only: `strict` makes the browser flush.
 * Inside `work` await nothing but the transaction's own requests, or it commits half-way: seal beforehand.
 */
export async function write<N extends StoreName[], T>(stores: N, work: (tx: Writing<N>) => Promise<T>): Promise<T> {
  const database = await open();
  let tx: Writing<N>;
  try {
    tx = database.transaction(stores, "readwrite", { durability: "strict" }) as Writing<N>;
  } catch (error) {
    throw named(error);
  }
  try {
    const [result] = await Promise.all([work(tx), tx.done]);
    return result;
  } catch (error) {
    abort(tx);
    // A full disk shows at the commit: the transaction's own error says more than that of the request that it took along.
    throw named(tx.error ?? error);
  }
}

function abort(tx: { abort(): void }): void {
  try {
    tx.abort();
  } catch {
    // It had ended by itself.
  }
}

function named(error: unknown): unknown {
  if (!(error instanceof DOMException) && !(error instanceof Error)) return error;
  if (error.name === "QuotaExceededError") return new StoreError("storage-full", error);
  if (error.name === "VersionError" || error.name === "InvalidStateError") return new StoreError("storage-closed", error);
  if (["UnknownError", "SecurityError", "NotReadableError"].includes(error.name)) return new StoreError("storage-unavailable", error);
  return error;
}

export interface Space {
  used: number;
  quota: number;
  /** Whether the browser promised not to clear it when the device runs short. */
  kept: boolean;
}

/** How much lies here; asks for the promise when `ask` is set (some browsers show a question). */
export async function space(ask = false): Promise<Space> {
  const storage = globalThis.navigator?.storage;
  if (!storage?.estimate) return { used: 0, quota: 0, kept: false };
  const kept = (await storage.persisted?.()) || (ask && (await storage.persist?.())) || false;
  const { usage = 0, quota = 0 } = await storage.estimate();
  return { used: usage, quota, kept };
}
