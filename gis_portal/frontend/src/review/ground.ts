// The map below points and outlines: the communes of the portal, nothing else.
import { LngLatBounds, type Map as MapLibreMap, NavigationControl } from "maplibre-gl";
import type { FeatureCollection, Geometry } from "geojson";
import { config } from "../config";
import { createMap, fetchStyle } from "../map/create";
import { watchTiles } from "../map/tiles";

export async function createGround(canvas: HTMLElement): Promise<MapLibreMap> {
  watchTiles(() => undefined);
  const shown = new Set(config.layers.map(({ slug }) => slug));
  const map = await createMap(canvas, await fetchStyle(), shown, null);
  map.scrollZoom.disable();
  map.cooperativeGestures.enable();
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  await new Promise<void>((done) => map.once("style.load", () => done()));
  return map;
}

export async function fetchFeatures<T extends FeatureCollection>(box: HTMLElement): Promise<T> {
  const response = await fetch(box.dataset["source"] ?? "");
  if (!response.ok) throw new Error(`features ${response.status}`);
  return (await response.json()) as T;
}

export function boundsOf(geometries: Iterable<Geometry>): LngLatBounds | null {
  const bounds = new LngLatBounds();
  for (const geometry of geometries) extend(bounds, geometry);
  return bounds.isEmpty() ? null : bounds;
}

function extend(bounds: LngLatBounds, geometry: Geometry): void {
  if (geometry.type === "GeometryCollection") {
    for (const part of geometry.geometries) extend(bounds, part);
    return;
  }
  const positions = geometry.coordinates.flat(3) as unknown[];
  const numbers = positions as number[];
  for (let i = 0; i + 1 < numbers.length; i += 2) {
    bounds.extend([numbers[i] as number, numbers[i + 1] as number]);
  }
}

export function note(box: HTMLElement, left: number): void {
  const place = box.querySelector("[data-note]");
  if (!place || left <= 0) return;
  const words = (box.dataset["wordsLeft"] ?? "").replace("{n}", left.toLocaleString("vi-VN"));
  place.textContent = [place.textContent, words].filter(Boolean).join(" ");
}
