// Defects on a map with their list beside it: touching one shows the other.
import type { Map as MapLibreMap } from "maplibre-gl";
import type { FeatureCollection, Point } from "geojson";
import { createGround, fetchFeatures, frameOf, note, whenDrawn } from "./ground";

interface Defect {
  row: number;
  key: string;
  code: string;
  severity: string;
  message: string;
  value: string;
}
type Defects = FeatureCollection<Point, Defect> & { total: number };
const SOURCE = "defects";
// A list of two thousand buttons helps nobody; the whole list is a page of its own.
const LISTED = 200;

export async function startIssues(box: HTMLElement): Promise<void> {
  const canvas = box.querySelector<HTMLElement>("[data-canvas]");
  const list = box.querySelector<HTMLElement>("[data-list]");
  if (!canvas || !list) return;
  const [defects, map] = await Promise.all([fetchFeatures<Defects>(box), createGround(canvas)]);
  note(box, defects.total - defects.features.length);
  note(box, draw(map, defects), "wordsFar");
  const buttons = fill(list, defects, box.dataset["row"] ?? "");
  const choose = (id: number, fly: boolean): void => {
    for (const [key, button] of buttons) {
      if (key === id) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    }
    const found = defects.features.find((feature) => feature.id === id);
    map.setFilter(`${SOURCE}-chosen`, ["==", ["id"], id]);
    if (found && fly) map.easeTo({ center: found.geometry.coordinates as [number, number], zoom: Math.max(map.getZoom(), 16) });
    if (!fly) buttons.get(id)?.scrollIntoView({ block: "nearest" });
  };
  for (const [id, button] of buttons) button.addEventListener("click", () => choose(id, true));
  map.on("click", (event) => {
    const { x, y } = event.point;
    const around: [[number, number], [number, number]] = [[x - 16, y - 16], [x + 16, y + 16]];
    const [hit] = map.queryRenderedFeatures(around, { layers: [SOURCE] });
    if (typeof hit?.id === "number") choose(hit.id, false);
  });
  whenDrawn(box, map);
}

/** How many lie outside what the map shows first. */
function draw(map: MapLibreMap, defects: Defects): number {
  map.addSource(SOURCE, { type: "geojson", data: defects });
  map.addLayer({
    id: SOURCE,
    type: "circle",
    source: SOURCE,
    paint: {
      "circle-radius": 7,
      "circle-color": ["match", ["get", "severity"], "error", "#b53a1c", "#d9a12d"],
      "circle-stroke-color": "#ffffff",
      "circle-stroke-width": 2,
    },
  });
  map.addLayer({
    id: `${SOURCE}-chosen`,
    type: "circle",
    source: SOURCE,
    filter: ["==", ["id"], -1],
    paint: { "circle-radius": 13, "circle-color": "rgba(0, 0, 0, 0)", "circle-stroke-color": "#07404d", "circle-stroke-width": 4 },
  });
  const { bounds, outside } = frameOf(defects.features.map(({ geometry }) => geometry));
  if (bounds) map.fitBounds(bounds, { padding: 48, maxZoom: 16, animate: false });
  return outside;
}

function fill(list: HTMLElement, defects: Defects, row: string): Map<number, HTMLButtonElement> {
  const buttons = new Map<number, HTMLButtonElement>();
  for (const { id, properties } of defects.features.slice(0, LISTED)) {
    const button = document.createElement("button");
    button.type = "button";
    const strong = document.createElement("strong");
    strong.textContent = `${row} ${properties.row}`;
    button.append(strong, ` ${properties.key ? `(${properties.key}) ` : ""}${properties.message}`);
    const item = document.createElement("li");
    item.append(button);
    list.append(item);
    buttons.set(id as number, button);
  }
  return buttons;
}
