// How much of each layer the present zoom draws: one by one, or summed. The legends' words follow it
// (`templates/components/detail.html`), and a button on the map leads to where each is drawn.
import type { Map as MapLibreMap } from "maplibre-gl";
import { config, type LayerInfo, text } from "../config";

// The camera's own rounding must not leave the legend one step behind.
const NEARLY = 0.001;

export function isSummed(layer: LayerInfo, zoom: number): boolean {
  return layer.minZoom < layer.workingZoom && zoom < layer.workingZoom - NEARLY;
}

/** Marks every legend `far` or `near`; without this script a legend shows both states in words. */
export function watchLegends(map: MapLibreMap): void {
  const notes = document.querySelectorAll<HTMLElement>("[data-legend]");
  const layers = new Map(config.layers.map((layer) => [layer.slug, layer]));
  const show = (): void => {
    for (const note of notes) {
      const layer = layers.get(note.dataset["legend"] ?? "");
      if (!layer) continue;
      const state = isSummed(layer, map.getZoom()) ? "far" : "near";
      if (note.dataset["detail"] !== state) note.dataset["detail"] = state;
    }
  };
  map.on("zoom", show);
  show();
}

/** The button over the map while one of the shown layers is summed; `go` moves the camera. */
export class DetailButton {
  readonly #map: MapLibreMap;
  readonly #button = document.getElementById("detail");
  readonly #shown: () => readonly string[];
  #layer: LayerInfo | undefined;

  constructor(map: MapLibreMap, shown: () => readonly string[], go: (layer: LayerInfo) => void) {
    this.#map = map;
    this.#shown = shown;
    this.#button?.addEventListener("click", () => {
      if (this.#layer) go(this.#layer);
    });
    map.on("zoom", () => this.update());
    this.update();
  }

  /** Also to be called when layers are switched. */
  update(): void {
    const shown = new Set(this.#shown());
    const zoom = this.#map.getZoom();
    const layer = config.layers.find(
      (each) => shown.has(each.slug) && zoom >= each.minZoom && isSummed(each, zoom),
    );
    if (!this.#button || layer === this.#layer) return;
    this.#layer = layer;
    this.#button.hidden = !layer;
    if (!layer) return;
    const words = { things: layer.counted };
    const kind = layer.geometry === "point" ? "detailCircles" : "detailSquares";
    const put = (name: string, value: string): void => {
      const place = this.#button?.querySelector(`[data-part="${name}"]`);
      if (place) place.textContent = value;
    };
    put("what", text(kind, words));
    this.#button.setAttribute("aria-label", `${text(kind, words)}. ${text("cellsZoom", words)}`);
  }
}
