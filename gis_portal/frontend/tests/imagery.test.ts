// The address of pictures, and how layers are dressed over them.
import { expect, test } from "vitest";
import { faded, wider } from "../src/map/imagery-layers";
import { parse, write } from "../src/state/permalink";

const address = (query: string): string => write(parse(query));

test("the address says which picture, what it is compared with and where the slider stands", () => {
  const query = "?img=aerial-imagery/2026-03-15&vs=aerial-imagery/2025-02-01&cut=40";
  expect(parse(query).imagery).toEqual({
    shown: { layer: "aerial-imagery", date: "2026-03-15" },
    against: { layer: "aerial-imagery", date: "2025-02-01" },
    cut: 0.4,
  });
  expect(address(query)).toBe(query);
  expect(address("?img=aerial-imagery/2026-03-15&vs=map&cut=50")).toBe(
    "?img=aerial-imagery/2026-03-15&vs=map",
  );
});

test.each(["?img=a", "?img=A/2026-03-15", "?img=a/15-03-2026", "?vs=a/2026-03-15", "?cut=40"])(
  "malformed pictures count as absent: %s",
  (query) => {
    expect(address(query)).toBe("");
  },
);

test.each(["-1", "101", "x", "NaN"])("a slider outside the map stands in the middle: %s", (cut) => {
  expect(parse(`?img=a/2026-03-15&vs=map&cut=${cut}`).imagery.cut).toBe(0.5);
});

test("an opacity is multiplied, a curve over zooms at its stops", () => {
  expect(faded(0.6, 0.5)).toBe(0.3);
  expect(faded(["case", true, 0.8, 0.6], 0.5)).toEqual(["*", 0.5, ["case", true, 0.8, 0.6]]);
  expect(faded(["interpolate", ["linear"], ["zoom"], 8, 0.2, 12, 1], 0.5)).toEqual([
    ...["interpolate", ["linear"], ["zoom"], 8, 0.1, 12, 0.5],
  ]);
  expect(faded(["step", ["zoom"], 0.2, 12, ["get", "o"]], 0.5)).toEqual([
    ...["step", ["zoom"], 0.1, 12, ["*", 0.5, ["get", "o"]]],
  ]);
});

test("a casing is wider than its line at every zoom", () => {
  expect(wider(undefined, 2)).toBe(3);
  expect(wider(["interpolate", ["linear"], ["zoom"], 8, 1, 16, 3], 2)).toEqual([
    ...["interpolate", ["linear"], ["zoom"], 8, 3, 16, 5],
  ]);
});
