// Stake-out: which corner, how far, which way; and within the band of the errors the honest answer that it cannot tell.
import * as held from "../packs/held";
import type { Row } from "../packs/shapes";
import { say, way } from "../parcel/field-words";
import { asOfLine, gone, parcelTitle } from "../parcel/sheet";
import { cornersOf, mapErrorOf, toPlace } from "../parcel/shape";
import { askPermission, followHeading, heading, mustAsk } from "../place/heading";
import { button, drawn, el, replace } from "../shell/dom";
import { gridOf } from "../shell/facts";
import { metres, number } from "../shell/format";
import { address } from "../shell/router";
import type { Screen } from "../shell/screen";
import { language } from "../shell/words";
import type { OfficerMap } from "../map/map";
import type { Point } from "./geometry";
import { type Fix, toCorner } from "./rule";
import { watchFix } from "./watch";

const ARROW = "M50 4 L84 92 L50 72 L16 92 Z";

interface Dial {
  root: HTMLElement;
  /** Degrees from north to go; null hides the arrow. */
  turn(degrees: number | null): void;
  stop(): void;
}

/** The big arrow: against north until the compass speaks, then against the way the phone points. */
export function dial(): Dial {
  const arrow = drawn("0 0 100 100", [ARROW], "officer-arrow");
  const note = el("p", { class: "soft small" }, say("arrowNorth"));
  const root = el("div", { class: "officer-dial" }, arrow, note);
  let goal: number | null = null;
  const paint = (): void => {
    const turned = heading();
    arrow.style.visibility = goal === null ? "hidden" : "visible";
    if (goal !== null) arrow.style.rotate = `${Math.round(goal - (turned ?? 0))}deg`;
    note.textContent = say(turned === null ? "arrowNorth" : "arrowPhone");
  };
  const stop = followHeading(paint);
  if (mustAsk() && heading() === null) {
    const ask = button(say("compassOn"), () => void askPermission().then((may) => (may ? ask.remove() : (note.textContent = say("compassDenied")))), "button button-quiet");
    root.append(ask);
  }
  paint();
  return {
    root,
    turn(degrees) {
      goal = degrees;
      paint();
    },
    stop,
  };
}

export function bandNote(fix: Fix, mapMetres: number): string {
  const digits = fix.accuracy < 1 ? 2 : 1;
  return say("bandNote", { gps: number(fix.accuracy, digits), map: number(mapMetres, 2), band: number(fix.accuracy + mapMetres, digits) });
}

function picker(row: Row, corners: readonly Point[], chosen: number): HTMLElement {
  const links = corners.map((_, i) =>
    el("a", { class: "officer-pick", href: address("stakeout", row.uid, i + 1), "aria-current": i + 1 === chosen ? "true" : null }, i + 1),
  );
  return el("nav", { class: "officer-picks", "aria-label": say("pickCorner") }, ...links);
}

export function stakeoutSheet([uid = "", nth = "1"]: string[]): Screen {
  const row = held.row(uid);
  const corners = row && gridOf(row.crs) ? cornersOf(row) : [];
  const chosen = Math.min(Math.max(1, Number.parseInt(nth, 10) || 1), corners.length);
  const corner = corners[chosen - 1];
  if (!row || !corner) return gone();
  const mapMetres = mapErrorOf(row);
  const answer = el("div", { class: "officer-answer", role: "status" }, say("locating"));
  const band = el("p", { class: "soft small" });
  const arrow = dial();
  let map: OfficerMap | null = null;
  const stop = watchFix(
    row.crs,
    (fix) => {
      const found = toCorner(fix, corner, mapMetres);
      answer.dataset["state"] = found.cannotTell ? "unknown" : "go";
      answer.dataset["metres"] = found.distance.toFixed(2);
      arrow.turn(found.cannotTell ? null : found.bearing);
      tell(answer, found, fix, mapMetres);
      band.textContent = bandNote(fix, mapMetres);
      const [from, to] = [toPlace(fix.at, row.crs), toPlace(corner, row.crs)];
      map?.sketch(from && to ? { type: "LineString", coordinates: [from, to] } : null);
    },
    (words) => {
      answer.dataset["state"] = "none";
      answer.textContent = words;
      arrow.turn(null);
    },
  );
  const body = el(
    "article",
    { class: "stack officer-stakeout" },
    el("p", { class: "officer-where" }, el("a", { href: address("parcel", uid) }, parcelTitle(row))),
    el("div", { class: "officer-guide" }, arrow.root, answer),
    band,
    picker(row, corners, chosen),
    asOfLine(uid),
    el("p", { class: "soft small" }, say("checkNotProof")),
  );
  return {
    title: say("stakeTitle", { n: chosen }),
    layout: "sheet",
    body,
    onMap: (ready) => {
      map = ready;
      ready.choose(row, true);
      const at = toPlace(corner, row.crs);
      if (at) ready.map.jumpTo({ center: at, zoom: Math.max(18, ready.map.getZoom()) });
    },
    leave: (ready) => {
      stop();
      arrow.stop();
      ready?.sketch(null);
      ready?.choose(null);
    },
  };
}

function tell(answer: HTMLElement, found: ReturnType<typeof toCorner>, fix: Fix, mapMetres: number): void {
  if (found.doubt) {
    replace(answer, el("strong", {}, say("cannotTell")), el("span", {}, say(found.doubt, { gps: number(fix.accuracy) })));
  } else if (found.cannotTell) {
    const values = { band: number(found.band, 1), gps: number(fix.accuracy, 1), map: number(mapMetres, 2) };
    replace(answer, el("strong", {}, say("cannotTell")), el("span", {}, say("cornerHere", values)));
  } else {
    const degrees = Math.round(found.bearing) % 360;
    replace(
      answer,
      el("span", {}, say("toGo")),
      el("strong", { class: "officer-big" }, metres(found.distance)),
      el("span", {}, say("ahead", { degrees, way: way(degrees, language()) })),
    );
  }
}
