// A Leaflet layer that draws the portal's vector tiles on canvas: what Folium pages of a layer use, so that
// an embedded map shows every feature of the layer and never loads it whole.
import { VectorTile, type VectorTileFeature } from "@mapbox/vector-tile";
import L from "leaflet";
import { PbfReader } from "pbf";
import { detailNote, drawCell, type SummedAt, sumPopup } from "./sums";

export interface PortalTilesOptions extends L.GridLayerOptions {
  tilejson: string;
  slug: string;
  geometry: "point" | "line" | "polygon";
  by: string;
  colours: Record<string, string>;
  color: string;
  outline: string;
  fillOpacity: number;
  width: number;
  radius: number;
  titleTemplate: string;
  layerTitle: string;
  classes: Record<string, string>;
  panelUrl: string;
  more: string;
  workingZoom: number;
  cellColours: Record<string, string>;
  cellColor: string;
  cellKind: string;
  cellTitle: string;
  cellZoom: string;
  cellNote: string;
  /** Side of a square on the ground at zoom 0, m. */
  cellSide: number;
  language: string;
  interactive: boolean;
}

interface Drawn {
  path: Path2D;
  properties: Record<string, unknown>;
  /** Set for cells: sums of far zooms, which are no features. */
  summed: SummedAt | null;
}
interface TileJson {
  tiles: string[];
  minzoom: number;
  maxzoom: number;
}

const TILE = 512;
const FINGER = 12;

/** Where one MVT tile lands on one canvas: offset in tile units, and pixels a unit. */
export interface Placement {
  left: number;
  top: number;
  scale: number;
}

function pathOf(feature: VectorTileFeature, placement: Placement, radius: number): Path2D {
  const path = new Path2D();
  const at = (point: { x: number; y: number }): [number, number] => [
    (point.x - placement.left) * placement.scale,
    (point.y - placement.top) * placement.scale,
  ];
  for (const part of feature.loadGeometry()) {
    if (feature.type === 1) {
      for (const point of part) {
        const [x, y] = at(point);
        path.moveTo(x + radius, y);
        path.arc(x, y, radius, 0, 2 * Math.PI);
      }
      continue;
    }
    part.forEach((point, index) => (index ? path.lineTo(...at(point)) : path.moveTo(...at(point))));
    if (feature.type === 3) path.closePath();
  }
  return path;
}

class PortalTiles extends L.GridLayer {
  declare options: PortalTilesOptions & L.GridLayerOptions;
  #source: Promise<TileJson> | null = null;
  readonly #drawn = new Map<string, Drawn[]>();

  constructor(options: PortalTilesOptions) {
    super({ ...options, tileSize: TILE, updateWhenZooming: false });
  }

  override onAdd(map: L.Map): this {
    super.onAdd(map);
    if (this.options.interactive) {
      map.on("click", (event) => this.#clicked(map, event.latlng));
      detailNote(this.options).addTo(map);
    }
    this.on("tileunload", (event) => this.#drawn.delete(this.#key((event as L.TileEvent).coords)));
    return this;
  }

  override createTile(coords: L.Coords, done: L.DoneCallback): HTMLElement {
    const canvas = L.DomUtil.create("canvas", "leaflet-tile");
    const ratio = Math.min(devicePixelRatio, 2);
    canvas.width = canvas.height = TILE * ratio;
    this.#draw(canvas, coords, ratio).then(
      () => done(undefined, canvas),
      (error: unknown) => done(error instanceof Error ? error : new Error(String(error)), canvas),
    );
    return canvas;
  }

  #key(coords: L.Coords): string {
    return `${coords.z}/${coords.x}/${coords.y}`;
  }

