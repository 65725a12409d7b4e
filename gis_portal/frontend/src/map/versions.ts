// Two published versions of a layer on the two sides of a slider. Tiles are of the live version only, so the
// features in sight are asked for as GeoJSON of the moment, a page at most, and drawn as the layer is.
import type { FeatureCollection } from "geojson";
import type { GeoJSONSource, LayerSpecification, Map as MapLibreMap, StyleSpecification } from "maplibre-gl";
import "../styles/imagery.css";
import { config, text } from "../config";
import { Swipe } from "../ui/swipe";
import { createMap, fetchStyle } from "./create";
import { scissor } from "./scissor";
import { metaOf } from "./style";
import { watchTiles } from "./tiles";

interface Side {
  items: string;
  title: string;
  date: string;
}

const EMPTY: FeatureCollection = { type: "FeatureCollection", features: [] };
const ASK_MS = 250;
const MIDDLE = 0.5;

/** The layer's own drawing over a source of shapes: what far zooms sum has no place here. */
export function drawnOver(style: StyleSpecification, slug: string, source: string): LayerSpecification[] {
  return style.layers.flatMap((layer) => {
    if (metaOf(layer).slug !== slug || !("source-layer" in layer) || layer["source-layer"] !== slug) return [];
    const { "source-layer": _tiles, minzoom: _from, ...rest } = layer;
    const layout = { ...rest.layout, visibility: "visible" };
    return [{ ...rest, id: `${source}:${layer.id}`, source, layout } as LayerSpecification];
  });
}

export async function startVersionsMap(box: HTMLElement): Promise<void> {
  watchTiles(() => undefined);
  const sides = JSON.parse(document.getElementById("compare-sides")?.textContent ?? "[]") as Side[];
  const slug = config.only ?? "";
  const style = await fetchStyle();
  const map = await createMap(box, style, new Set(), null);
  map.scrollZoom.disable();
  map.cooperativeGestures.enable();
  const changed = (box.dataset["bounds"] ?? "").split(",").map(Number);
  const [west, south, east, north] = changed.length === 4 ? changed : (config.layers.find((l) => l.slug === slug)?.bounds ?? []);
  if (west !== undefined && south !== undefined && east !== undefined && north !== undefined) {
    map.fitBounds([west, south, east, north], { padding: 48, maxZoom: 15, animate: false });
  }
  let cut = MIDDLE;
  const swipe = new Swipe(
    () => undefined,
    (share) => {
      cut = share;
      map.triggerRepaint();
    },
  );
  map.once("load", () => {
    sides.forEach((_side, index) => {
      const source = `version:${index}`;
      map.addSource(source, { type: "geojson", data: EMPTY });
      map.addLayer(scissor(`only:${index}`, () => (index ? [cut, 1] : [0, cut])));
      for (const layer of drawnOver(style, slug, source)) map.addLayer(layer);
    });
    map.addLayer(scissor("only:end", () => null));
    const [left, right] = sides.map(named);
    if (left && right) swipe.compare(left, right, MIDDLE);
    followView(map, sides, box);
  });
}

/** As the slider's labels want it. */
function named(side: Side): Parameters<Swipe["compare"]>[1] {
  const [layer, none] = ["", 0];
  return {
    layer,
    date: side.date,
    title: side.title,
    attribution: side.title,
    illustrative: false,
    resolution: none,
    tiles: "",
    tileSize: none,
    minzoom: none,
    maxzoom: none,
    bounds: [none, none, none, none],
  };
}

function followView(map: MapLibreMap, sides: Side[], box: HTMLElement): void {
  let timer = 0;
  let asking: AbortController | null = null;
  const ask = async (): Promise<void> => {
    asking?.abort();
    asking = new AbortController();
    const { signal } = asking;
    try {
      const found = await Promise.all(sides.map((side) => features(map, side, signal)));
      found.forEach((each, index) => map.getSource<GeoJSONSource>(`version:${index}`)?.setData(each));
      say(found.some(({ links }) => links?.some(({ rel }) => rel === "next")) ? text("compareMore") : "");
    } catch {
      if (!signal.aborted) say(text("compareFailed"));
      return;
    }
    box.dataset["ready"] = "";
  };
  map.on("moveend", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void ask(), ASK_MS);
  });
  void ask();
}

type Page = FeatureCollection & { links?: { rel: string }[] };

async function features(map: MapLibreMap, side: Side, signal: AbortSignal): Promise<Page> {
  const box = map.getBounds();
  const edges = [box.getWest(), box.getSouth(), box.getEast(), box.getNorth()].map((edge) => edge.toFixed(6));
  const response = await fetch(`${side.items}&bbox=${edges.join(",")}`, { signal });
  if (!response.ok) throw new Error(`items ${response.status}`);
  return (await response.json()) as Page;
}

function say(words: string): void {
  const note = document.getElementById("compare-note");
  if (note && note.textContent !== words) note.textContent = words;
}
