// Draws the selected feature once more on top, from the same tiles, found by its uid.
import type { LayerSpecification, Map as MapLibreMap } from "maplibre-gl";
import { config } from "../config";
import type { Selection } from "../state/permalink";

const PREFIX = "portal-selected";
const LAMP = "#d2421f";

export function highlight(map: MapLibreMap, selection: Selection | null): void {
  for (const layer of map.getStyle().layers) {
    if (layer.id.startsWith(PREFIX)) map.removeLayer(layer.id);
  }
  if (!selection || !map.getSource(selection.layer)) return;
  const geometry = config.layers.find((layer) => layer.slug === selection.layer)?.geometry;
  for (const layer of marks(selection, geometry ?? "polygon")) map.addLayer(layer);
}

function marks(selection: Selection, geometry: string): LayerSpecification[] {
  const common = {
    source: selection.layer,
    "source-layer": selection.layer,
    filter: ["==", ["get", "uid"], selection.uid] as ["==", ["get", string], string],
  };
  if (geometry === "point") {
    const paint = {
      "circle-radius": 13,
      "circle-color": "rgba(210, 66, 31, 0.22)",
      "circle-stroke-color": LAMP,
      "circle-stroke-width": 3,
    };
    return [{ id: `${PREFIX}-point`, type: "circle", ...common, paint }];
  }
  const line = (id: string, color: string, width: number): LayerSpecification => ({
    id: `${PREFIX}-${id}`,
    type: "line",
    ...common,
    layout: { "line-join": "round", "line-cap": "round" },
    paint: { "line-color": color, "line-width": width },
  });
  const outline = [line("casing", "#ffffff", 7), line("line", LAMP, 3.5)];
  if (geometry === "line") return outline;
  const fill: LayerSpecification = {
    id: `${PREFIX}-fill`,
    type: "fill",
    ...common,
    paint: { "fill-color": LAMP, "fill-opacity": 0.14 },
  };
  return [fill, ...outline];
}
