// The same cases as tests/gis_portal/auctions/test_stages.py, in whatever time zone this machine is.
import { describe, expect, test } from "vitest";
import cases from "../../../tests/data/auction_stages.json";
import { left } from "../src/auctions/countdown";
import { type Entry, nextChange, type Said, said, stageAt } from "../src/auctions/stages";

describe("where a lot stands", () => {
  test.each(cases)("$name, $now: $stage", (each) => {
    const [lot, events] = [each.lot as Said, each.events as Entry[]];
    const now = Date.parse(each.now);
    expect(stageAt(lot, events, now)).toBe(each.stage);
    const next = nextChange(said(lot, events), now);
    expect(next?.at ?? null).toBe(each.next === null ? null : Date.parse(each.next));
  });
});

test("what is left is counted in whole days, hours, minutes", () => {
  const words = { days: "{n} d", hours: "{n} h", minutes: "{n} m", over: "over" };
  const at = (seconds: number): string => left(seconds * 1000, 0, words);
  expect([48 * 3600, 48 * 3600 - 1, 7200, 7199, 59, 0].map(at)).toEqual(["2 d", "47 h", "2 h", "119 m", "1 m", "over"]);
});