  async #draw(canvas: HTMLCanvasElement, coords: L.Coords, ratio: number): Promise<void> {
    this.#source ??= fetch(this.options.tilejson).then((r) => r.json() as Promise<TileJson>);
    const { tiles, minzoom, maxzoom } = await this.#source;
    const zoom = coords.z - 1;
    if (zoom < minzoom || !tiles[0]) return;
    const deeper = Math.max(0, zoom - maxzoom);
    const parent = { z: zoom - deeper, x: coords.x >> deeper, y: coords.y >> deeper };
    const response = await fetch(
      tiles[0]
        .replace("{z}", String(parent.z))
        .replace("{x}", String(parent.x))
        .replace("{y}", String(parent.y)),
      // As in `map/tiles.ts`: public tiles are asked for without cookies.
      { credentials: tiles[0].includes("&as=reader") ? "same-origin" : "omit" },
    );
    if (response.status !== 200) return;
    const tile = new VectorTile(new PbfReader(await response.arrayBuffer()));
    const context = canvas.getContext("2d");
    if (!context) return;
    context.scale(ratio, ratio);
    const drawn: Drawn[] = [];
    // Far zooms carry `<slug>.cells`: squares that stand for what is too small to draw one by one.
    for (const name of [`${this.options.slug}.cells`, this.options.slug]) {
      const layer = tile.layers[name];
      if (!layer) continue;
      const units = layer.extent / 2 ** deeper;
      const placement: Placement = {
        left: (coords.x - (parent.x << deeper)) * units,
        top: (coords.y - (parent.y << deeper)) * units,
        scale: TILE / units,
      };
      for (let index = 0; index < layer.length; index += 1) {
        const feature = layer.feature(index);
        const path = pathOf(feature, placement, this.options.radius);
        const isCell = name.endsWith(".cells");
        const summed = isCell ? drawCell(context, path, feature, placement, zoom, this.options) : null;
        if (!isCell) this.#paint(context, path, feature);
        drawn.push({ path, properties: feature.properties, summed });
      }
    }
    this.#drawn.set(this.#key(coords), drawn);
  }

  #paint(
    context: CanvasRenderingContext2D,
    path: Path2D,
    feature: VectorTileFeature,
  ): void {
    const { by, colours, color, outline, fillOpacity, width } = this.options;
    const value = String(feature.properties[by] ?? "");
    const fill = colours[value] ?? colours[value.split("+")[0] ?? ""] ?? color;
    context.lineJoin = context.lineCap = "round";
    if (feature.type !== 2 && fillOpacity > 0) {
      context.globalAlpha = feature.type === 1 ? 1 : fillOpacity;
      context.fillStyle = fill;
      context.fill(path, "evenodd");
      context.globalAlpha = 1;
    }
    context.strokeStyle = feature.type === 2 ? fill : outline;
    context.lineWidth = width;
    context.stroke(path);
  }

  #clicked(map: L.Map, latlng: L.LatLng): void {
    const world = map.project(latlng, map.getZoom());
    const coords = world.divideBy(TILE).floor() as L.Coords;
    coords.z = map.getZoom();
    const inside = world.subtract(coords.multiplyBy(TILE));
    const drawn = this.#drawn.get(this.#key(coords)) ?? [];
    const hit = this.#hit(drawn.filter(({ summed }) => !summed), inside);
    const content = hit ? this.#words(hit) : sumPopup(map, drawn, inside, latlng, this.options);
    if (content) L.popup({ maxWidth: 260, autoPanPaddingTopLeft: [64, 8] }).setLatLng(latlng).setContent(content).openOn(map);
  }

  #hit(drawn: Drawn[], at: L.Point): Drawn | undefined {
    const context = document.createElement("canvas").getContext("2d");
    if (!context) return undefined;
    context.lineWidth = FINGER * 2;
    const thin = this.options.geometry !== "polygon";
    return [...drawn]
      .reverse()
      .find(({ path }) =>
        thin
          ? context.isPointInPath(path, at.x, at.y) || context.isPointInStroke(path, at.x, at.y)
          : context.isPointInPath(path, at.x, at.y, "evenodd"),
      );
  }

  /** The popup's content as elements filled with text: an attribute is never taken for HTML. */
  #words({ properties }: Drawn): HTMLElement {
    const box = L.DomUtil.create("div");
    const line = (tag: "strong" | "p", words: string): void => {
      L.DomUtil.create(tag, "", box).textContent = words;
    };
    const title = this.options.titleTemplate.replace(/\{(\w+)\}/g, (_, name: string) =>
      String(properties[name] ?? ""),
    );
    line("strong", title.trim() || this.options.layerTitle);
    const value = properties[this.options.by];
    if (value !== undefined) line("p", this.options.classes[String(value)] ?? String(value));
    const uid = properties["uid"];
    if (typeof uid === "string") {
      const link = L.DomUtil.create("a", "", L.DomUtil.create("p", "", box));
      link.href = this.options.panelUrl.replace("00000000-0000-0000-0000-000000000000", uid);
      link.target = "_blank";
      link.rel = "noopener";
      link.textContent = this.options.more;
    }
    return box;
  }
}

export function portalTiles(options: PortalTilesOptions): L.GridLayer {
  return new PortalTiles(options);
}
