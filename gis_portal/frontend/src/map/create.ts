// Makes the MapLibre map: worker, fonts, style, language; nothing about the page around it.
import * as maplibregl from "maplibre-gl";
import type { StyleSpecification } from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import "maplibre-gl/dist/maplibre-gl.css";
import { LOTS, readStages, StageClock } from "../auctions/map-stages";
import { config } from "../config";
import type { View } from "../state/permalink";
import { subset } from "./style";
import { transformRequest } from "./tiles";

maplibregl.setWorkerUrl(workerUrl);

/** Labels are drawn with the page's own font (the style has no glyphs), so it must be there first. */
async function loadLabelFonts(): Promise<void> {
  const sample = "Vũng Tàu Đất ữ ₫";
  const loads = ["400 16px", "600 16px"].map((s) => document.fonts.load(`${s} "Be Vietnam Pro"`, sample));
  await Promise.race([Promise.allSettled(loads), new Promise((done) => setTimeout(done, 3000))]);
}

const clocks = new WeakMap<StyleSpecification, StageClock>();

type Ground = "light" | "dark";

/** In the reader's own light, unless the page says which. */
export async function fetchStyle(theme: Ground = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"): Promise<StyleSpecification> {
  const stages = config.layers.some(({ slug }) => slug === LOTS) ? readStages(config.stagesUrl) : null;
  const response = await fetch(`${config.styleUrl}&theme=${theme}`);
  if (!response.ok) throw new Error(`style ${response.status}`);
  const style = (await response.json()) as StyleSpecification;
  if (stages) {
    const clock = new StageClock(config.stagesUrl, style);
    clocks.set(style, clock);
    await clock.start(stages);
  }
  return style;
}

/** Creates the map in `container`; resolves as soon as the map exists, before its first tile. */
export async function createMap(
  container: HTMLElement,
  style: StyleSpecification,
  shown: ReadonlySet<string>,
  view: View | null,
): Promise<maplibregl.Map> {
  await loadLabelFonts();
  const [lon, lat, zoom] = config.homeView;
  const map = new maplibregl.Map({
    container,
    style: subset(style, shown),
    center: view ? [view.lon, view.lat] : [lon, lat],
    zoom: view ? view.zoom : zoom,
    minZoom: 3,
    maxZoom: 20,
    maxPitch: 0,
    attributionControl: false,
    fadeDuration: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 150,
    transformRequest,
    locale: {
      "Map.Title": config.text["map"] ?? "",
      "CooperativeGesturesHandler.MobileHelpText": config.text["twoFingers"] ?? "",
      "CooperativeGesturesHandler.WindowsHelpText": config.text["ctrlScroll"] ?? "",
      "CooperativeGesturesHandler.MacHelpText": config.text["commandScroll"] ?? "",
    },
  });
  clocks.get(style)?.watch(map);
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.dragRotate.disable();
  return map;
}
