// What lies over the map: the chosen parcel, the tool's sketch, the ring of accuracy.
import type { LayerSpecification } from "maplibre-gl";

export const MARKS = ["officer-ring", "officer-chosen", "officer-sketch"] as const;
const LAMP = "#d2421f";
const BLUE = "#1667c7";
const FONT = ["Be Vietnam Pro"];

export function markLayers(): LayerSpecification[] {
  const isPoint: ["==", ["geometry-type"], string] = ["==", ["geometry-type"], "Point"];
  const isArea: ["==", ["geometry-type"], string] = ["==", ["geometry-type"], "Polygon"];
  return [
    { id: "officer-ring-fill", type: "fill", source: "officer-ring", paint: { "fill-color": BLUE, "fill-opacity": 0.14 } },
    { id: "officer-ring-line", type: "line", source: "officer-ring", paint: { "line-color": BLUE, "line-width": 1.5 } },
    { id: "officer-chosen-fill", type: "fill", source: "officer-chosen", filter: isArea, paint: { "fill-color": LAMP, "fill-opacity": 0.12 } },
    { id: "officer-chosen-casing", type: "line", source: "officer-chosen", filter: isArea, paint: { "line-color": "#ffffff", "line-width": 7 } },
    { id: "officer-chosen-line", type: "line", source: "officer-chosen", filter: isArea, paint: { "line-color": LAMP, "line-width": 3.5 } },
    {
      id: "officer-chosen-corner",
      type: "circle",
      source: "officer-chosen",
      filter: isPoint,
      minzoom: 16,
      paint: { "circle-radius": 5, "circle-color": "#ffffff", "circle-stroke-color": LAMP, "circle-stroke-width": 3 },
    },
    {
      id: "officer-chosen-number",
      type: "symbol",
      source: "officer-chosen",
      filter: isPoint,
      minzoom: 16,
      layout: { "text-field": ["get", "number"], "text-font": FONT, "text-size": 14, "text-offset": [0, -1.1], "text-allow-overlap": false },
      paint: { "text-color": "#7a1f08", "text-halo-color": "#ffffff", "text-halo-width": 2 },
    },
    { id: "officer-sketch-fill", type: "fill", source: "officer-sketch", filter: isArea, paint: { "fill-color": BLUE, "fill-opacity": 0.2 } },
    { id: "officer-sketch-casing", type: "line", source: "officer-sketch", paint: { "line-color": "#ffffff", "line-width": 6 } },
    { id: "officer-sketch-line", type: "line", source: "officer-sketch", paint: { "line-color": BLUE, "line-width": 3, "line-dasharray": [2, 1.2] } },
    { id: "officer-sketch-point", type: "circle", source: "officer-sketch", paint: { "circle-radius": 5, "circle-color": "#ffffff", "circle-stroke-color": BLUE, "circle-stroke-width": 3 } },
  ];
}
