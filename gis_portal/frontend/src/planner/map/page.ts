// The map for planners: two maps in one view, laid over each other and swiped, or side by side; what one shows the
// other shows. The list of layers, measuring and saving stand beside them.
import { type Map as MapLibreMap, NavigationControl, ScaleControl } from "maplibre-gl";
import "../../styles/imagery.css";
import "../../styles/planner-map.css";
import { text } from "../../config";
import { createMap, fetchStyle } from "../../map/create";
import { watchTiles } from "../../map/tiles";
import { plannerConfig } from "../document";
import { type Composition, mapConfig } from "./composition";
import { startMeasure } from "./measure";
import { Panel } from "./panel";
import { Side } from "./side";

function byId<T extends HTMLElement>(id: string): T {
  return document.getElementById(id) as T;
}

export async function startWorkbenchMap(box: HTMLElement): Promise<void> {
  watchTiles(() => undefined);
  const composition = mapConfig.document;
  const style = await fetchStyle();
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
  const panel = new Panel(composition, draw);
  const stand = (): void => {
    box.dataset["mode"] = composition.mode;
    byId("workbench-swipe").hidden = composition.mode !== "swipe";
    cutAt(box, composition.cut);
    for (const map of maps) map.resize();
    panel.draw();
  };
  startModes(composition, stand);
  startCut(box, composition);
  startMeasure(maps);
  startSaving(composition, left);
  stand();
  draw(0);
  draw(1);
  left.once("idle", () => {
    box.dataset["ready"] = "";
  });
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

function startSaving(composition: Composition, map: MapLibreMap): void {
  const form = document.getElementById("workbench-save");
  const said = document.getElementById("map-saved");
  form?.addEventListener("submit", (event) => {
    event.preventDefault();
    const { lng, lat } = map.getCenter();
    composition.view = { lon: lng, lat, zoom: map.getZoom() };
    const body = JSON.stringify({ title: byId<HTMLInputElement>("map-title").value, shared: byId<HTMLSelectElement>("map-shared").value, document: composition });
    void fetch(mapConfig.saveUrl, { method: "POST", body, headers: { "Content-Type": "application/json", "X-CSRFToken": plannerConfig().csrf } })
      .then(async (response) => {
        const answer = (await response.json()) as { address?: string; title?: string; detail?: string };
        if (!response.ok || !answer.address) throw new Error([answer.title, answer.detail].filter(Boolean).join(": "));
        mapConfig.saveUrl = answer.address;
        history.replaceState(null, "", answer.address);
        if (said) said.textContent = `${text("m-saved")} ${location.origin}${answer.address}`;
      })
      .catch((error: unknown) => {
        if (said) said.textContent = (error instanceof Error && error.message) || text("m-save-failed");
      });
  });
}
