// A touch on what the map sums: marks the place that was summed, says how many and how much, offers the
// zoom from which they are drawn one by one. Nothing is selected and the address stays as it is.
import { type GeoJSONSource, LngLatBounds, type Map as MapLibreMap, type MapGeoJSONFeature } from "maplibre-gl";
import { config, text } from "../config";
import { area, distance, number } from "../format";
import { isCell, type Sum, sums } from "./cell-sums";

const FINGER_PX = 10;
const MARK = "portal-summed";
const LAMP = "#d2421f";
const CLASSES_SHOWN = 3;

export interface Touched {
  sums: Sum[];
  bounds: LngLatBounds;
  /** A whole circle or square lies exactly under the finger, on top of everything. */
  isExact: boolean;
  center: [number, number];
}

/** The sums under the finger, null where there are none. A circle counts alone: it is large enough to be meant. */
export function touchedCells(
  map: MapLibreMap,
  at: { x: number; y: number },
  layerIds: string[],
): Touched | null {
  const [top] = map.queryRenderedFeatures([at.x, at.y], { layers: layerIds });
  const isExact = top !== undefined && isCell(top);
  const found = isExact && top.geometry.type === "Point" ? [top] : around(map, at, layerIds);
  const all = sums(found, config.layers);
  if (!all.length) return null;
  const bounds = new LngLatBounds();
  for (const feature of found) extend(bounds, feature);
  const nearest = isExact && top ? extend(new LngLatBounds(), top) : bounds;
  return { sums: all, bounds, isExact, center: nearest.getCenter().toArray() };
}

/** What is summed or too small within the finger's square; each once, though several style layers draw it. */
function around(
  map: MapLibreMap,
  at: { x: number; y: number },
  layerIds: string[],
): MapGeoJSONFeature[] {
  const drawing = layerIds.filter((id) => /:(cells|fill|line)$/.test(id));
  const found = map.queryRenderedFeatures(
    [
      [at.x - FINGER_PX, at.y - FINGER_PX],
      [at.x + FINGER_PX, at.y + FINGER_PX],
    ],
    { layers: drawing },
  );
  return found.filter((feature) => isCell(feature) || !feature.properties["uid"]);
}

function extend(bounds: LngLatBounds, { geometry }: MapGeoJSONFeature): LngLatBounds {
  const walk = (part: unknown): void => {
    if (!Array.isArray(part)) return;
    if (typeof part[0] === "number") bounds.extend(part as [number, number]);
    else part.forEach(walk);
  };
  if ("coordinates" in geometry) walk(geometry.coordinates);
  return bounds;
}

/** The middle of the layer's cell nearest to the map's centre: straight ahead there may be nothing to see. */
export function nearestCell(
  map: MapLibreMap,
  slug: string,
  layerIds: string[],
): [number, number] | null {
  const centre = map.project(map.getCenter());
  let nearest: [number, number] | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const feature of map.queryRenderedFeatures({ layers: layerIds })) {
    if (!isCell(feature) || !feature.sourceLayer?.startsWith(`${slug}.`)) continue;
    const middle = extend(new LngLatBounds(), feature).getCenter();
    const far = map.project(middle).dist(centre);
    if (far >= least) continue;
    least = far;
    nearest = middle.toArray();
  }
  return nearest;
}

/** The panel's article, filled from the page's template; `onZoom` gets the zoom where each is drawn. */
export function cellsArticle(touched: Touched, onZoom: (zoom: number) => void): HTMLElement | null {
  const article = copy("cells-panel");
  const into = article?.querySelector("[data-sums]");
  const [first] = touched.sums;
  if (!article || !into || !first) return null;
  const { bounds } = touched;
  const width = bounds.getSouthWest().distanceTo(bounds.getSouthEast());
  const things = first.layer.counted;
  const count = number(first.summed + first.alone, 0);
  const isOne = touched.sums.length === 1;
  put(article, "kind", text("cellsKind", { things }));
  put(article, "title", text(isOne ? "cellsTitle" : "cellsTitleMany", { count, things }));
  put(article, "frame", width > 1 ? text("cellsFrame", { width: distance(rounded(width)) }) : "");
  for (const sum of touched.sums) {
    const section = section_(sum);
    if (section) into.append(section);
  }
  const button = article.querySelector("button");
  const goal = Math.max(...touched.sums.map(({ layer }) => layer.workingZoom));
  put(article, "zoom", text("cellsZoom", { things }));
  button?.addEventListener("click", () => onZoom(goal));
  return article;
}

