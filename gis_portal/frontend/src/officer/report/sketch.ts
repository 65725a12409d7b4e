// A line or an area drawn on the map by touch, or by walking and standing; with the accuracy of how it was drawn.
import type { LonLat, OfficerMap } from "../map/map";
import { follow, last } from "../place/position";
import { button, el } from "../shell/dom";
import { number } from "../shell/format";
import { address } from "../shell/router";
import type { Screen } from "../shell/screen";
import { chips } from "./boxes";
import { type Draft, load } from "./drafts";
import { saving } from "./saving";
import { problem, say } from "./words";

/** How far a finger misses on the ground: pixels. */
const FINGER = 12;

type Sketch = GeoJSON.LineString | GeoJSON.Polygon;

export function pointsOf(sketch: Sketch | null): LonLat[] {
  if (!sketch) return [];
  return (sketch.type === "LineString" ? sketch.coordinates : (sketch.coordinates[0] ?? []).slice(0, -1)) as LonLat[];
}

/** null while there are too few points for what it is to be. */
export function sketchOf(points: readonly LonLat[], isArea: boolean): Sketch | null {
  if (isArea && points.length >= 3) return { type: "Polygon", coordinates: [[...points, points[0] as LonLat]] };
  return !isArea && points.length >= 2 ? { type: "LineString", coordinates: [...points] } : null;
}

export function sketchWords({ sketch, sketchAccuracy }: Draft): string {
  if (!sketch) return say("sketchNone");
  const values = { n: pointsOf(sketch).length, m: number(Math.ceil(sketchAccuracy ?? 0)) };
  return say(sketch.type === "LineString" ? "sketchLine" : "sketchArea", values);
}

/** Metres of a pixel at the middle of the map. */
function metresOfPixel(map: OfficerMap): number {
  const { lat } = map.map.getCenter();
  return (40_075_016.7 * Math.cos((lat * Math.PI) / 180)) / (512 * 2 ** map.map.getZoom());
}

export async function sketchSheet(id: string): Promise<Screen | null> {
  const draft = await load(id);
  if (!draft) return null;
  const points = pointsOf(draft.sketch);
  let isArea = draft.sketch?.type === "Polygon";
  let map: OfficerMap | null = null;
  const said = el("p", { role: "status" }, sketchWords(draft));
  const kept = saving(draft, (state, error) => {
    if (state === "failed") said.textContent = problem(error);
  });

  function show(): void {
    draft!.sketch = sketchOf(points, isArea);
    if (!points.length) draft!.sketchAccuracy = null;
    kept.touch();
    said.textContent = sketchWords(draft!);
    const [only] = points;
    map?.sketch(draft!.sketch ?? (only ? { type: "MultiPoint", coordinates: points } : null));
  }

  function add(at: LonLat, accuracy: number): void {
    points.push([Number(at[0].toFixed(8)), Number(at[1].toFixed(8))]);
    draft!.sketchAccuracy = Math.max(draft!.sketchAccuracy ?? 0, accuracy);
    show();
  }

  const stop = follow(() => undefined);
  const here = (): void => {
    const fix = last();
    if (fix) add([fix.lon, fix.lat], fix.accuracy);
    else said.textContent = say("placeFailed");
  };
  const body = el(
    "div",
    { class: "report-sketch" },
    el("p", {}, say("drawHelp")),
    said,
    chips(say("sketch"), [["line", say("asLine")], ["area", say("asArea")]], isArea ? "area" : "line", (value) => {
      isArea = value === "area";
      show();
    }),
    el(
      "div",
      { class: "report-buttons" },
      button(say("addHere"), here, "button button-quiet", "locate"),
      button(say("undo"), () => (points.pop(), show()), "button button-quiet"),
      button(say("erase"), () => (points.splice(0), show()), "button button-quiet"),
      el("a", { class: "button", href: address("report", id) }, say("drawn")),
    ),
  );
  return {
    title: say("sketch"),
    layout: "sheet",
    body,
    onMap: (shown) => {
      map = shown;
      shown.onPress((at) => add(at, FINGER * metresOfPixel(shown)));
      shown.sketch(draft.sketch);
      if (draft.place && !draft.sketch) shown.map.jumpTo({ center: [draft.place.lon, draft.place.lat], zoom: Math.max(17, shown.map.getZoom()) });
    },
    leave: (shown) => {
      stop();
      kept.end();
      shown?.onPress(null);
      shown?.sketch(null);
    },
  };
}
