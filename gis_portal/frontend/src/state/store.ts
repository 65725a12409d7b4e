// The one place where the map page's state is kept and mirrored into the address bar.
// A new selection is a step for the back button; panning and toggling only replace the current one.
import { config } from "../config";
import { type Imagery, type MapState, parse, type Selection, type View, write } from "./permalink";

type Listener = (state: MapState, change: "selection" | "layers" | "history") => void;

let state: MapState = parse(location.search);
const listeners: Listener[] = [];
const watchers: ((imagery: Imagery) => void)[] = [];

export function current(): MapState {
  return state;
}

export function onChange(listener: Listener): void {
  listeners.push(listener);
}

/** Pictures change by themselves: a panel and its selection need not know. */
export function onImagery(watcher: (imagery: Imagery) => void): void {
  watchers.push(watcher);
}

export function setImagery(change: Partial<Imagery>): void {
  state = { ...state, imagery: { ...state.imagery, ...change } };
  history.replaceState(null, "", address());
  for (const watcher of watchers) watcher(state.imagery);
}

export function visibleLayers(): string[] {
  const known = new Set(config.layers.map((layer) => layer.slug));
  const wanted = state.layers ?? config.layers.filter((l) => l.home).map((l) => l.slug);
  return wanted.filter((slug) => known.has(slug));
}

export function setView(view: View): void {
  state = { ...state, view };
  history.replaceState(null, "", address());
}

export function toggleLayer(slug: string, on: boolean): void {
  const others = visibleLayers().filter((other) => other !== slug);
  state = { ...state, layers: on ? [...others, slug] : others };
  history.replaceState(null, "", address());
  announce("layers");
}

export function select(selection: Selection | null): void {
  const same = selection?.uid === state.selection?.uid && selection?.layer === state.selection?.layer;
  state = { ...state, selection };
  if (!same) history.pushState(null, "", address());
  announce("selection");
}

/** Take over a whole permalink, as a search result gives one. */
export function follow(url: string): void {
  const next = parse(new URL(url, location.origin).search);
  const layers = next.layers ? [...new Set([...visibleLayers(), ...next.layers])] : state.layers;
  const imagery = next.imagery.shown ? next.imagery : state.imagery;
  state = { ...next, layers, imagery, lang: state.lang };
  history.pushState(null, "", address());
  announce("history");
}

export function address(): string {
  return location.pathname + write(state);
}

/** The address to hand to somebody else: absolute, with the language left to the reader. */
export function shareAddress(): string {
  return new URL(config.homeUrl + write({ ...state, lang: null }), location.origin).href;
}

function announce(change: "selection" | "layers" | "history"): void {
  for (const listener of listeners) listener(state, change);
  if (change === "history") for (const watcher of watchers) watcher(state.imagery);
}

addEventListener("popstate", () => {
  state = parse(location.search);
  announce("history");
});
