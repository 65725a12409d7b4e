// What a map is made of; mirrors gis_portal/planner/compositions/documents.py.
import type { Json } from "../document";
import type { Described } from "../result-layers";

export interface Theme {
  field: string;
  method: "quantile" | "equal" | "natural";
  n: number;
  palette: string;
}
export interface Entry {
  /** "" where `run` names a result. */
  layer: string;
  run?: string;
  on: boolean;
  opacity: number;
  group: string;
  filter: Json;
  theme: Theme | null;
}
export interface Composition {
  mode: "one" | "swipe" | "side";
  cut: number;
  view: { lon: number; lat: number; zoom: number } | null;
  sides: [Entry[], Entry[]];
}
export interface ClassLine {
  label: string;
  colour: string;
  count: number;
  low: number | null;
  high: number | null;
  value: string | null;
}
export interface Classes {
  label: string;
  kind: "number" | "value";
  lines: ClassLine[];
  missing: number;
  others: number;
  unknown: string;
}
/** The result of a run that may stand on the map. */
export interface Result {
  id: string;
  title: string;
  when: string;
  tiles: string;
  page: string;
}
export interface MapConfig {
  document: Composition;
  results: Result[];
  versions: Record<string, number>;
  classesUrl: string;
  tilesUrl: string;
  saveUrl: string;
  /** West, south, east, north that a new map opens with: the main land, without islands far out. */
  home: [number, number, number, number] | null;
  /** What layers' own drawing means. */
  legends: Record<string, { label: string; colour: string }[]>;
  /** The field that a layer's own classes are of. */
  classed: Record<string, string>;
  /** How dense the layers' own areas are. */
  densities: Record<string, number>;
  palettes: { slug: string; title: string; kind: string; colours: string[] }[];
  counts: number[];
  unknown: string;
}

export const mapConfig = JSON.parse(document.getElementById("workbench-config")?.textContent ?? "{}") as MapConfig;

const asked = new Map<string, Promise<Classes>>();

/** Classes of the whole live version; asked once for each choice. */
export function classesOf(layer: string, theme: Theme): Promise<Classes> {
  const query = new URLSearchParams({ layer, field: theme.field, method: theme.method, n: String(theme.n), palette: theme.palette }).toString();
  let found = asked.get(query);
  if (!found) {
    found = fetch(`${mapConfig.classesUrl}?${query}`).then(async (response) => {
      if (!response.ok) throw new Error(`classes ${response.status}`);
      return (await response.json()) as Classes;
    });
    found.catch(() => asked.delete(query));
    asked.set(query, found);
  }
  return found;
}

const described = new Map<string, Promise<Described>>();

export function resultOf(entry: Entry): Result | undefined {
  return mapConfig.results.find(({ id }) => id === entry.run);
}

/** How a result is drawn; asked once. */
export function describedOf(run: string): Promise<Described> {
  let found = described.get(run);
  if (!found) {
    found = fetch(mapConfig.results.find(({ id }) => id === run)?.tiles ?? "").then(async (response) => {
      if (!response.ok) throw new Error(`result ${response.status}`);
      return (await response.json()) as Described;
    });
    found.catch(() => described.delete(run));
    described.set(run, found);
  }
  return found;
}
