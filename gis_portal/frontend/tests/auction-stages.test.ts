// The same cases as tests/gis_portal/auctions/test_stages.py, in whatever time zone this machine is.
import { describe, expect, test } from "vitest";
import cases from "../../../tests/data/auction_stages.json";
import { createExpression } from "@maplibre/maplibre-gl-style-spec";
import { restaged, stageExpression } from "../src/auctions/map-stages";
import { left } from "../src/auctions/countdown";
import { type Entry, localTime, nextChange, type Said, said, stageAt } from "../src/auctions/stages";

describe("where a lot stands", () => {
  test.each(cases)("$name, $now: $stage", (each) => {
    const [lot, events] = [each.lot as Said, each.events as Entry[]];
    const now = Date.parse(each.now);
    expect(stageAt(lot, events, now)).toBe(each.stage);
    const next = nextChange(said(lot, events), now);
    expect(next?.at ?? null).toBe(each.next === null ? null : Date.parse(each.next));
  });
});

describe("on the map", () => {
  const local = (moment: string | null): string | undefined =>
    moment === null ? undefined : localTime(Date.parse(moment));
  const tiles = cases.filter(({ events }) => !events.length);
  test.each(tiles)("$name, $now: $stage", ({ lot, now, stage }) => {
    const { status, reg_start, reg_end, auction_time } = lot;
    const dates = { reg_start: local(reg_start), reg_end: local(reg_end), auction_time: local(auction_time) };
    const properties = JSON.parse(JSON.stringify({ uid: "a", status, ...dates })) as Record<string, string>;
    const shown = (entered: Map<string, string>): unknown => {
      const made = createExpression(stageExpression(Date.parse(now), entered), "stage");
      if (made.result === "error") throw new Error(JSON.stringify(made.value));
      return made.value.evaluate({ zoom: 15 }, { type: 3, properties, geometry: [] } as never);
    };
    expect(shown(new Map([["b", "won"]]))).toBe(status === "whatever" ? status : stage);
    expect(shown(new Map([["a", "won"]]))).toBe("won");
  });

  test("every word of the file in a style gives way", () => {
    const stage = ["literal", "live"];
    const paint = ["match", ["to-string", ["get", "status"]], "live", "#e8590c", "#1f6feb"];
    expect(restaged(paint, stage)).toEqual(["match", ["to-string", stage], "live", "#e8590c", "#1f6feb"]);
  });
});

test("what is left is counted in whole days, hours, minutes", () => {
  const words = { days: "{n} d", hours: "{n} h", minutes: "{n} m", over: "over" };
  const at = (seconds: number): string => left(seconds * 1000, 0, words);
  expect([48 * 3600, 48 * 3600 - 1, 7200, 7199, 59, 0].map(at)).toEqual(["2 d", "47 h", "2 h", "119 m", "1 m", "over"]);
});
