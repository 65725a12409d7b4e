// The small map of one layer: look, pan, and go to the big map for more.
import { config } from "../config";
import { createMap, fetchStyle } from "./create";
import { watchTiles } from "./tiles";

export async function startSmallMap(box: HTMLElement): Promise<void> {
  watchTiles(() => undefined);
  const shown = new Set([config.only ?? ""]);
  const bounds = config.layers.find((layer) => layer.slug === config.only)?.bounds;
  const map = await createMap(box, await fetchStyle(), shown, null);
  map.scrollZoom.disable();
  map.cooperativeGestures.enable();
  if (bounds) map.fitBounds(bounds, { padding: 24, animate: false, maxZoom: 15 });
  map.on("load", () => {
    box.dataset["ready"] = "";
  });
}
