// The corner table as land papers have it: X is north, Y is east, metres of the parcel's own grid; edges to the next corner.
import type { Row } from "../packs/shapes";
import { el } from "../shell/dom";
import { gridOf } from "../shell/facts";
import { number } from "../shell/format";
import { address } from "../shell/router";
import { distance } from "../stakeout/geometry";
import { say } from "./field-words";
import { ringsOf } from "./shape";

export function cornerTable(row: Row): HTMLElement {
  const grid = gridOf(row.crs);
  const heading = el("h3", {}, say("corners", { grid: grid?.label ?? row.crs }));
  let count = 0;
  const lines = ringsOf(row).flatMap((ring) =>
    ring.map((corner, i) => {
      const next = ring[(i + 1) % ring.length] ?? corner;
      count += 1;
      const name = grid ? el("a", { class: "officer-corner", href: address("stakeout", row.uid, count) }, count) : count;
      return el(
        "tr",
        {},
        el("th", { scope: "row" }, name),
        el("td", {}, number(corner[1], 3)),
        el("td", {}, number(corner[0], 3)),
        el("td", {}, number(distance(corner, next), 2)),
      );
    }),
  );
  const head = el("tr", {}, ...[say("corner"), say("xNorth"), say("yEast"), say("edge")].map((words) => el("th", { scope: "col" }, words)));
  const table = el("table", { class: "officer-corners" }, el("thead", {}, head), el("tbody", {}, ...lines));
  const note = grid ? null : el("p", { class: "notice" }, say("cornersUnknown", { crs: row.crs }));
  return el("section", {}, heading, note, el("div", { class: "officer-scroll", tabindex: "0", role: "region", "aria-label": heading.textContent ?? "" }, table));
}
