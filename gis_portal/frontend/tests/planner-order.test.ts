import { describe, expect, it } from "vitest";
import type { Entry } from "../src/planner/map/composition";
import { canMove, move, together } from "../src/planner/map/order";

function entries(...names: string[]): Entry[] {
  return names.map((name) => {
    const [layer = "", group = ""] = name.split("@");
    return { layer, group, on: true, opacity: 1, filter: null, theme: null };
  });
}
const named = (list: Entry[]): string => list.map(({ layer }) => layer).join("");
const at = (list: Entry[], layer: string): Entry => list.find((entry) => entry.layer === layer) as Entry;

describe("order of a map's layers", () => {
  it("keeps a group together when others pass it or it passes others", () => {
    const list = entries("a", "b@g", "c@g", "d");
    move(list, at(list, "a"), 1);
    expect(named(list)).toBe("bcad");
    move(list, at(list, "c"), -1);
    expect(named(list)).toBe("cbad");
    move(list, at(list, "b"), 1);
    expect(named(list)).toBe("acbd");
  });

  it("puts whoever joins a group below its last member", () => {
    const list = entries("a", "b@g", "c", "d");
    at(list, "d").group = "g";
    together(list, at(list, "d"));
    expect(named(list)).toBe("abdc");
  });

  it("says where nothing can be moved", () => {
    const list = entries("a@g", "b@g");
    expect([canMove(list, at(list, "a"), -1), canMove(list, at(list, "a"), 1)]).toEqual([false, true]);
    expect(canMove(list, at(list, "b"), 1)).toBe(false);
  });
});
