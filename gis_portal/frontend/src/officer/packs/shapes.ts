// What the pack server sends: docs/officer.md, "Packs". Liberal in what is read: what is missing is empty.
import type { Unit } from "../shell/api";

export type PartKind = "parcels" | "private" | "layers" | "tiles" | "handbook" | "imagery";

export interface PartInfo {
  name: string;
  kind: PartKind;
  label: string | Record<string, string>;
  bytes: number;
  /** Empty where the part is made for each asking (private). */
  sha256: string;
  url: string;
  optional: boolean;
  as_of: string;
}

export interface PackInfo {
  unit: Unit;
  as_of: string;
  total_bytes: number;
  parts: PartInfo[];
  /** Names of parts that the server is still making. */
  waiting?: (string | { name: string })[];
}

export interface Choice {
  value: string;
  vi: string;
  en: string;
}

export interface FieldInfo {
  name: string;
  label: string | Record<string, string>;
  type: string;
  unit?: string | null;
  choices?: Choice[] | null;
}

export interface OldNumber {
  unit: string | null;
  sheet: string | null;
  number: string | null;
}

/** Corners in whole millimetres of the source grid: [x east, y north]; rings are not closed. */
export type Ring = [number, number][];

export interface Row {
  uid: string;
  unit: number | string;
  sheet: string;
  number: string;
  old?: OldNumber[];
  at: [number, number];
  crs: string;
  rings: Ring[];
  /** Indexes of the outer rings, each followed by its holes; missing where there is one ring. */
  shells?: number[];
  area: number | null;
  p: Record<string, unknown>;
}

export interface ParcelsDocument {
  layer: string;
  version: number | string;
  number: number | null;
  data_date: string | null;
  as_of: string;
  fields: FieldInfo[];
  rows: Row[];
  hide?: string[];
}

export interface PrivateDocument {
  fields?: FieldInfo[];
  rows: Record<string, Record<string, unknown>>;
}

export interface Delta {
  from: string;
  to: string;
  version: number | string;
  number?: number | null;
  data_date?: string | null;
  as_of: string;
  upsert: Row[];
  remove: string[];
  hide?: string[];
  /** `to`: the hash of the personal part that the device has with this delta. */
  private?: { upsert: Record<string, Record<string, unknown>>; remove: string[]; to?: string };
}

/** A pack as it lies on the device. */
export interface Held {
  unit: number;
  code: string;
  name: string;
  bbox: [number, number, number, number] | null;
  former?: string[];
  as_of: string;
  /** Server time (ms) when it was last known to be the newest. */
  checkedAt: number;
  parts: Record<string, { kind: PartKind; sha256: string; bytes: number; as_of: string; label: string }>;
  /** Fields of the private part; its values lie sealed, row by row. */
  privateFields?: FieldInfo[];
}
