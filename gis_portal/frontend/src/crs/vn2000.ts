// VN-2000 coordinates in the browser. The definitions come from layers/crs.py through the page's
// configuration: nothing about the datum is typed here.
import convert from "proj4/lib/core.js";
import { add } from "proj4/lib/projections.js";
import transverseMercator from "proj4/lib/projections/etmerc.js";
import type { CrsDefinition } from "../config";

add(transverseMercator);

const WGS84 = "+proj=longlat +datum=WGS84 +no_defs";

export interface GridPosition {
  /** Metres; Vietnamese notation: X is north. */
  x: number;
  /** Metres; Y is east. */
  y: number;
}

/** Longitude and latitude (WGS 84, degrees) to the grid, in Vietnamese notation. */
export function toGrid(lon: number, lat: number, grid: CrsDefinition): GridPosition {
  const [east, north] = convert(WGS84, grid.proj4, [lon, lat]);
  return { x: north, y: east };
}

/** Grid position in Vietnamese notation to [longitude, latitude] in WGS 84 degrees. */
export function fromGrid(position: GridPosition, grid: CrsDefinition): [number, number] {
  return convert(grid.proj4, WGS84, [position.y, position.x]);
}
