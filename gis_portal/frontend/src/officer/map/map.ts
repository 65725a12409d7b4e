// The handbook's map: packs' tiles, rows that have none, the chosen parcel with its corners, lines of the tools.
import * as maplibregl from "maplibre-gl";
import type { GeoJSONSource, Map as MapLibreMap, StyleSpecification } from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import "maplibre-gl/dist/maplibre-gl.css";
import * as held from "../packs/held";
import type { Row } from "../packs/shapes";
import { cornersOf, geometryOf, toPlace } from "../parcel/shape";
import { facts } from "../shell/facts";
import { language } from "../shell/words";
import { MARKS, markLayers } from "./marks";
import { Me } from "./me";
import { offlineStyle, ROWS } from "./style";
import { forgetArchives, startProtocol } from "./tiles";

maplibregl.setWorkerUrl(workerUrl);
startProtocol();

export type LonLat = [number, number];
type OnPress = (at: LonLat) => void;

const EMPTY: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };

export interface OfficerMap {
  readonly map: MapLibreMap;
  /** The phone on the map. */
  readonly me: Me;
  /** The parcel that is on the sheet: outlined, corners numbered; seen whole unless `still`. */
  choose(row: Row | null, still?: boolean): void;
  /** A line or an area of a tool over everything. */
  sketch(geometry: GeoJSON.Geometry | null): void;
  /** The next presses go here and not to the parcels; null gives them back. */
  onPress(fn: OnPress | null): void;
  /** Packs changed: sources and rows anew. */
  refresh(): Promise<void>;
  /** Room that the sheet takes at the bottom, pixels. */
  room(bottom: number): void;
}

async function loadFonts(): Promise<void> {
  const sample = "Vũng Tàu Đất ữ ₫";
  const loads = ["400 16px", "600 16px"].map((font) => document.fonts.load(`${font} "Be Vietnam Pro"`, sample));
  await Promise.race([Promise.allSettled(loads), new Promise((done) => setTimeout(done, 3000))]);
}

async function style(): Promise<StyleSpecification> {
  const isDark = document.documentElement.dataset["theme"] !== "light" && matchMedia("(prefers-color-scheme: dark)").matches;
  const response = await fetch(facts().styles[language()][isDark ? "dark" : "light"], { credentials: "omit" });
  if (!response.ok) throw new Error(`style ${response.status}`);
  const built = await offlineStyle((await response.json()) as StyleSpecification, held.units());
  for (const name of MARKS) built.sources[name] = { type: "geojson", data: EMPTY };
  return { ...built, layers: [...built.layers, ...markLayers()] };
}

function firstView(): { center: LonLat; zoom: number } | { bounds: [LonLat, LonLat] } {
  const boxes = held.units().flatMap(({ pack }) => (pack.bbox ? [pack.bbox] : []));
  if (boxes.length) {
    const [west, south, east, north] = [0, 1, 2, 3].map((i) => (i < 2 ? Math.min : Math.max)(...boxes.map((box) => box[i] as number)));
    return { bounds: [[west as number, south as number], [east as number, north as number]] };
  }
  const [lon, lat, zoom] = facts().homeView;
  return { center: [lon, lat], zoom };
}

/** Rows that no tile shows as they are: those of packs without tiles, and those that changed since. */
function untiled(): Row[] {
  return held.units().flatMap(({ pack, document }) => {
    const hasTiles = Object.values(pack.parts).some(({ kind }) => kind === "tiles");
    if (!hasTiles) return document.rows;
    const hidden = new Set(document.hide ?? []);
    return hidden.size ? document.rows.filter(({ uid }) => hidden.has(uid)) : [];
  });
}

function asFeatures(rows: readonly Row[]): GeoJSON.FeatureCollection {
  const features = rows.flatMap((row): GeoJSON.Feature[] => {
    const geometry = geometryOf(row);
    return geometry ? [{ type: "Feature", geometry, properties: { ...row.p, uid: row.uid, parcel_no: row.number } }] : [];
  });
  return { type: "FeatureCollection", features };
}

