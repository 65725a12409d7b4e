// Coordinates as they are typed, in Vietnamese notation (X north, Y east) or degrees. Pure.
import { fromGrid } from "../../crs/vn2000";
import type { CrsDefinition } from "../../config";

export type Typed = { at: [number, number] } | { problem: "badNumber" | "swapped" | "far" };

/** Việt Nam with its islands, degrees. */
const LAND = { west: 101, east: 118, south: 6, north: 24 };

/** 1.145.678,12 · 1145678.12 · 1 145 678,12 → 1145678.12; null where it is no number. */
export function readNumber(text: string): number | null {
  let clean = text.trim().replace(/[\s\u00a0_']/g, "");
  const [commas, dots] = [clean.split(",").length - 1, clean.split(".").length - 1];
  if (commas && dots) {
    // The last sign is the decimal one, the other one groups.
    const decimal = clean.lastIndexOf(",") > clean.lastIndexOf(".") ? "," : ".";
    clean = clean.replaceAll(decimal === "," ? "." : ",", "").replace(decimal, ".");
  } else if (commas > 1) clean = clean.replaceAll(",", "");
  else if (dots > 1) clean = clean.replaceAll(".", "");
  else clean = clean.replace(",", ".");
  return /^-?\d+(\.\d+)?$/.test(clean) ? Number(clean) : null;
}

const inLand = (lon: number, lat: number): boolean => lon > LAND.west && lon < LAND.east && lat > LAND.south && lat < LAND.north;

/** `first` is X (north) or the latitude, `second` Y (east) or the longitude; `grid` null for degrees. */
export function readPlace(first: string, second: string, grid: CrsDefinition | null): Typed {
  const [a, b] = [readNumber(first), readNumber(second)];
  if (a === null || b === null) return { problem: "badNumber" };
  if (!grid) {
    if (inLand(b, a)) return { at: [b, a] };
    return { problem: inLand(a, b) ? "swapped" : "far" };
  }
  // 600,000 m north is 5°: nothing of the land lies there, so the two were exchanged.
  if (a < 660_000 && b > 660_000) return { problem: "swapped" };
  const at = fromGrid({ x: a, y: b }, grid);
  return Number.isFinite(at[0]) && inLand(...at) ? { at } : { problem: "far" };
}
