// The position at the time of writing: the best fix while the form is open, until the officer fixes one.
import { heading } from "../place/heading";
import { follow } from "../place/position";
import { button, el } from "../shell/dom";
import { number } from "../shell/format";
import type { Draft, Place } from "./drafts";
import { say } from "./words";

export interface PlacePart {
  element: HTMLElement;
  leave(): void;
}

export function placePart(draft: Draft, touch: () => void): PlacePart {
  const said = el("p", { role: "status" });
  // A draft that has its place keeps it: it may be finished at the desk.
  let wants = draft.place === null;
  let stop: (() => void) | null = null;

  function show(): void {
    said.textContent = draft.place ? words(draft.place) : say("placeNone");
  }

  function begin(): void {
    stop?.();
    stop = follow(
      (fix) => {
        if (!wants || (draft.place && (draft.place.accuracy_m ?? 0) <= fix.accuracy)) return;
        draft.place = { lon: fix.lon, lat: fix.lat, accuracy_m: fix.accuracy, heading: heading() ?? fix.course };
        touch();
        show();
      },
      (error) => {
        if (!draft.place) said.textContent = say(error === "refused" ? "placeRefused" : "placeFailed");
      },
    );
  }

  function anew(): void {
    wants = true;
    draft.place = null;
    said.textContent = say("placeWaiting");
    begin();
  }

  show();
  if (wants) begin();
  const element = el(
    "section",
    { class: "report-part" },
    el("h2", {}, say("place")),
    said,
    el("div", { class: "report-buttons" }, button(say("placeNow"), anew, "button button-quiet", "locate")),
  );
  return { element, leave: () => stop?.() };
}

export function words({ lon, lat, accuracy_m }: Place): string {
  const at = { lat: lat.toFixed(6), lon: lon.toFixed(6) };
  return accuracy_m === null ? say("placeChosen", at) : say("placeIs", { ...at, m: number(Math.ceil(accuracy_m)) });
}