export async function createOfficerMap(container: HTMLElement, onParcel: (uid: string) => void): Promise<OfficerMap> {
  await loadFonts();
  const map = new maplibregl.Map({
    container,
    style: await style(),
    minZoom: 4,
    maxZoom: 22,
    maxPitch: 0,
    attributionControl: false,
    fadeDuration: 0,
    ...firstView(),
    fitBoundsOptions: { padding: 24, maxZoom: 15 },
  });
  map.touchZoomRotate.disableRotation();
  map.dragRotate.disable();
  map.keyboard.disableRotation();
  map.addControl(new maplibregl.ScaleControl({ maxWidth: 96 }), "top-left");
  await new Promise<void>((done) => void map.once("style.load", () => done()));
  return new Drawing(map, onParcel);
}

class Drawing implements OfficerMap {
  #press: OnPress | null = null;
  #chosen: Row | null = null;
  #turn = 0;
  readonly me: Me;

  constructor(
    readonly map: MapLibreMap,
    private readonly onParcel: (uid: string) => void,
  ) {
    this.me = new Me(map);
    this.#rows();
    map.on("click", (event) => this.#clicked(event));
    map.on("error", (event) => console.warn("map", event.error));
  }

  #set(source: string, data: GeoJSON.GeoJSON): void {
    void this.map.getSource<GeoJSONSource>(source)?.setData(data);
  }

  #rows(): void {
    this.#set(ROWS, asFeatures(untiled()));
  }

  #clicked(event: maplibregl.MapMouseEvent): void {
    const at: LonLat = [event.lngLat.lng, event.lngLat.lat];
    if (this.#press) {
      this.#press(at);
      return;
    }
    const found = this.map.queryRenderedFeatures(event.point).map(({ properties }) => properties["uid"] as unknown);
    const uid = found.find((value): value is string => typeof value === "string" && held.row(value) !== null);
    if (uid) this.onParcel(uid);
    // Far out parcels are summed or too small for a finger: nearer first.
    else if (this.map.getZoom() < 14) this.map.easeTo({ center: at, zoom: Math.min(15, this.map.getZoom() + 2.5) });
  }

  choose(row: Row | null, still = false): void {
    this.#chosen = row;
    const geometry = row && geometryOf(row);
    if (!row || !geometry) {
      this.#set("officer-chosen", EMPTY);
      return;
    }
    const corners = cornersOf(row).map((corner, i): GeoJSON.Feature => ({
      type: "Feature",
      properties: { number: String(i + 1) },
      geometry: { type: "Point", coordinates: toPlace(corner, row.crs) ?? row.at },
    }));
    this.#set("officer-chosen", { type: "FeatureCollection", features: [{ type: "Feature", properties: {}, geometry }, ...corners] });
    if (still) return;
    const bounds = new maplibregl.LngLatBounds();
    for (const polygon of geometry.coordinates) for (const at of polygon[0] ?? []) bounds.extend(at as LonLat);
    this.map.fitBounds(bounds, { padding: 28, maxZoom: 19, duration: 0 });
  }

  sketch(geometry: GeoJSON.Geometry | null): void {
    this.#set("officer-sketch", geometry ? { type: "Feature", properties: {}, geometry } : EMPTY);
  }

  onPress(fn: OnPress | null): void {
    this.#press = fn;
    this.map.getCanvas().style.cursor = fn ? "crosshair" : "";
  }

  async refresh(): Promise<void> {
    const turn = ++this.#turn;
    forgetArchives();
    const next = await style();
    // Packs or colours changed again meanwhile: the later one draws.
    if (turn !== this.#turn) return;
    this.map.setStyle(next, { diff: false });
    await new Promise<void>((done) => void this.map.once("style.load", () => done()));
    this.#rows();
    if (this.#chosen) this.choose(held.row(this.#chosen.uid), true);
  }

  room(bottom: number): void {
    this.map.setPadding({ top: 0, left: 0, right: 0, bottom });
  }
}
