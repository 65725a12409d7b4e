// What is on the device, in memory: the one place that other rooms ask for a parcel.
import { type Found, Index } from "../search/find";
import { readJson } from "./bytes";
import { heldPacks, partData } from "./install";
import type { FieldInfo, Held, ParcelsDocument, Row } from "./shapes";

export interface HeldUnit {
  pack: Held;
  document: ParcelsDocument;
}

interface Loaded {
  units: Map<number, HeldUnit>;
  rows: Map<string, { row: Row; unit: HeldUnit }>;
  /** Made when it is first wanted: the map opens without it. */
  index: () => Index;
}

const EMPTY: Loaded = { units: new Map(), rows: new Map(), index: () => new Index([], () => "", []) };
let loaded: Loaded = EMPTY;
const listeners = new Set<() => void>();

/** Reads all held packs; again after one was taken or removed. */
export async function load(): Promise<void> {
  const units = new Map<number, HeldUnit>();
  const rows = new Map<string, { row: Row; unit: HeldUnit }>();
  for (const pack of await heldPacks()) {
    const name = Object.entries(pack.parts).find(([, part]) => part.kind === "parcels")?.[0];
    const data = name ? await partData(pack.unit, name) : null;
    if (!data) continue;
    const document = await readJson<ParcelsDocument>(data);
    const unit = { pack, document };
    units.set(pack.unit, unit);
    for (const row of document.rows) rows.set(row.uid, { row, unit });
  }
  const fields = new Set([...units.values()].flatMap(({ document }) => document.fields.filter(isTyped).map(({ name }) => name)));
  const nameOf = (row: Row): string => rows.get(row.uid)?.unit.pack.name ?? "";
  // Papers and people keep them.
  const formerOf = (row: Row): string[] => rows.get(row.uid)?.unit.pack.former ?? [];
  let made: Index | null = null;
  const index = (): Index => (made ??= new Index([...rows.values()].map(({ row }) => row), nameOf, [...fields], formerOf));
  loaded = { units, rows, index };
  for (const fn of listeners) fn();
}

/** The records as they are now: whoever opens the handbook after too long has lost the personal part since they were read. */
export async function recheck(): Promise<void> {
  for (const pack of await heldPacks()) {
    const unit = loaded.units.get(pack.unit);
    if (unit) unit.pack = pack;
  }
}

function isTyped({ type, name }: FieldInfo): boolean {
  return type === "text" && !/^(sheet|parcel)_no/.test(name);
}

/** Nothing of the packs stays in memory: the device was locked or wiped. */
export function forget(): void {
  loaded = EMPTY;
  for (const fn of listeners) fn();
}

export function onLoad(fn: () => void): () => void {
  listeners.add(fn);
  return () => listeners.delete(fn);
}

export const units = (): HeldUnit[] => [...loaded.units.values()];
export const row = (uid: string): Row | null => loaded.rows.get(uid)?.row ?? null;
export const unitOf = (uid: string): HeldUnit | null => loaded.rows.get(uid)?.unit ?? null;
export const rowsOf = (unit: number): Row[] => loaded.units.get(unit)?.document.rows ?? [];
export const allRows = (): Row[] => [...loaded.rows.values()].map(({ row }) => row);
export const find = (text: string, limit?: number): Found[] => loaded.index().find(text, limit);

/** The version of the register that a row comes from: what a report is based on. */
export function baseOf(uid: string): { layer: string; uid: string; version: number | string } | null {
  const unit = unitOf(uid);
  return unit ? { layer: unit.document.layer, uid, version: unit.document.version } : null;
}

