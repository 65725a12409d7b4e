// Inside, outside, or cannot tell: where the phone stands against a parcel.
import * as held from "../packs/held";
import { say } from "../parcel/field-words";
import { asOfLine, gone, parcelTitle } from "../parcel/sheet";
import { mapErrorOf, ringsOf } from "../parcel/shape";
import { el, replace } from "../shell/dom";
import { gridOf } from "../shell/facts";
import { number } from "../shell/format";
import { address } from "../shell/router";
import type { Screen } from "../shell/screen";
import { bandNote } from "./page";
import { type Fix, type Standing, whereStands } from "./rule";
import { watchFix } from "./watch";

function tell(answer: HTMLElement, found: Standing, fix: Fix): void {
  answer.dataset["state"] = found.side;
  const m = number(found.distance, found.distance < 10 ? 1 : 0);
  if (found.doubt) {
    replace(answer, el("strong", {}, say("cannotTell")), el("span", {}, say(found.doubt, { gps: number(fix.accuracy) })));
  } else if (found.side === "unknown") {
    replace(answer, el("strong", { class: "officer-big" }, say("cannotTell")), el("span", {}, say("unknownWhy", { m })));
  } else {
    replace(answer, el("strong", { class: "officer-big" }, say(found.side)), el("span", {}, say("insideWhy", { m })));
  }
}

export function checkSheet([uid = ""]: string[]): Screen {
  const row = held.row(uid);
  if (!row || !gridOf(row.crs)) return gone();
  const rings = ringsOf(row);
  const mapMetres = mapErrorOf(row);
  const answer = el("div", { class: "officer-answer", role: "status" }, say("locating"));
  const band = el("p", { class: "soft small" });
  const stop = watchFix(
    row.crs,
    (fix) => {
      tell(answer, whereStands(fix, rings, mapMetres), fix);
      band.textContent = bandNote(fix, mapMetres);
    },
    (words) => {
      answer.dataset["state"] = "none";
      answer.textContent = words;
    },
  );
  const body = el(
    "article",
    { class: "stack" },
    el("p", { class: "officer-where" }, el("a", { href: address("parcel", uid) }, parcelTitle(row))),
    answer,
    band,
    el("div", { class: "officer-actions" }, el("a", { class: "button", href: address("report", "parcel", uid) }, say("report"))),
    asOfLine(uid),
    el("p", { class: "soft small" }, say("checkNotProof")),
  );
  return {
    title: say("checkTitle"),
    layout: "sheet",
    body,
    onMap: (map) => map.choose(row),
    leave: (map) => {
      stop();
      map?.choose(null);
    },
  };
}
