// The map for planners: two maps in one view, laid over each other and swiped, or side by side; what one shows the
// other shows. The list of layers, measuring and saving stand beside them.
import { type Map as MapLibreMap, NavigationControl, ScaleControl } from "maplibre-gl";
import "../../styles/imagery.css";
import "../../styles/planner-map.css";
import { createMap, fetchStyle } from "../../map/create";
import { watchTiles } from "../../map/tiles";
import { type Composition, mapConfig } from "./composition";
import { startMeasure } from "./measure";
import { boundsOf, Panel } from "./panel";
import { startParting } from "./parting";
import { startPrinting } from "./printing";
import { startSaving } from "./saving";
import { Side } from "./side";

function byId<T extends HTMLElement>(id: string): T {
  return document.getElementById(id) as T;
}

export async function startWorkbenchMap(box: HTMLElement): Promise<void> {
  watchTiles(() => undefined);
  const composition = mapConfig.document;
  // Classes and legends are told apart on light ground, as on paper: this map stays light in the dark.
  const style = await fetchStyle("light");
  const maps: MapLibreMap[] = [];
  for (const index of [0, 1]) maps.push(await createMap(byId(`map-${index}`), structuredClone(style), new Set(), composition.view));
  await Promise.all(maps.map((map) => new Promise<void>((done) => map.once("style.load", () => done()))));
  const [left, right] = maps as [MapLibreMap, MapLibreMap];
  left.addControl(new ScaleControl({ unit: "metric" }), "bottom-left");
  right.addControl(new NavigationControl({ showCompass: false }), "top-right");
  left.addControl(new NavigationControl({ showCompass: false }), "top-right");
  keepTogether(left, right);
  const sides = maps.map((map) => new Side(map, style));
  const draw = (side: number): void => void sides[side]?.draw(composition.sides[side] ?? []).catch((error: unknown) => console.warn("side", error));
  let isUntouched = !composition.view;
  for (const map of maps) {
    map.on("movestart", ({ originalEvent }) => {
      if (originalEvent) isUntouched = false;
    });
  }
  const saving = startSaving(composition, left);
  const changed = (side: number): void => {
    draw(side);
    saving.changed();
  };
  const goTo = (bounds: Bounds): void => {
    isUntouched = false;
    left.fitBounds(onMainLand(bounds), { padding: 24, maxZoom: 16 });
  };
  const panel = new Panel(composition, changed, goTo);
  const stand = (): void => {
    box.dataset["mode"] = composition.mode;
    byId("workbench-swipe").hidden = composition.mode !== "swipe";
    cutAt(box, composition.cut);
    for (const map of maps) map.resize();
    panel.draw();
    // Until the reader has moved it, the map holds the whole province, however wide it stands.
    if (isUntouched && mapConfig.home) left.fitBounds(mapConfig.home, { padding: 12, animate: false });
  };
  const parting = startParting(composition);
  startModes(composition, () => {
    if (parting.stand()) [0, 1].forEach(draw);
    stand();
    saving.changed();
  });
  startCut(box, composition);
  startMeasure(maps);
  startPrinting(composition, left);
  stand();
  draw(0);
  draw(1);
  const [only] = composition.sides[0];
  if (isUntouched && only?.run) void boundsOf(only).then((bounds) => bounds && goTo(bounds));
  left.once("idle", () => {
    box.dataset["ready"] = "";
  });
}

type Bounds = [number, number, number, number];

/** A layer that also lies on islands far out is shown where most of it is. */
function onMainLand(bounds: Bounds): Bounds {
  const size = ([west, south, east, north]: Bounds): number => (east - west) * (north - south);
  return mapConfig.home && size(bounds) > 2 * size(mapConfig.home) ? mapConfig.home : bounds;
}

function keepTogether(left: MapLibreMap, right: MapLibreMap): void {
  let moving = false;
  const follow = (leader: MapLibreMap, other: MapLibreMap) => (): void => {
    if (moving) return;
    moving = true;
    other.jumpTo({ center: leader.getCenter(), zoom: leader.getZoom() });
    moving = false;
  };
  left.on("move", follow(left, right));
  right.on("move", follow(right, left));
}

function startModes(composition: Composition, stand: () => void): void {
  for (const input of document.querySelectorAll<HTMLInputElement>('#workbench-mode input[name="mode"]')) {
    input.checked = input.value === composition.mode;
    input.addEventListener("change", () => {
      composition.mode = input.value as Composition["mode"];
      stand();
    });
  }
}

function startCut(box: HTMLElement, composition: Composition): void {
  const input = byId<HTMLInputElement>("workbench-cut");
  input.value = String(Math.round(composition.cut * 100));
  input.addEventListener("input", () => {
    composition.cut = input.valueAsNumber / 100;
    cutAt(box, composition.cut);
  });
  new ResizeObserver(() => cutAt(box, composition.cut)).observe(byId("workbench-maps"));
}

/** The thumb's middle travels from half its width to as much before the end. */
function cutAt(box: HTMLElement, cut: number): void {
  const width = byId("workbench-maps").clientWidth;
  const thumb = Math.min(48, width);
  const share = width ? (thumb / 2 + cut * (width - thumb)) / width : cut;
  box.style.setProperty("--cut", String(share));
  byId("workbench-swipe").style.setProperty("--cut", String(share));
}
