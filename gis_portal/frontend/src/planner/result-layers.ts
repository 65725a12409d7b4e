// How the result of a run is drawn, on its own page and on the map for planners: pieces by class, sums where they are
// too small to be drawn, marks where a piece would be a speck.
import type { ExpressionSpecification, FilterSpecification, LayerSpecification } from "maplibre-gl";

/** TileJSON of a result; mirrors gis_portal/planner/results/tilejson.py. */
export interface Described {
  tiles: string[];
  maxzoom: number;
  working_zoom: number;
  dimension: number;
  bounds: [number, number, number, number] | null;
  attribution?: string;
  legend: { value: string; color: string; label: string }[];
  /** The field that the classes are of; "" where there are none. */
  class_label: string;
  /** Some pieces have no class. */
  unclassed: boolean;
}
export const UNKNOWN = "#9a9a9a";
export const PLAIN_RESULT = "#2a7c8b";
/** How dense areas are; compositions/painted_results.py paints so, too. */
export const RESULT_FILL = 0.72;
const INK = "#0f2930";
/** A piece with less ground than a square of so many pixels gets a mark. */
const SPECK = 9;
/** Square metres of a pixel at zoom 0 near 10.5° north. */
const PIXEL_AREA = (78271.5 * Math.cos((10.5 * Math.PI) / 180)) ** 2;

export function colourOf({ legend }: Described): ExpressionSpecification {
  const pairs = legend.flatMap(({ value, color }) => [value, color]);
  return (pairs.length ? ["match", ["to-string", ["coalesce", ["get", "class"], ""]], ...pairs, UNKNOWN] : ["literal", PLAIN_RESULT]) as unknown as ExpressionSpecification;
}

/** From the lowest to the highest, without a source. */
export function resultLayers(described: Described): (LayerSpecification & { id: string })[] {
  const colour = colourOf(described);
  const own = { source: "", "source-layer": "result" } as const;
  const cells = { source: "", "source-layer": "result.cells" } as const;
  const areas: ExpressionSpecification = ["==", ["geometry-type"], "Polygon"];
  const least: ExpressionSpecification = ["/", PIXEL_AREA * SPECK * SPECK, ["^", 4, ["zoom"]]];
  const specks = ["all", areas, ["<", ["coalesce", ["get", "area_m2"], 0], least]] as unknown as FilterSpecification;
  const lines = described.dimension === 1;
  return [
    { id: "result-cells-edge", type: "line", ...cells, paint: { "line-color": INK, "line-width": 2, "line-opacity": 0.55 } },
    { id: "result-cells", type: "fill", ...cells, paint: { "fill-color": colour, "fill-opacity": RESULT_FILL, "fill-antialias": false } },
    { id: "result-fill", type: "fill", ...own, filter: areas, paint: { "fill-color": colour, "fill-opacity": RESULT_FILL } },
    { id: "result-line", type: "line", ...own, filter: ["!=", ["geometry-type"], "Point"], paint: { "line-color": lines ? colour : INK, "line-width": lines ? 3 : 0.7 } },
    { id: "result-speck-edge", type: "line", ...own, filter: specks, layout: { "line-join": "round", "line-cap": "round" }, paint: { "line-color": INK, "line-width": 6.5 } },
    { id: "result-speck", type: "line", ...own, filter: specks, layout: { "line-join": "round", "line-cap": "round" }, paint: { "line-color": colour, "line-width": 4.5 } },
    { id: "result-point", type: "circle", ...own, filter: ["==", ["geometry-type"], "Point"], paint: { "circle-color": colour, "circle-radius": 5, "circle-stroke-color": "#ffffff", "circle-stroke-width": 1.5 } },
  ];
}
