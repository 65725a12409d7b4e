// The address of what is seen: ?layers=a,b&at=zoom/lat/lon&sel=slug/uid&img=slug/date&vs=slug/date&cut=40&lang=
// — pure functions, no DOM.

export interface View {
  zoom: number;
  lat: number;
  lon: number;
}

export interface Selection {
  layer: string;
  uid: string;
}

/** The pictures of one date of one imagery layer. */
export interface Taken {
  layer: string;
  date: string;
}

/** Pictures under the layers; `against` is what lies left of the slider, null without one. */
export interface Imagery {
  shown: Taken | null;
  against: Taken | "map" | null;
  /** Where the slider stands, 0–1 of the map's width. */
  cut: number;
}

export const MIDDLE = 0.5;

export interface MapState {
  /** null: the layers of the home page. */
  layers: string[] | null;
  view: View | null;
  selection: Selection | null;
  imagery: Imagery;
  lang: string | null;
}

/** Read a query string; anything malformed counts as absent. */
export function parse(query: string): MapState {
  const params = new URLSearchParams(query);
  const layers = params.get("layers");
  return {
    layers: layers === null ? null : layers.split(",").filter((slug) => /^[a-z0-9-]+$/.test(slug)),
    view: parseView(params.get("at")),
    selection: parseSelection(params.get("sel")),
    imagery: parseImagery(params),
    lang: params.get("lang"),
  };
}

function parseView(given: string | null): View | null {
  const parts = (given ?? "").split("/").map(Number);
  const [zoom, lat, lon] = parts;
  if (parts.length !== 3 || zoom === undefined || lat === undefined || lon === undefined) return null;
  const sane = zoom >= 0 && zoom <= 24 && Math.abs(lat) <= 85 && Math.abs(lon) <= 180;
  return sane ? { zoom, lat, lon } : null;
}

function parseSelection(given: string | null): Selection | null {
  const match = /^([a-z0-9-]+)\/([0-9a-f-]{36})$/i.exec(given ?? "");
  return match?.[1] && match[2] ? { layer: match[1], uid: match[2] } : null;
}

function parseImagery(params: URLSearchParams): Imagery {
  const shown = parseTaken(params.get("img"));
  const against = params.get("vs") === "map" ? "map" : parseTaken(params.get("vs"));
  const percent = Number(params.get("cut") ?? Number.NaN);
  const cut = percent >= 0 && percent <= 100 ? percent / 100 : MIDDLE;
  return { shown, against: shown ? against : null, cut: shown && against ? cut : MIDDLE };
}

function parseTaken(given: string | null): Taken | null {
  const match = /^([a-z0-9-]+)\/(\d{4}-\d{2}-\d{2})$/.exec(given ?? "");
  return match?.[1] && match[2] ? { layer: match[1], date: match[2] } : null;
}

/** Write the query string, "" when there is nothing to say; keeps `/` and `,` readable. */
export function write(state: MapState): string {
  const parts: string[] = [];
  if (state.layers) parts.push(`layers=${state.layers.join(",")}`);
  if (state.view) {
    const { zoom, lat, lon } = state.view;
    parts.push(`at=${trim(zoom, 2)}/${trim(lat, 6)}/${trim(lon, 6)}`);
  }
  if (state.selection) parts.push(`sel=${state.selection.layer}/${state.selection.uid}`);
  parts.push(...writeImagery(state.imagery));
  if (state.lang) parts.push(`lang=${encodeURIComponent(state.lang)}`);
  return parts.length ? `?${parts.join("&")}` : "";
}

function writeImagery({ shown, against, cut }: Imagery): string[] {
  if (!shown) return [];
  const parts = [`img=${taken(shown)}`];
  if (against) parts.push(`vs=${against === "map" ? "map" : taken(against)}`);
  const percent = Math.round(cut * 100);
  if (against && percent !== MIDDLE * 100) parts.push(`cut=${percent}`);
  return parts;
}

/** As addresses and choices write it. */
export function taken({ layer, date }: Taken): string {
  return `${layer}/${date}`;
}

function trim(value: number, digits: number): string {
  return String(Number(value.toFixed(digits)));
}
