// A row's rings in metres of its grid, and on the map in degrees.
import { fromGrid, toGrid } from "../../crs/vn2000";
import type { Row } from "../packs/shapes";
import { facts, gridOf } from "../shell/facts";
import { type Point, polygons, toMetres } from "../stakeout/geometry";
import { mapError } from "../stakeout/rule";

export function ringsOf(row: Row): Point[][] {
  return row.rings.map((ring) => {
    const points = ring.map(toMetres);
    const [first, last] = [points[0], points.at(-1)];
    // Liberal: a ring that repeats its first corner is meant as one that does not.
    return first && last && points.length > 1 && first[0] === last[0] && first[1] === last[1] ? points.slice(0, -1) : points;
  });
}

/** The corners as the tables number them: through all rings. */
export function cornersOf(row: Row): Point[] {
  return ringsOf(row).flat();
}

export function toPlace([east, north]: Point, crs: string): [number, number] | null {
  const grid = gridOf(crs);
  return grid ? fromGrid({ x: north, y: east }, grid) : null;
}

export function toPoint(lon: number, lat: number, crs: string): Point | null {
  const grid = gridOf(crs);
  if (!grid) return null;
  const { x, y } = toGrid(lon, lat, grid);
  return [y, x];
}

export function geometryOf(row: Row): GeoJSON.MultiPolygon | null {
  if (!gridOf(row.crs)) return null;
  const place = (point: Point): [number, number] => toPlace(point, row.crs) as [number, number];
  const coordinates = polygons(ringsOf(row)).map((parts) => parts.map((ring) => [...ring, ring[0] as Point].map(place)));
  return { type: "MultiPolygon", coordinates };
}

const USE = /^(land_use|use)/;

/** The written code of land use, `ONT+CLN`; the present one before the planned. */
export function useOf(row: Row): string {
  const value = row.p["land_use_current"] ?? Object.entries(row.p).find(([name]) => USE.test(name))?.[1];
  return typeof value === "string" ? value : "";
}

export const codesOf = (use: string): string[] => use.split(/\s*[+;,/]\s*/).map((code) => code.replace(/(\*|-[CP])+$/, "").toUpperCase()).filter(Boolean);

export function scaleOf(row: Row): number | null {
  const value = row.p["scale"];
  const number = typeof value === "number" ? value : Number(String(value ?? "").replace(/^1\s*[:/]/, "").replace(/\D/g, ""));
  return number > 0 ? number : null;
}

/** How far a corner of this parcel may be off, metres; one agricultural purpose is enough for the wider limit. */
export function mapErrorOf(row: Row): number {
  const codes = codesOf(useOf(row));
  const { landUses, mapErrors } = facts();
  const isAgricultural = codes.some((code) => landUses[code]?.agricultural);
  return mapError(scaleOf(row), isAgricultural, mapErrors);
}
