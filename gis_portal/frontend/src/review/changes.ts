// Before and after: what a version adds, removes and moves, against what is published.
import type { FeatureCollection, Geometry } from "geojson";
import type { ExpressionSpecification, FilterSpecification, Map as MapLibreMap } from "maplibre-gl";
import { createGround, fetchFeatures, frameOf, note, whenDrawn } from "./ground";

interface Change {
  uid: string;
  key: string;
  what: string;
  side: "before" | "after";
}
type Changes = FeatureCollection<Geometry, Change> & { left_out: number };
const SOURCE = "changes";
const COLOUR: ExpressionSpecification = [
  "match",
  ["get", "what"],
  "added",
  "#23663c",
  "removed",
  "#b53a1c",
  "values",
  "#a87408",
  "#0b5f70",
];

export async function startChanges(box: HTMLElement): Promise<void> {
  const canvas = box.querySelector<HTMLElement>("[data-canvas]");
  if (!canvas) return;
  const [changes, map] = await Promise.all([fetchFeatures<Changes>(box), createGround(canvas)]);
  note(box, changes.left_out);
  note(box, draw(map, changes), "wordsFar");
  const show = (): void => {
    const kinds = [...box.querySelectorAll<HTMLInputElement>('input[name="what"]:checked')];
    const side = box.querySelector<HTMLInputElement>('input[name="side"]:checked')?.value ?? "both";
    const wanted = kinds.map(({ value }) => value);
    for (const each of ["before", "after"] as const) {
      const visible = side === "both" || side === each ? "visible" : "none";
      for (const id of layersOf(each)) {
        map.setFilter(id, filterOf(each, wanted, id));
        map.setLayoutProperty(id, "visibility", visible);
      }
    }
  };
  box.addEventListener("change", show);
  show();
  whenDrawn(box, map);
}

function layersOf(side: Change["side"]): string[] {
  return ["fill", "line", "point"].map((kind) => `${SOURCE}-${side}-${kind}`);
}

function filterOf(side: Change["side"], wanted: string[], id: string): FilterSpecification {
  const shape: FilterSpecification = id.endsWith("point")
    ? ["==", ["geometry-type"], "Point"]
    : ["!=", ["geometry-type"], "Point"];
  return ["all", shape, ["==", ["get", "side"], side], ["in", ["get", "what"], ["literal", wanted]]];
}

/** How many lie outside what the map shows first. */
function draw(map: MapLibreMap, changes: Changes): number {
  map.addSource(SOURCE, { type: "geojson", data: changes });
  for (const side of ["before", "after"] as const) {
    const [fill, line, point] = layersOf(side) as [string, string, string];
    const before = side === "before";
    map.addLayer({
      id: fill,
      type: "fill",
      source: SOURCE,
      filter: filterOf(side, [], fill),
      paint: { "fill-color": COLOUR, "fill-opacity": before ? 0.12 : 0.28 },
    });
    map.addLayer({
      id: line,
      type: "line",
      source: SOURCE,
      filter: filterOf(side, [], line),
      paint: { "line-color": COLOUR, "line-width": before ? 2 : 2.5, ...(before ? { "line-dasharray": [2, 1.5] } : {}) },
    });
    map.addLayer({
      id: point,
      type: "circle",
      source: SOURCE,
      filter: filterOf(side, [], point),
      paint: { "circle-radius": before ? 9 : 6, "circle-color": before ? "rgba(0, 0, 0, 0)" : COLOUR, "circle-stroke-color": COLOUR, "circle-stroke-width": 2.5 },
    });
  }
  const { bounds, outside } = frameOf(changes.features.map(({ geometry }) => geometry));
  if (bounds) map.fitBounds(bounds, { padding: 40, maxZoom: 17, animate: false });
  return outside;
}
