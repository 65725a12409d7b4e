// The browser's coordinates against the golden points, 1 mm. The definitions are read from layers/crs.py, as the
// page gets them, so that the test would notice a change on either side.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { fromGrid, toGrid } from "../src/crs/vn2000";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const python = existsSync(`${root}.venv/bin/python`) ? `${root}.venv/bin/python` : "python3";
const program =
  "import json; from layers.crs import VN2000; print(json.dumps({k: c.proj4 for k, c in VN2000.items()}))";
const definitions = JSON.parse(
  execFileSync(python, ["-c", program], { cwd: root, encoding: "utf8" }),
) as Record<string, string>;

interface Golden {
  place: string;
  lat: number;
  lon: number;
  epsg: string;
  easting: number;
  northing: number;
}

function golden(): Golden[] {
  const [head, ...lines] = readFileSync(`${root}tests/data/golden_points.csv`, "utf8").trim().split("\n");
  const names = (head ?? "").split(",");
  return lines.map((line) => {
    const cells = Object.fromEntries(line.split(",").map((cell, i) => [names[i], cell.trim()]));
    return {
      place: cells["place"] ?? "",
      lat: Number(cells["lat"]),
      lon: Number(cells["lon"]),
      epsg: cells["epsg"] ?? "",
      easting: Number(cells["east"]),
      northing: Number(cells["north"]),
    };
  });
}

describe("VN-2000 in the browser", () => {
  const points = golden();

  it("has golden points to compare with", () => {
    expect(points.length).toBeGreaterThanOrEqual(10);
  });

  it.each(points)("$place in EPSG:$epsg within 1 mm", (point) => {
    const grid = { code: point.epsg, label: "", proj4: definitions[point.epsg] ?? "" };
    const { x, y } = toGrid(point.lon, point.lat, grid);
    expect(Math.abs(x - point.northing)).toBeLessThan(0.001);
    expect(Math.abs(y - point.easting)).toBeLessThan(0.001);
  });

  it.each(points)("$place goes there and back", (point) => {
    const grid = { code: point.epsg, label: "", proj4: definitions[point.epsg] ?? "" };
    const [lon, lat] = fromGrid(toGrid(point.lon, point.lat, grid), grid);
    expect(Math.abs(lon - point.lon)).toBeLessThan(1e-8);
    expect(Math.abs(lat - point.lat)).toBeLessThan(1e-8);
  });
});
