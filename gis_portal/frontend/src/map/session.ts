// One map in one page: ties state, map, panel and layer list together.
import { type CameraOptions, LngLatBounds, type Map as MapLibreMap } from "maplibre-gl";
import { config, type LayerInfo, text } from "../config";
import type { Selection } from "../state/permalink";
import * as store from "../state/store";
import type { Panel } from "../ui/panel";
import type { SearchResult } from "../ui/search";
import type { Sheet } from "../ui/sheet";
import { toast } from "../ui/toast";
import { createMap, fetchStyle } from "./create";
import { cellsArticle, markCells, nearestCell, type Touched, touchedCells } from "./cells";
import { DetailButton, watchLegends } from "./detail";
import { type Hit, hitsAt, watchLongTap } from "./gestures";
import { highlight } from "./highlight";
import { LayerSwitch } from "./layers";
import { startLocate } from "./locate";
import { Outside } from "./outside";
import { startReadout } from "./readout";
import { refreshSource, watchTiles } from "./tiles";
import { markPlace, startTools } from "./tools";

interface Surroundings {
  container: HTMLElement;
  sheet: Sheet;
  panel: Panel;
  openTab: (name: string) => void;
}

export class Session {
  readonly map: MapLibreMap;
  readonly #layers: LayerSwitch;
  readonly #around: Surroundings;
  #hintShown = false;

  static async start(around: Surroundings): Promise<Session> {
    const style = await fetchStyle();
    const shown = new Set(store.visibleLayers());
    const map = await createMap(around.container, style, shown, store.current().view);
    return new Session(map, new LayerSwitch(map, style), around);
  }

  private constructor(map: MapLibreMap, layers: LayerSwitch, around: Surroundings) {
    this.map = map;
    this.#layers = layers;
    this.#around = around;
    // Not "load": that waits for every tile of the first view, and the map is of use before.
    map.once("style.load", () => this.#loaded());
    map.on("error", (event) => console.warn("map", event.error));
    this.#watchRetired();
  }

  /** A picked search result: its permalink says everything; a coordinate also drops a marker. */
  pick(result: SearchResult, byKeyboard: boolean): void {
    const { lon, lat } = result;
    const position: [number, number] | null =
      typeof lon === "number" && typeof lat === "number" ? [lon, lat] : null;
    if (result.url) store.follow(result.url);
    const known = Boolean(result.layer && result.uid);
    const isUnit = result.kind === "unit";
    // A commune or a whole layer is no point: the middle of its box may be open sea.
    const isWide = isUnit || result.kind === "layer";
    markPlace(this.map, known || isWide ? null : position);
    if (result.bbox) this.#fit(result.bbox);
    else if (position) this.#go({ center: position, zoom: result.zoom ?? 16 });
    let opened = this.#opening;
    if (result.kind === "layer") this.#around.openTab("layers");
    if (isUnit && position) opened = this.#unit(...position);
    else if (!known && position && result.kind === "coordinate") opened = this.place(...position);
    if (byKeyboard) void opened.then(() => this.#around.panel.focus());
  }

  place(lon: number, lat: number): Promise<unknown> {
    store.select(null);
    markCells(this.map, null);
    markPlace(this.map, [lon, lat]);
    const opened = this.#placePanel(lon, lat);
    this.#keepInView([lon, lat]);
    return opened;
  }

  /** Puts away what is selected or looked up. */
  dismiss(): void {
    if (!this.#around.panel.article) return;
    markPlace(this.map, null);
    store.select(null);
    if (document.activeElement === document.body) document.getElementById("tab-layers")?.focus();
  }

  #placePanel(lon: number, lat: number): Promise<unknown> {
    this.#around.openTab("here");
    this.#around.sheet.atLeast("half");
    return this.#around.panel.place(lon, lat);
  }

  /** A commune found by name: its own feature with its outline, where the units' shapes are published. */
  async #unit(lon: number, lat: number): Promise<void> {
    await this.#placePanel(lon, lat);
    const [layer, uid] = (this.#around.panel.article?.dataset["unit"] ?? "").split("/");
    if (!layer || !uid) return;
    store.select({ layer, uid });
    await this.#opening;
  }

  #loaded(): void {
    const { container, sheet } = this.#around;
    document.body.dataset["map"] = "ready";
    container.dataset["ready"] = "";
    startTools(this.map);
    const [readout, scale, locate] = ["readout", "scale", "locate"].map((id) =>
      document.getElementById(id),
    );
    if (readout && scale) startReadout(this.map, readout, scale);
    const outside = new Outside(this.map, () => this.#home());
    if (locate) startLocate(this.map, locate, outside);
    this.map.on("click", (event) => this.#tapped(event.point));
    this.#watchDetail();
    watchLongTap(this.map, (lon, lat) => void this.place(lon, lat));
    this.map.on("moveend", () => {
      const { lng, lat } = this.map.getCenter();
      store.setView({ zoom: this.map.getZoom(), lat, lon: lng });
    });
    sheet.onResize(() => this.#makeRoom());
    this.#makeRoom();
    store.onChange((_, change) => this.#stateChanged(change));
    const { selection, view } = store.current();
    if (selection) void this.#open(selection, view === null);
  }

  #stateChanged(change: string): void {
    this.#layers.show(store.visibleLayers());
    const { selection, view } = store.current();
    if (change === "history" && view) {
      this.#go({ center: [view.lon, view.lat], zoom: view.zoom });
    }
    if (change === "layers") {
      highlight(this.map, selection);
      return;
    }
    if (selection) void this.#open(selection, false);
    else this.#close();
  }

  #tapped(point: { x: number; y: number }): void {
    const ids = this.#layers.touchable(store.visibleLayers());
    const hits = hitsAt(this.map, point, ids);
    const [first, ...others] = hits;
    const cells = touchedCells(this.map, point, ids);
    markPlace(this.map, null);
    markCells(this.map, null);
    if (cells && (cells.isExact || !first)) {
      this.#showCells(cells, hits);
      return;
    }
    if (first) {
      this.#choose(first, others);
      this.#keepInView(this.map.unproject([point.x, point.y]).toArray());
      return;
    }
    if (!this.map.areTilesLoaded()) {
      // What was touched may still be on its way: look again once it is there.
      const at = this.map.unproject([point.x, point.y]);
      this.map.once("idle", () => this.#tapped(this.map.project(at)));
      return;
    }
    store.select(null);
    this.#hint();
  }

  /** What is summed under the finger: no selection, so back and share stay as they are. */
  #showCells(touched: Touched, hits: Hit[]): void {
    store.select(null);
    const { panel, sheet, openTab } = this.#around;
    const article = cellsArticle(touched, (zoom) => this.#go({ center: touched.center, zoom }));
    if (!article) return;
    openTab("here");
    sheet.atLeast("half");
    panel.put(article);
    panel.also(hits, (hit) => this.#choose(hit, []));
    markCells(this.map, touched);
    this.#keepInView(touched.center);
  }

  #watchDetail(): void {
    watchLegends(this.map);
    const go = ({ slug, workingZoom: zoom }: LayerInfo): void => {
      const center = nearestCell(this.map, slug, this.#layers.touchable([slug]));
      this.#go(center ? { center, zoom } : { zoom });
    };
    const button = new DetailButton(this.map, () => store.visibleLayers(), go);
    store.onChange(() => button.update());
    // By keyboard: Enter on the map touches its middle, where the cross shows.
    this.map.getCanvas().addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      this.#tapped(this.map.project(this.map.getCenter()));
      void this.#opening.then(() => this.#around.panel.focus());
    });
  }

  #choose(hit: Hit, others: Hit[]): void {
    const shown = this.#around.panel;
    store.select({ layer: hit.layer.slug, uid: hit.uid });
    void this.#opening.then(() => {
      shown.also(others, (other) =>
        this.#choose(other, [hit, ...others.filter((each) => each !== other)]),
      );
    });
  }

