// Puts layers on the map and takes them off, keeping the order of the server's style.
import type { LayerSpecification, Map as MapLibreMap, StyleSpecification } from "maplibre-gl";
import { metaOf, switchedOn } from "./style";

export class LayerSwitch {
  readonly #map: MapLibreMap;
  readonly #style: StyleSpecification;

  constructor(map: MapLibreMap, style: StyleSpecification) {
    this.#map = map;
    this.#style = style;
  }

  /** Ids of the style layers that belong to `slug` and can be touched (labels left out). */
  touchable(slugs: readonly string[]): string[] {
    const wanted = new Set(slugs);
    return this.#style.layers
      .filter((layer) => {
        const { slug, role } = metaOf(layer);
        return slug !== null && wanted.has(slug) && role !== "label";
      })
      .map((layer) => layer.id)
      .filter((id) => this.#map.getLayer(id));
  }

  /** Make exactly these layers visible. */
  show(slugs: readonly string[]): void {
    const wanted = new Set(slugs);
    this.#style.layers.forEach((layer, index) => {
      const { slug } = metaOf(layer);
      if (slug === null) return;
      const present = this.#map.getLayer(layer.id) !== undefined;
      if (wanted.has(slug) && !present) this.#add(layer, index);
      if (!wanted.has(slug) && present) this.#map.removeLayer(layer.id);
    });
  }

  #add(layer: LayerSpecification, index: number): void {
    if (!("source" in layer) || typeof layer.source !== "string") return;
    const source = this.#style.sources[layer.source];
    if (source && !this.#map.getSource(layer.source)) this.#map.addSource(layer.source, source);
    const above = this.#style.layers.slice(index + 1).find((other) => this.#map.getLayer(other.id));
    this.#map.addLayer(switchedOn(layer), above?.id);
  }
}
