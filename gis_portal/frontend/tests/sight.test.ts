// When the map offers to go to a picture: it lies elsewhere, under the sheet, or is a dot.
import { expect, test } from "vitest";
import { sight } from "../src/map/sight";

const room = { left: 0, top: 0, right: 360, bottom: 355 };

function box(left: number, top: number, size: number): Parameters<typeof sight>[0] {
  return { left, top, right: left + size, bottom: top + size };
}

test("a picture is seen, a dot, or elsewhere", () => {
  expect(sight(box(100, 100, 200), room)).toBe("seen");
  expect(sight(box(-5000, -5000, 9000), room)).toBe("seen");
  expect(sight(box(100, 100, 5), room)).toBe("tiny");
  expect(sight(box(400, 100, 200), room)).toBe("elsewhere");
});

test("what lies under the sheet is elsewhere", () => {
  expect(sight(box(100, 400, 200), room)).toBe("elsewhere");
});
