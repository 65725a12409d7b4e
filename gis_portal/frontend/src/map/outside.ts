// Beyond the province there is nothing to see: says so, and offers the way back.
import type { Map as MapLibreMap } from "maplibre-gl";
import { config, text } from "../config";

/** Whether a place (WGS 84 degrees) lies within what the portal maps. */
export function covers(lon: number, lat: number): boolean {
  const [west, south, east, north] = config.bounds;
  return lon >= west && lon <= east && lat >= south && lat <= north;
}

export class Outside {
  readonly #map: MapLibreMap;
  readonly #box = document.getElementById("outside");

  constructor(map: MapLibreMap, goHome: () => void) {
    this.#map = map;
    this.#box?.querySelector("button")?.addEventListener("click", goHome);
    map.on("moveend", () => this.#check());
    this.#check();
  }

  /** The reader's own position turned out to be far away. */
  located(lon: number, lat: number): boolean {
    const inside = covers(lon, lat);
    if (!inside) this.#say(text("locatedOutside"));
    return !inside;
  }

  #check(): void {
    const view = this.#map.getBounds();
    const [west, south, east, north] = config.bounds;
    const apart =
      view.getEast() < west ||
      view.getWest() > east ||
      view.getNorth() < south ||
      view.getSouth() > north;
    if (this.#box) this.#box.hidden = !apart;
    if (!apart) this.#say("");
  }

  #say(words: string): void {
    const line = this.#box?.querySelector("p");
    if (line) line.textContent = words;
  }
}
