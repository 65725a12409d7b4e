// Going to a place: typed coordinates, or a parcel; how far and which way from where the phone is.
import * as held from "../packs/held";
import { say, way } from "../parcel/field-words";
import { asOfLine, gone, parcelTitle } from "../parcel/sheet";
import { toPoint } from "../parcel/shape";
import { button, el, replace } from "../shell/dom";
import { facts, gridOf } from "../shell/facts";
import { metres } from "../shell/format";
import { go } from "../shell/router";
import type { Screen } from "../shell/screen";
import { language } from "../shell/words";
import type { LonLat, OfficerMap } from "../map/map";
import { bearing, distance } from "../stakeout/geometry";
import { bandNote, dial } from "../stakeout/page";
import { watchFix } from "../stakeout/watch";
import { readPlace } from "./coordinates";

const DEGREES = "wgs84";

interface Leading {
  element: HTMLElement;
  stop(): void;
}

/** Arrow and distance to a place, on the grid `crs`. */
function lead(at: LonLat, crs: string, onPlace: (from: LonLat) => void): Leading {
  const goal = toPoint(...at, crs);
  const answer = el("div", { class: "officer-answer", role: "status" }, say("locating"));
  const band = el("p", { class: "soft small" });
  const arrow = dial();
  const stop = watchFix(
    crs,
    (fix, position) => {
      if (!goal) return;
      const degrees = bearing(fix.at, goal);
      arrow.turn(degrees);
      answer.dataset["state"] = "go";
      replace(
        answer,
        el("span", {}, say("toGo")),
        el("strong", { class: "officer-big" }, metres(distance(fix.at, goal))),
        el("span", {}, say("ahead", { degrees: Math.round(degrees) % 360, way: way(degrees, language()) })),
      );
      band.textContent = bandNote(fix, 0);
      onPlace([position.lon, position.lat]);
    },
    (words) => {
      answer.dataset["state"] = "none";
      answer.textContent = words;
      arrow.turn(null);
    },
  );
  return {
    element: el("div", { class: "stack" }, el("div", { class: "officer-guide" }, arrow.root, answer), band),
    stop() {
      stop();
      arrow.stop();
    },
  };
}

/** `#/there/<uid>` or `#/there/<lon>/<lat>` */
export function placeSheet(args: string[]): Screen {
  const [first = "", second = ""] = args;
  const row = held.row(first);
  const at: LonLat = row ? row.at : [Number(first), Number(second)];
  const crs = row && gridOf(row.crs) ? row.crs : facts().grids[0]?.code;
  if (!crs || !at.every(Number.isFinite) || !second === !row) return gone();
  let map: OfficerMap | null = null;
  const line = (from: LonLat): void => map?.sketch({ type: "LineString", coordinates: [from, at] });
  const leading = lead(at, crs, line);
  const report = button(say("report"), () => go("report", "place", at[0], at[1]), "button button-quiet officer-wide");
  const body = el("article", { class: "stack" }, leading.element, row ? asOfLine(row.uid) : report);
  return {
    title: row ? parcelTitle(row) : `${at[1].toFixed(6)}, ${at[0].toFixed(6)}`,
    layout: "sheet",
    body,
    onMap: (ready) => {
      map = ready;
      if (row) ready.choose(row, true);
      ready.sketch({ type: "Point", coordinates: at });
      ready.map.jumpTo({ center: at, zoom: Math.max(16, ready.map.getZoom()) });
    },
    leave: (ready) => {
      leading.stop();
      ready?.sketch(null);
      ready?.choose(null);
    },
  };
}

function field(id: string, words: string, hint: string): { box: HTMLElement; label: HTMLLabelElement; input: HTMLInputElement } {
  const input = el("input", { id, class: "officer-input", inputmode: "decimal", autocomplete: "off", required: true, placeholder: hint });
  const label = el("label", { for: id }, words);
  return { box: el("div", { class: "stack-tight" }, label, input), label, input };
}

export function gotoSheet(): Screen {
  const { grids } = facts();
  const system = el("select", { id: "goto-system", class: "officer-input" });
  for (const grid of grids) system.append(el("option", { value: grid.code }, grid.label));
  system.append(el("option", { value: DEGREES }, say("wgs84")));
  const [x, y] = [field("goto-x", say("xNorth"), "1145678,12"), field("goto-y", say("yEast"), "412345,67")];
  const problem = el("p", { class: "notice notice-bad", role: "alert", hidden: true });
  const isGrid = (): boolean => system.value !== DEGREES;
  system.addEventListener("change", () => {
    x.label.textContent = say(isGrid() ? "xNorth" : "latitude");
    y.label.textContent = say(isGrid() ? "yEast" : "longitude");
    x.input.placeholder = isGrid() ? "1145678,12" : "10,346";
    y.input.placeholder = isGrid() ? "412345,67" : "107,084";
  });
  const submit = (event: Event): void => {
    event.preventDefault();
    const typed = readPlace(x.input.value, y.input.value, grids.find(({ code }) => code === system.value) ?? null);
    problem.hidden = "at" in typed;
    if ("at" in typed) go("there", typed.at[0].toFixed(8), typed.at[1].toFixed(8));
    else problem.textContent = say(typed.problem);
  };
  const form = el(
    "form",
    { class: "stack", onsubmit: submit, novalidate: true },
    el("div", { class: "stack-tight" }, el("label", { for: "goto-system" }, say("gotoSystem")), system),
    x.box,
    y.box,
    problem,
    el("button", { class: "button officer-wide" }, say("show")),
  );
  return { title: say("goto"), layout: "page", body: form };
}