  #opening: Promise<unknown> = Promise.resolve();

  #open(selection: Selection, fly: boolean): Promise<unknown> {
    const { panel, sheet, openTab } = this.#around;
    if (!store.visibleLayers().includes(selection.layer)) store.toggleLayer(selection.layer, true);
    openTab("here");
    sheet.atLeast("half");
    markCells(this.map, null);
    highlight(this.map, selection);
    this.#opening = (panel.shows(selection) ? Promise.resolve(true) : panel.feature(selection)).then(
      (found) => {
        const bbox = panel.article?.dataset["bbox"]?.split(",").map(Number);
        if (found && fly && bbox?.length === 4) this.#fit(bbox as [number, number, number, number]);
      },
    );
    return this.#opening;
  }

  #close(): void {
    highlight(this.map, null);
    markCells(this.map, null);
    this.#around.panel.clear();
    if (this.#around.sheet.height !== "peek") this.#around.sheet.set("peek");
    this.#around.openTab("layers");
  }

  #hint(): void {
    if (this.#hintShown) return;
    this.#hintShown = true;
    toast(text("nothingHere"), 6000);
  }

  #home(): void {
    const [lon, lat, zoom] = config.homeView;
    this.#go({ center: [lon, lat], zoom });
  }

  #goal: CameraOptions | null = null;

  /** Moves the camera; a sheet that opens on the way changes the room, not the goal. */
  #go(goal: CameraOptions): void {
    this.map.easeTo({ ...goal, padding: this.#room() });
    this.#goal = goal;
    this.map.once("idle", () => {
      if (this.#goal === goal) this.#goal = null;
    });
  }

  /** What the sheet leaves free, so that the centre is in its middle; a full sheet counts as half. */
  #room(): { bottom: number } {
    const { sheet } = this.#around;
    return { bottom: Math.round(Math.min(sheet.covered, innerHeight * 0.52)) };
  }

  #makeRoom(): void {
    const room = this.#room();
    if (this.map.getPadding().bottom === room.bottom) return;
    if (this.#goal) this.#go(this.#goal);
    else this.map.easeTo({ padding: room, duration: 200 });
  }

  #fit(bbox: [number, number, number, number]): void {
    const bounds = new LngLatBounds([bbox[0], bbox[1]], [bbox[2], bbox[3]]);
    const padding = { top: 88, left: 32, right: 72, bottom: 88 };
    const camera = this.map.cameraForBounds(bounds, { padding, maxZoom: 18 });
    if (camera) this.#go(camera);
  }

  /** Moves the map only when the sheet or the search box would hide the place. */
  #keepInView(at: [number, number]): void {
    if (this.#goal) return;
    const { y } = this.map.project(at);
    const free = innerHeight - this.#around.sheet.covered;
    if (y > 96 && y < free - 32) return;
    this.#go({ center: at });
  }

  #watchRetired(): void {
    const busy = new Set<string>();
    watchTiles((slug) => {
      if (busy.has(slug)) return;
      busy.add(slug);
      void refreshSource(this.map, slug).then((changed) => {
        const title = config.layers.find((layer) => layer.slug === slug)?.title ?? slug;
        if (changed) toast(text("newVersion", { layer: title }));
        window.setTimeout(() => busy.delete(slug), 10_000);
      });
    });
  }
}
