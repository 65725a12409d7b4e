// The versions of the database's schema. A step, once released, is never changed: devices in the field have run it.
// What an officer wrote must come through every step; packs may be thrown away, they can be had again.
import type { IDBPDatabase, IDBPTransaction, StoreNames } from "idb";
import type { OfficerSchema } from "./db";

type Database = IDBPDatabase<OfficerSchema>;
type Changing = IDBPTransaction<OfficerSchema, StoreNames<OfficerSchema>[], "versionchange">;
type Step = (database: Database, tx: Changing) => void | Promise<void>;

function first(database: Database): void {
  database.createObjectStore("packs", { keyPath: "unit" });
  const parts = database.createObjectStore("parts", { keyPath: ["unit", "name", "from"] });
  parts.createIndex("unit", "unit");
  const rows = database.createObjectStore("rows", { keyPath: "uid" });
  rows.createIndex("unit", "unit");
  rows.createIndex("terms", "terms", { multiEntry: true });
  database.createObjectStore("privates", { keyPath: "uid" }).createIndex("unit", "unit");
  const outbox = database.createObjectStore("outbox", { keyPath: "id" });
  outbox.createIndex("seq", "seq", { unique: true });
  outbox.createIndex("state", "state");
  database.createObjectStore("photos", { keyPath: ["operation", "index"] }).createIndex("operation", "operation");
  database.createObjectStore("drafts", { keyPath: "id" });
  database.createObjectStore("draftPhotos", { keyPath: "seal" }).createIndex("draft", "draft");
  database.createObjectStore("pictures");
  database.createObjectStore("meta");
}

/** Step n makes version n + 1 of version n. */
export const STEPS: readonly Step[] = [first];

export const VERSION = STEPS.length;

/** For `openDB`: every step that the device has not run yet, in order, in one transaction. */
export async function upgrade(database: Database, from: number, _to: number | null, tx: unknown): Promise<void> {
  for (const step of STEPS.slice(from)) await step(database, tx as Changing);
}
