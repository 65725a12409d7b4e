// Pictures on the map, under everything that is drawn from data. For two dates the renderer is told to draw
// each only on its side of the slider (a scissor on the one canvas): nothing to keep in step, and no second map.
import type { CustomLayerInterface, LayerSpecification, Map as MapLibreMap } from "maplibre-gl";
import type { Pictures } from "./imagery-dates";
import { scissor } from "./scissor";
import { metaOf } from "./style";

const PREFIX = "imagery";
// What lies on a picture is seen through; its outline, set off in white, says where it is.
const FADED = 0.3;
const CASING = "rgba(255, 255, 255, 0.75)";

export type Side = Pictures | null;

export class ImageryLayers {
  readonly #map: MapLibreMap;
  readonly #whole = new Map<string, unknown>();
  #cut = 0.5;
  #wanted = "";
  #isOn = false;

  constructor(map: MapLibreMap) {
    this.#map = map;
    map.on("styledata", () => this.#dress());
  }

  /** `left` undefined: one picture over the whole map; null on a side: the map without a picture. */
  show(right: Side, left?: Side): void {
    const wanted = [right?.tiles, left === undefined ? "-" : left?.tiles].join(" ");
    if (wanted === this.#wanted) return;
    this.#wanted = wanted;
    this.#remove();
    this.#isOn = Boolean(right ?? left);
    if (this.#isOn) this.#add(right, left);
    this.#dress();
  }

  /** Where the slider stands, as a share of the canvas's width. */
  cutAt(share: number): void {
    this.#cut = share;
    this.#map.triggerRepaint();
  }

  #add(right: Side, left?: Side): void {
    const compared = left !== undefined;
    if (compared) this.#layer(scissor(`${PREFIX}:only-left`, () => [0, this.#cut]));
    if (left) this.#pictures("left", left);
    if (compared) this.#layer(scissor(`${PREFIX}:only-right`, () => [this.#cut, 1]));
    if (right) this.#pictures("right", right);
    if (compared) this.#layer(scissor(`${PREFIX}:only-end`, () => null));
  }

  #remove(): void {
    // Not `getStyle`: it leaves out layers that draw by themselves.
    for (const id of this.#map.getLayersOrder()) {
      if (id.startsWith(`${PREFIX}:`)) this.#map.removeLayer(id);
    }
    for (const side of ["left", "right"]) {
      if (this.#map.getSource(`${PREFIX}:${side}`)) this.#map.removeSource(`${PREFIX}:${side}`);
    }
  }

  #pictures(side: string, found: Pictures): void {
    const id = `${PREFIX}:${side}`;
    this.#map.addSource(id, {
      type: "raster",
      tiles: [found.tiles],
      tileSize: found.tileSize,
      minzoom: found.minzoom,
      maxzoom: found.maxzoom,
      bounds: found.bounds,
    });
    this.#layer({ id, type: "raster", source: id, paint: { "raster-fade-duration": 150 } });
  }

  /** Under the boundaries of communes, over the land and the sea. */
  #layer(layer: LayerSpecification | CustomLayerInterface): void {
    const layers = this.#map.getStyle().layers;
    const above =
      layers.find(({ id }) => id === "base:boundary") ??
      layers.find((each) => metaOf(each).slug !== null || each.id.startsWith("sovereignty:"));
    this.#map.addLayer(layer, above?.id);
  }

  /** Areas fade and outlines get a casing while there is a picture; layers come and go meanwhile. */
  #dress(): void {
    if (!this.#map.isStyleLoaded() && !this.#map.getStyle()) return;
    const layers = this.#map.getStyle().layers;
    for (const layer of layers) {
      if (layer.type === "fill" && metaOf(layer).slug) this.#fade(layer.id);
    }
    const outlines = this.#isOn ? layers.filter((layer) => isOutline(layer, layers)) : [];
    const wanted = new Set(outlines.map(({ id }) => `${PREFIX}-casing:${id}`));
    for (const { id } of layers) {
      if (id.startsWith(`${PREFIX}-casing:`) && !wanted.has(id)) this.#map.removeLayer(id);
    }
    for (const outline of outlines) this.#case(outline);
  }

  #fade(id: string): void {
    const known = this.#whole.has(id);
    if (this.#isOn === known && !this.#isFresh(id)) return;
    if (this.#isOn) {
      const whole = this.#map.getPaintProperty(id, "fill-opacity") ?? 1;
      this.#whole.set(id, whole);
      this.#map.setPaintProperty(id, "fill-opacity", faded(whole, FADED) as number);
    } else {
      this.#map.setPaintProperty(id, "fill-opacity", this.#whole.get(id) as number);
      this.#whole.delete(id);
    }
  }

  /** The layer was taken off and put on again since: it is not faded although it was. */
  #isFresh(id: string): boolean {
    const now = JSON.stringify(this.#map.getPaintProperty(id, "fill-opacity") ?? 1);
    return this.#isOn && now === JSON.stringify(this.#whole.get(id));
  }

  #case(outline: LayerSpecification): void {
    const id = `${PREFIX}-casing:${outline.id}`;
    if (this.#map.getLayer(id) || outline.type !== "line") return;
    this.#map.addLayer(
      {
        ...outline,
        id,
        metadata: {},
        paint: { "line-color": CASING, "line-width": wider(outline.paint?.["line-width"], 2) as number },
      },
      outline.id,
    );
  }
}

/** The outline of areas, unless the layer has a casing of its own. */
function isOutline(layer: LayerSpecification, all: readonly LayerSpecification[]): boolean {
  const { slug, role } = metaOf(layer);
  if (layer.type !== "line" || slug === null || role !== "outline") return false;
  return !all.some((other) => other.id === `${slug}:casing`);
}

/** The value times `by`; a curve over zooms must stay the outermost, so its stops are multiplied. */
export function faded(value: unknown, by: number): unknown {
  return overZooms(value, (stop) => (typeof stop === "number" ? stop * by : ["*", by, stop]));
}

/** The width and so much more. */
export function wider(value: unknown, by: number): unknown {
  return overZooms(value ?? 1, (stop) => (typeof stop === "number" ? stop + by : ["+", by, stop]));
}

function overZooms(value: unknown, change: (stop: unknown) => unknown): unknown {
  if (!Array.isArray(value)) return change(value);
  const first = { interpolate: 4, step: 2 }[String(value[0])];
  const input: unknown = value[value[0] === "step" ? 1 : 2];
  if (first === undefined || !Array.isArray(input) || input[0] !== "zoom") return change(value);
  return value.map((part: unknown, index) =>
    index >= first && (index - first) % 2 === 0 ? change(part) : part,
  );
}
