// What a finger or a mouse means on the map: tap = what is here, long tap or right click = this place.
import type { Map as MapLibreMap, MapGeoJSONFeature, MapMouseEvent } from "maplibre-gl";
import { config, type LayerInfo } from "../config";

export interface Hit {
  layer: LayerInfo;
  uid: string;
  title: string;
}

const LONG_TAP_MS = 550;
const FINGER_PX = 10;
const KIND_ORDER = { point: 0, line: 1, polygon: 2 } as const;

/** Features under the finger, most telling first: points, lines, then areas, in catalogue order. */
export function hitsAt(map: MapLibreMap, at: { x: number; y: number }, layerIds: string[]): Hit[] {
  const box: [[number, number], [number, number]] = [
    [at.x - FINGER_PX, at.y - FINGER_PX],
    [at.x + FINGER_PX, at.y + FINGER_PX],
  ];
  const inside = map.queryRenderedFeatures([at.x, at.y], { layers: layerIds });
  const near = map.queryRenderedFeatures(box, { layers: layerIds });
  // An area counts only when the finger is inside it; points and lines may be missed by a little.
  const found = [...inside, ...near.filter((feature) => !/Polygon/.test(feature.geometry.type))];
  const hits = new Map<string, Hit>();
  for (const feature of found) {
    const hit = asHit(feature);
    if (hit && !hits.has(hit.uid)) hits.set(hit.uid, hit);
  }
  return [...hits.values()].sort((a, b) => rank(a.layer) - rank(b.layer));
}

function rank(layer: LayerInfo): number {
  return KIND_ORDER[layer.geometry] * 1000 + config.layers.indexOf(layer);
}

function asHit(feature: MapGeoJSONFeature): Hit | null {
  const layer = config.layers.find((candidate) => candidate.slug === feature.sourceLayer);
  const uid: unknown = feature.properties["uid"];
  if (!layer || typeof uid !== "string") return null;
  return { layer, uid, title: titleOf(layer, feature.properties) };
}

function titleOf(layer: LayerInfo, properties: Record<string, unknown>): string {
  const filled = layer.titleTemplate.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = properties[name];
    return value === undefined || value === null ? "" : String(value);
  });
  return filled.trim() || layer.title;
}

type PlaceHandler = (lon: number, lat: number) => void;

/** Calls `onPlace` for a long tap (touch) or a right click (mouse). */
export function watchLongTap(map: MapLibreMap, onPlace: PlaceHandler): void {
  let timer = 0;
  let firedAt = 0;
  let touching = false;
  const fire = (event: { lngLat: { lng: number; lat: number } }): void => {
    if (Date.now() - firedAt < 1000) return;
    firedAt = Date.now();
    if (touching) swallowRelease();
    onPlace(event.lngLat.lng, event.lngLat.lat);
  };
  const cancel = (): void => window.clearTimeout(timer);
  map.on("touchstart", (event) => {
    cancel();
    touching = true;
    if (event.points.length === 1) timer = window.setTimeout(() => fire(event), LONG_TAP_MS);
  });
  for (const name of ["touchend", "touchcancel", "touchmove", "movestart", "zoomstart"] as const) {
    map.on(name, cancel);
  }
  for (const name of ["touchend", "touchcancel"] as const) {
    map.on(name, () => {
      touching = false;
    });
  }
  // Android sends this for a long press as well; the time guard above keeps it to one call.
  map.on("contextmenu", (event: MapMouseEvent) => fire(event));
}

const AFTER_RELEASE_MS = 400;

/** The finger is still down when the sheet rises under it: its release must press nothing there. */
function swallowRelease(): void {
  const click = (event: Event): void => {
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  const done = (event: TouchEvent): void => {
    if (event.cancelable) event.preventDefault();
    removeEventListener("touchend", done, true);
    removeEventListener("touchcancel", done, true);
    window.setTimeout(() => removeEventListener("click", click, true), AFTER_RELEASE_MS);
  };
  addEventListener("click", click, true);
  addEventListener("touchend", done, { capture: true, passive: false });
  addEventListener("touchcancel", done, { capture: true, passive: false });
}
