// The compass, and where one stands in both notations.
import { toGrid } from "../../crs/vn2000";
import { say, way } from "../parcel/field-words";
import { errorWords } from "../stakeout/watch";
import { button, drawn, el, replace } from "../shell/dom";
import { facts } from "../shell/facts";
import { number } from "../shell/format";
import { go } from "../shell/router";
import type { Screen } from "../shell/screen";
import { language } from "../shell/words";
import { askPermission, followHeading, heading, mustAsk } from "./heading";
import { follow, type Position } from "./position";

const NEEDLE = ["M50 6 62 50H38Z", "M50 94 38 50H62Z"];

function placeFacts({ lon, lat, accuracy }: Position): HTMLElement[] {
  const lines = facts().grids.map((grid) => {
    const { x, y } = toGrid(lon, lat, grid);
    return [el("dt", {}, grid.label), el("dd", {}, `X ${number(x, 2)} · Y ${number(y, 2)}`)];
  });
  const degrees = [el("dt", {}, say("wgs84")), el("dd", {}, `${lat.toFixed(6)}, ${lon.toFixed(6)}`)];
  return [...lines.flat(), ...degrees, el("dt", {}, say("here")), el("dd", {}, say("copyNote", { gps: number(accuracy, 1) }))];
}

export function compassSheet(): Screen {
  const needle = drawn("0 0 100 100", NEEDLE, "officer-needle");
  const words = el("p", { role: "status" }, say("compassNone"));
  const place = el("dl", { class: "officer-facts" }, el("dt", {}, say("here")), el("dd", {}, say("locating")));
  let here: Position | null = null;
  const stops = [
    followHeading((degrees) => {
      needle.style.rotate = `${Math.round(-degrees)}deg`;
      words.className = "officer-big";
      words.textContent = `${Math.round(degrees) % 360}° ${way(degrees, language())}`;
    }),
    follow(
      (position) => {
        here = position;
        replace(place, ...placeFacts(position));
      },
      (error) => replace(place, el("dt", {}, say("here")), el("dd", {}, errorWords(error))),
    ),
  ];
  const ask = button(say("compassOn"), () => void askPermission(), "button button-quiet officer-wide");
  const show = (): void => (here ? go("there", here.lon, here.lat) : undefined);
  const body = el(
    "div",
    { class: "stack officer-compass" },
    needle,
    words,
    mustAsk() && heading() === null ? ask : null,
    place,
    button(say("show"), show, "button button-quiet officer-wide"),
  );
  return { title: say("compass"), layout: "page", body, leave: () => stops.forEach((stop) => stop()) };
}
