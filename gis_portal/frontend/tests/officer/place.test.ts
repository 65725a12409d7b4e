// Typed coordinates, compass, blocks of the guide.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { readNumber, readPlace } from "../../src/officer/place/coordinates";
import { headingOf } from "../../src/officer/place/heading";
import { parse } from "../../src/officer/shell/router";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const python = existsSync(`${root}.venv/bin/python`) ? `${root}.venv/bin/python` : "python3";
// Vectors of pyproj: places of the province on its grid, [lon, lat, east, north].
const program = `
import json
from layers.crs import VN2000, WGS84, transform_point
crs = VN2000[5899]
points = [(106.4 + 0.1 * i, 8.6 + 0.25 * i) for i in range(12)]
print(json.dumps({"proj4": crs.proj4, "points": [[*p, *transform_point(*p, WGS84, crs)] for p in points]}))`;
const vectors = JSON.parse(execFileSync(python, ["-c", program], { cwd: root, encoding: "utf8" })) as {
  proj4: string;
  points: [number, number, number, number][];
};
const grid = { code: "EPSG:5899", label: "", proj4: vectors.proj4 };

describe("numbers as they are typed", () => {
  it.each([
    ["1145678,12", 1145678.12],
    ["1.145.678,12", 1145678.12],
    ["1,145,678.12", 1145678.12],
    ["1 145 678", 1145678],
    ["1.145.678", 1145678],
    ["10.346", 10.346],
    ["-5", -5],
    ["", null],
    ["12a", null],
  ])("%s", (text, value) => {
    expect(readNumber(text)).toBe(value);
  });
});

describe("places as they are typed", () => {
  it.each(vectors.points)("%d, %d from its grid within a centimetre", (lon, lat, east, north) => {
    const typed = readPlace(north.toFixed(3).replace(".", ","), east.toFixed(3), grid);
    expect("at" in typed && typed.at[0]).toBeCloseTo(lon, 7);
    expect("at" in typed && typed.at[1]).toBeCloseTo(lat, 7);
    expect(readPlace(east.toFixed(3), north.toFixed(3), grid)).toEqual({ problem: "swapped" });
  });

  it("says what is wrong", () => {
    expect(readPlace("10,346", "107,084", null)).toEqual({ at: [107.084, 10.346] });
    expect(readPlace("107,084", "10,346", null)).toEqual({ problem: "swapped" });
    expect(readPlace("x", "107", null)).toEqual({ problem: "badNumber" });
    expect(readPlace("51,5", "0,1", null)).toEqual({ problem: "far" });
  });
});

describe("heading", () => {
  it("is against north, on both kinds of phone, with the screen turned", () => {
    expect(headingOf({ alpha: 90, absolute: true }, 0)).toBe(270);
    expect(headingOf({ alpha: 90, absolute: true }, 90)).toBe(0);
    expect(headingOf({ alpha: null, absolute: false, webkitCompassHeading: 45 }, 0)).toBe(45);
    expect(headingOf({ alpha: 90, absolute: false }, 0)).toBeNull();
  });
});

describe("addresses of the handbook", () => {
  it("reads rooms and what follows them", () => {
    expect(parse("#/stakeout/ab-1/3")).toEqual({ name: "stakeout", args: ["ab-1", "3"] });
    expect(parse("")).toEqual({ name: "map", args: [] });
    expect(parse("#/%E0%A4%A/x")).toEqual({ name: "%E0%A4%A", args: ["x"] });
  });
});