function section_(sum: Sum): HTMLElement | null {
  const section = copy("cells-sum");
  if (!section) return null;
  const { layer, summed, alone } = sum;
  put(section, "title", layer.title);
  put(section, "summed-label", text("cellsSummed", { things: layer.counted }));
  put(section, "summed", summed ? number(summed, 0) : "");
  put(section, "area", sum.area === null ? "" : area(sum.area));
  put(section, "alone", alone ? number(alone, 0) : "");
  const shown = sum.classes.slice(0, CLASSES_SHOWN).map((name) => legendLine(layer.slug, name));
  const list = section.querySelector("[data-classes] ul");
  list?.append(...shown.filter((line) => line !== null));
  if (!list?.childElementCount) section.querySelector("[data-classes]")?.remove();
  return section;
}

/** The line of the layer's own legend: the same colour, mark and words as there, without its count. */
function legendLine(slug: string, name: string): Node | null {
  const lines = document.querySelectorAll<HTMLElement>(`[data-legend="${slug}"] [data-class]`);
  const line = [...lines].find((each) => each.dataset["class"] === name)?.cloneNode(true);
  if (!(line instanceof HTMLElement)) return null;
  line.querySelector(".count")?.remove();
  return line;
}

function put(box: HTMLElement, name: string, words: string): void {
  const place = box.querySelector(`[data-${name}]`);
  if (words && place) place.textContent = words;
  else if (place) (place.closest("[data-line]") ?? place).remove();
}

function copy(id: string): HTMLElement | null {
  const template = document.getElementById(id);
  if (!(template instanceof HTMLTemplateElement)) return null;
  const element = template.content.firstElementChild?.cloneNode(true);
  return element instanceof HTMLElement ? element : null;
}

function rounded(metres: number): number {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(metres)) - 1);
  return Math.round(metres / step) * step;
}

/** A broken line around what was summed (a ring for a circle); null takes it away. */
export function markCells(map: MapLibreMap, touched: Touched | null): void {
  const source = map.getSource<GeoJSONSource>(MARK);
  const data = shapeOf(touched);
  if (source) void source.setData(data);
  else if (touched) {
    map.addSource(MARK, { type: "geojson", data });
    const line = { type: "line" as const, source: MARK };
    map.addLayer({ id: `${MARK}-casing`, ...line, paint: { "line-color": "#ffffff", "line-width": 4 } });
    const broken = { "line-color": LAMP, "line-width": 2, "line-dasharray": [2, 1] };
    map.addLayer({ id: `${MARK}-line`, ...line, paint: broken });
    const ring = {
      "circle-radius": 26,
      "circle-opacity": 0,
      "circle-stroke-color": LAMP,
      "circle-stroke-width": 3,
    };
    const points = ["==", ["geometry-type"], "Point"] as ["==", ["geometry-type"], string];
    map.addLayer({ id: `${MARK}-ring`, type: "circle", source: MARK, filter: points, paint: ring });
  }
}

function shapeOf(touched: Touched | null): GeoJSON.FeatureCollection {
  if (!touched) return { type: "FeatureCollection", features: [] };
  const [west, south, east, north] = touched.bounds.toArray().flat() as [number, number, number, number];
  const corners = [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
    [west, south],
  ];
  const geometry: GeoJSON.Geometry =
    west === east && south === north
      ? { type: "Point", coordinates: [west, south] }
      : { type: "Polygon", coordinates: [corners] };
  return { type: "FeatureCollection", features: [{ type: "Feature", properties: {}, geometry }] };
}
