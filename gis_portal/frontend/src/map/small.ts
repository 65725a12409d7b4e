// The small map of one layer: look, pan, and go to the big map for more.
import { LngLatBounds } from "maplibre-gl";
import { config } from "../config";
import { createMap, fetchStyle } from "./create";
import { watchLegends } from "./detail";
import { watchTiles } from "./tiles";

// An extent that needs so many zooms less than the home view is stretched by an island far off.
const FAR_ZOOMS = 2;
const HOME_ZOOMS_OUT = 0.6;

export async function startSmallMap(box: HTMLElement): Promise<void> {
  watchTiles(() => undefined);
  const shown = new Set([config.only ?? ""]);
  const layer = config.layers.find(({ slug }) => slug === config.only);
  const map = await createMap(box, await fetchStyle(), shown, null);
  watchLegends(map);
  map.scrollZoom.disable();
  map.cooperativeGestures.enable();
  if (layer?.bounds) {
    const [west, south, east, north] = layer.bounds;
    const bounds = new LngLatBounds([west, south], [east, north]);
    const camera = map.cameraForBounds(bounds, { padding: 24, maxZoom: 15 });
    const [lon, lat, zoom] = config.homeView;
    // Below its first zoom the layer has no tiles: there would be nothing to see.
    const least = Math.max(layer.minZoom, zoom - FAR_ZOOMS);
    if (camera?.zoom !== undefined && camera.zoom >= least) map.jumpTo(camera);
    else map.jumpTo({ center: [lon, lat], zoom: Math.max(layer.minZoom, zoom - HOME_ZOOMS_OUT) });
  }
  if (config.imagery.some(({ slug }) => slug === config.only)) {
    map.once("style.load", () => void import("./imagery").then(({ showNewest }) => showNewest(map)));
  }
  map.on("load", () => {
    box.dataset["ready"] = "";
  });
}
