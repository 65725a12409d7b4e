// The map of a page of features: the layer from its tiles, the page's own features marked on top.
import type { Feature, FeatureCollection, Position } from "geojson";
import { LngLatBounds, type Map as MapLibreMap } from "maplibre-gl";
import { config } from "../config";
import { createMap, fetchStyle } from "./create";
import { watchTiles } from "./tiles";

const SOURCE = "portal-page";
const MIDDLES = "portal-page-middles";
// From here on a parcel is large enough to be seen as a shape.
const SHAPES_ZOOM = 13;
const LAMP = "#d2421f";
// One point has no extent; closer than this nothing around it is to be seen.
const MAX_ZOOM = 16;

export async function startFeaturesMap(box: HTMLElement): Promise<void> {
  watchTiles(() => undefined);
  const [style, found] = await Promise.all([fetchStyle(), fetchFeatures(box.dataset["features"] ?? "")]);
  const beside = box.dataset["layers"]?.split(",") ?? [];
  const map = await createMap(box, style, new Set([config.only ?? "", ...beside]), null);
  map.scrollZoom.disable();
  map.cooperativeGestures.enable();
  const bounds = boundsOf(found.features);
  if (!bounds.isEmpty()) map.jumpTo(map.cameraForBounds(bounds, { padding: 32, maxZoom: MAX_ZOOM }) ?? {});
  map.once("style.load", () => mark(map, found));
  map.on("load", () => {
    box.dataset["ready"] = "";
  });
}

/** The page's features: the same address as JSON, one feature or many. */
async function fetchFeatures(address: string): Promise<FeatureCollection> {
  const response = await fetch(address, { headers: { Accept: "application/geo+json" } });
  if (!response.ok) throw new Error(`features ${response.status}`);
  const found = (await response.json()) as Feature | FeatureCollection;
  const features = found.type === "FeatureCollection" ? found.features : [found];
  // MapLibre keeps no identity that is a text, and needs none of the other values.
  const marked = features.map((feature) => ({ ...feature, properties: { uid: String(feature.id) } }));
  return { type: "FeatureCollection", features: marked };
}

function boundsOf(features: Feature[]): LngLatBounds {
  const bounds = new LngLatBounds();
  const extend = (part: Position | Position[] | Position[][] | Position[][][]): void => {
    const [first, second] = part;
    if (typeof first === "number") bounds.extend([first, second as number]);
    else (part as Position[]).forEach(extend);
  };
  for (const { geometry } of features) {
    if (geometry && geometry.type !== "GeometryCollection") extend(geometry.coordinates);
  }
  return bounds;
}

/** The middle of each feature: from afar the shapes themselves are too small to be seen. */
function middles(found: FeatureCollection): FeatureCollection {
  const features = found.features
    .map((feature) => ({ properties: feature.properties, bounds: boundsOf([feature]) }))
    .filter(({ bounds }) => !bounds.isEmpty())
    .map(({ properties, bounds }): Feature => {
      const geometry: Feature["geometry"] = { type: "Point", coordinates: bounds.getCenter().toArray() };
      return { type: "Feature", properties, geometry };
    });
  return { type: "FeatureCollection", features };
}

function mark(map: MapLibreMap, found: FeatureCollection): void {
  map.addSource(SOURCE, { type: "geojson", data: found });
  map.addSource(MIDDLES, { type: "geojson", data: middles(found) });
  const kind = config.layers.find(({ slug }) => slug === config.only)?.geometry;
  if (kind === "polygon") {
    map.addLayer({ id: `${SOURCE}-fill`, source: SOURCE, type: "fill", paint: { "fill-color": LAMP, "fill-opacity": 0.18 } });
  }
  if (kind !== "point") {
    map.addLayer({
      id: SOURCE,
      source: SOURCE,
      type: "line",
      layout: { "line-join": "round", "line-cap": "round" },
      paint: { "line-color": LAMP, "line-width": kind === "line" ? 4 : 2 },
    });
  }
  map.addLayer({
    id: MIDDLES,
    source: MIDDLES,
    type: "circle",
    ...(kind === "point" ? {} : { maxzoom: SHAPES_ZOOM }),
    paint: { "circle-radius": 6, "circle-color": LAMP, "circle-opacity": 0.7, "circle-stroke-color": "#ffffff", "circle-stroke-width": 1.5 },
  });
  for (const id of [MIDDLES, `${SOURCE}-fill`, SOURCE]) if (map.getLayer(id)) followTouches(map, id);
}

/** A touch on a marked feature opens its page: the row that carries its identity has the address. */
function followTouches(map: MapLibreMap, layer: string): void {
  map.on("click", layer, (event) => {
    const uid = String(event.features?.[0]?.properties["uid"]);
    document.querySelector<HTMLAnchorElement>(`a[data-uid="${CSS.escape(uid)}"]`)?.click();
  });
}
