// The result on the portal's own ground: pieces by class, sums where they are too small to be drawn.
import { type LayerSpecification, LngLatBounds, type Map as MapLibreMap, NavigationControl } from "maplibre-gl";
import { config, text } from "../config";
import { area, number } from "../format";
import { createMap, fetchStyle } from "../map/create";
import { watchTiles } from "../map/tiles";
import { toast } from "../ui/toast";
import { type Described, resultLayers } from "./result-layers";
import { startRows } from "./result-rows";

const SOURCE = "result";

export async function startResultMap(box: HTMLElement): Promise<void> {
  watchTiles(() => undefined);
  const response = await fetch(box.dataset["tiles"] ?? "");
  if (!response.ok) throw new Error(`tiles ${response.status}`);
  const described = (await response.json()) as Described;
  // Light in the dark, too: classes are told apart on light ground, and the legend shows them so.
  const map = await createMap(box, await fetchStyle("light"), new Set(), null);
  map.scrollZoom.disable();
  map.cooperativeGestures.enable();
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  map.once("style.load", () => {
    draw(map, described);
    frame(map, box, described);
    touch(map, described, startRows(map, box).touched);
    map.once("idle", () => {
      box.dataset["ready"] = "";
    });
  });
}

function draw(map: MapLibreMap, described: Described): void {
  map.addSource(SOURCE, { type: "vector", tiles: described.tiles, maxzoom: described.maxzoom, ...(described.bounds ? { bounds: described.bounds } : {}) });
  const above = map.getStyle().layers.find((layer) => layer.type === "symbol")?.id;
  for (const layer of resultLayers(described)) map.addLayer({ ...layer, source: SOURCE } as LayerSpecification, above);
}

function frame(map: MapLibreMap, box: HTMLElement, described: Described): void {
  const edges = described.bounds ?? (box.dataset["extent"] ?? "").split(",").map(Number);
  const [west, south, east, north] = edges;
  if (west === undefined || south === undefined || east === undefined || north === undefined || Number.isNaN(north)) return;
  // An island far out would make the mainland a dot: then the province's own view.
  const [lon, lat, zoom] = config.homeView;
  const camera = map.cameraForBounds(new LngLatBounds([west, south], [east, north]), { padding: 24, maxZoom: 16 });
  const main = config.mainland ? map.cameraForBounds(config.mainland, { padding: 12 }) : undefined;
  if (camera?.zoom !== undefined && camera.zoom >= (main?.zoom ?? zoom) - 0.5) map.jumpTo(camera);
  else if (main) map.jumpTo(main);
  else map.jumpTo({ center: [lon, lat], zoom });
}

function touch(map: MapLibreMap, { legend }: Described, one: (seq: number) => void): void {
  map.on("click", (event) => {
    const [found] = map.queryRenderedFeatures(event.point, { layers: ["result-point", "result-speck", "result-line", "result-fill", "result-cells"].filter((id) => map.getLayer(id)) });
    if (!found) return;
    // A piece has a number and a row of its own; a square of sums only says what it sums.
    if (found.sourceLayer === "result" && typeof found.id === "number") return one(found.id);
    const { class: value, area_m2: size, n } = found.properties as { class?: string; area_m2?: number; n?: number };
    const words = legend.find((entry) => entry.value === value)?.label ?? value ?? text("w-unknown");
    toast([words, n ? `× ${number(n, 0)}` : "", size ? area(size) : ""].filter(Boolean).join(" · "));
  });
}
