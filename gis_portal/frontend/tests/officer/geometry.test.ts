// The plane geometry of the field: distances, sides, areas, and what may be said within the errors.
import { describe, expect, it } from "vitest";
import { measured } from "../../src/officer/measure/page";
import { bearing, contains, distance, type Point, polygons, signedArea, toBoundary, toEdge } from "../../src/officer/stakeout/geometry";
import { mapError, OLDEST, toCorner, whereStands } from "../../src/officer/stakeout/rule";

const EAST = 412_345.678;
const NORTH = 1_145_678.901;
const at = (e: number, n: number): Point => [EAST + e, NORTH + n];
const SQUARE = [at(0, 0), at(100, 0), at(100, 50), at(0, 50)];
const HOLE = [at(40, 20), at(60, 20), at(60, 30), at(40, 30)];
const TABLE = [
  { scale: 500, metres: 0.07, agricultural: 0.07 },
  { scale: 1000, metres: 0.15, agricultural: 0.225 },
  { scale: 2000, metres: 0.3, agricultural: 0.45 },
  { scale: 10000, metres: 3, agricultural: 3 },
];

/** Numbers between 0 and 1, the same at every run. */
function* chance(seed: number): Generator<number> {
  let state = seed;
  for (;;) {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    yield state / 4_294_967_296;
  }
}

describe("bearing and distance", () => {
  it.each([
    [0, 10, 0],
    [10, 0, 90],
    [0, -10, 180],
    [-10, 0, 270],
    [10, 10, 45],
  ])("east %d, north %d is %d°", (e, n, degrees) => {
    expect(bearing(at(0, 0), at(e, n))).toBeCloseTo(degrees, 9);
  });

  it("leads to the corner: walking the distance along the bearing arrives", () => {
    const random = chance(7);
    const next = (): number => (random.next().value as number) * 400 - 200;
    for (let i = 0; i < 200; i++) {
      const [from, to] = [at(next(), next()), at(next(), next())];
      const radians = (bearing(from, to) * Math.PI) / 180;
      const metres = distance(from, to);
      expect(from[0] + metres * Math.sin(radians)).toBeCloseTo(to[0], 6);
      expect(from[1] + metres * Math.cos(radians)).toBeCloseTo(to[1], 6);
    }
  });
});

describe("inside and outside", () => {
  it("knows holes and several pieces by counting", () => {
    expect(contains([SQUARE], at(50, 25))).toBe(true);
    expect(contains([SQUARE, HOLE], at(50, 25))).toBe(false);
    expect(contains([SQUARE, HOLE], at(10, 10))).toBe(true);
    expect(contains([SQUARE], at(-0.01, 25))).toBe(false);
  });

  it("is the same whichever way round and from whichever corner the ring is written", () => {
    const random = chance(11);
    for (let i = 0; i < 300; i++) {
      const p = at((random.next().value as number) * 120 - 10, (random.next().value as number) * 70 - 10);
      const turned = [...SQUARE.slice(2), ...SQUARE.slice(0, 2)];
      const expected = contains([SQUARE, HOLE], p);
      expect(contains([[...SQUARE].reverse(), HOLE], p)).toBe(expected);
      expect(contains([HOLE, turned], p)).toBe(expected);
      const e = p[0] - EAST;
      const n = p[1] - NORTH;
      const inHole = e > 40 && e < 60 && n > 20 && n < 30;
      expect(expected).toBe(e > 0 && e < 100 && n > 0 && n < 50 && !inHole);
    }
  });

  it("measures to the edge, not to its line", () => {
    expect(toEdge(at(-3, -4), SQUARE[0] as Point, SQUARE[1] as Point)).toBeCloseTo(5, 9);
    expect(toBoundary([SQUARE, HOLE], at(50, 25))).toBeCloseTo(5, 9);
  });

  it("puts holes into the shell that holds them", () => {
    const far = SQUARE.map(([e, n]): Point => [e + 500, n]);
    const found = polygons([HOLE, far, SQUARE]);
    expect(found.map((parts) => parts.length).sort()).toEqual([1, 2]);
  });
});

describe("length and area", () => {
  it("keeps a square metre at coordinates of seven digits", () => {
    expect(signedArea(SQUARE)).toBeCloseTo(5000, 6);
    expect(measured(SQUARE)).toEqual({ length: 250, perimeter: expect.closeTo(300, 6), area: expect.closeTo(5000, 6) });
    expect(measured(SQUARE.slice(0, 2))).toEqual({ length: expect.closeTo(100, 6), perimeter: null, area: null });
  });
});

describe("what may be said", () => {
  it("takes the limit of the map's scale, the coarser one between two, the coarsest without", () => {
    expect(mapError(1000, false, TABLE)).toBe(0.15);
    expect(mapError(1000, true, TABLE)).toBe(0.225);
    expect(mapError(1500, false, TABLE)).toBe(0.3);
    expect(mapError(null, false, TABLE)).toBe(3);
    expect(mapError(25_000, false, TABLE)).toBe(3);
  });

  it("says inside or outside only beyond both errors together", () => {
    const fix = (e: number, accuracy: number): { at: Point; accuracy: number; age: number } => ({ at: at(e, 25), accuracy, age: 0 });
    expect(whereStands(fix(-4, 3), [SQUARE], 0.3).side).toBe("outside");
    expect(whereStands(fix(-3.2, 3), [SQUARE], 0.3).side).toBe("unknown");
    expect(whereStands(fix(2, 3), [SQUARE], 0.3).side).toBe("unknown");
    expect(whereStands(fix(4, 3), [SQUARE], 0.3).side).toBe("inside");
  });

  it("is never wrong while the errors stay within what they claim", () => {
    const random = chance(3);
    const next = (): number => random.next().value as number;
    for (let i = 0; i < 2000; i++) {
      const truth = at(next() * 140 - 20, next() * 90 - 20);
      const accuracy = 0.5 + next() * 10;
      const [gpsTurn, mapTurn] = [next() * 2 * Math.PI, next() * 2 * Math.PI];
      const seen: Point = [truth[0] + accuracy * next() * Math.cos(gpsTurn), truth[1] + accuracy * next() * Math.sin(gpsTurn)];
      // The drawn parcel lies off by at most 0.3 m from the true one.
      const drawn = SQUARE.map(([e, n]): Point => [e + 0.3 * Math.cos(mapTurn), n + 0.3 * Math.sin(mapTurn)]);
      const { side } = whereStands({ at: seen, accuracy, age: 0 }, [drawn], 0.3);
      if (side !== "unknown") expect(side).toBe(contains([SQUARE], truth) ? "inside" : "outside");
    }
  });

  it("does not call a corner found within the band, nor trust an old or poor fix", () => {
    const corner = SQUARE[0] as Point;
    expect(toCorner({ at: at(2, 0), accuracy: 3, age: 0 }, corner, 0.15)).toMatchObject({ cannotTell: true, doubt: null });
    expect(toCorner({ at: at(4, 0), accuracy: 3, age: 0 }, corner, 0.15)).toMatchObject({ cannotTell: false, bearing: 270 });
    expect(toCorner({ at: at(4, 0), accuracy: 3, age: OLDEST + 1 }, corner, 0.15)).toMatchObject({ cannotTell: true, doubt: "old" });
    expect(toCorner({ at: at(400, 0), accuracy: 150, age: 0 }, corner, 0.15)).toMatchObject({ cannotTell: true, doubt: "coarse" });
  });
});
