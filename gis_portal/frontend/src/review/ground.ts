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

/** The map's first picture: `box` is ready, and the words that ask to wait go, when it is drawn. */
export function whenDrawn(box: HTMLElement, map: MapLibreMap): void {
  map.once("idle", () => {
    box.querySelector("[data-canvas]")?.removeAttribute("aria-busy");
    box.dataset["ready"] = "";
  });
}

// At least so much around the middle (degrees, about 11 km): what lies there belongs together.
const TOGETHER = 0.1;

/** The bounds of the 90 % nearest to the middle and of all about as near, and how many lie outside. */
export function frameOf(geometries: Geometry[]): { bounds: LngLatBounds | null; outside: number } {
  const placed = geometries.flatMap((geometry) => {
    const own = boundsOf([geometry]);
    return own ? [{ geometry, centre: own.getCenter() }] : [];
  });
  const lon = median(placed.map(({ centre }) => centre.lng));
  const lat = median(placed.map(({ centre }) => centre.lat));
  const away = placed.map(({ centre }) => Math.max(Math.abs(centre.lng - lon), Math.abs(centre.lat - lat)));
  const sorted = [...away].sort((a, b) => a - b);
  const limit = Math.max(TOGETHER, 3 * (sorted[Math.floor(0.9 * (sorted.length - 1))] ?? 0));
  const near = placed.filter((_, index) => (away[index] ?? 0) <= limit);
  return { bounds: boundsOf(near.map(({ geometry }) => geometry)), outside: placed.length - near.length };
}

function median(numbers: number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor((numbers.length - 1) / 2)] ?? 0;
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

export function note(box: HTMLElement, left: number, what: "wordsLeft" | "wordsFar" = "wordsLeft"): void {
  const place = box.querySelector("[data-note]");
  if (!place || left <= 0) return;
  const words = (box.dataset[what] ?? "").replace("{n}", left.toLocaleString("vi-VN"));
  place.textContent = [place.textContent, words].filter(Boolean).join(" ");
}
