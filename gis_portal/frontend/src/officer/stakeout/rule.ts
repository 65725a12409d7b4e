// When the handbook may say where somebody stands, and when it must not: docs/decisions/0037. Pure.
import type { MapError } from "../shell/facts";
import { bearing, contains, distance, type Point, toBoundary } from "./geometry";

export interface Fix {
  /** [east, north] on the grid of the parcel, metres. */
  at: Point;
  /** What the phone says of itself: radius of 95 %, metres. */
  accuracy: number;
  /** Milliseconds since the fix was made. */
  age: number;
}

/** A fix older than this says where somebody was. */
export const OLDEST = 15_000;
/** Not even a fix: the band would be wider than a parcel. */
export const COARSEST = 100;

/**
 * How far a corner may lie from where the map has it: the limit of the map's scale; between two scales the coarser one; without a
 * scale, or beyond the last, the coarsest of all.
 */
export function mapError(scale: number | null | undefined, isAgricultural: boolean, table: readonly MapError[]): number {
  const sorted = [...table].sort((a, b) => a.scale - b.scale);
  const last = sorted.at(-1);
  const entry = scale && scale > 0 ? (sorted.find((row) => row.scale >= scale) ?? last) : last;
  return entry ? (isAgricultural ? entry.agricultural : entry.metres) : 0;
}

/** Both errors may point the same way: they are added, not squared. */
export function band(accuracy: number, mapMetres: number): number {
  return accuracy + mapMetres;
}

export type Doubt = "old" | "coarse" | null;

export function doubtOf(fix: Fix): Doubt {
  if (fix.age > OLDEST) return "old";
  return !Number.isFinite(fix.accuracy) || fix.accuracy > COARSEST ? "coarse" : null;
}

export interface ToCorner {
  distance: number;
  /** Degrees from grid north. */
  bearing: number;
  band: number;
  /** Within the band: the corner may be here, or as far off as the band is wide. */
  cannotTell: boolean;
  doubt: Doubt;
}

export function toCorner(fix: Fix, corner: Point, mapMetres: number): ToCorner {
  const metres = distance(fix.at, corner);
  const width = band(fix.accuracy, mapMetres);
  const doubt = doubtOf(fix);
  return { distance: metres, bearing: bearing(fix.at, corner), band: width, cannotTell: doubt !== null || metres <= width, doubt };
}

export type Side = "inside" | "outside" | "unknown";

export interface Standing {
  side: Side;
  /** To the nearest boundary, metres. */
  distance: number;
  band: number;
  doubt: Doubt;
}

export function whereStands(fix: Fix, rings: readonly (readonly Point[])[], mapMetres: number): Standing {
  const metres = toBoundary(rings, fix.at);
  const width = band(fix.accuracy, mapMetres);
  const doubt = doubtOf(fix);
  if (doubt || metres <= width) return { side: "unknown", distance: metres, band: width, doubt };
  return { side: contains(rings, fix.at) ? "inside" : "outside", distance: metres, band: width, doubt };
}
