// The address of what is seen: ?layers=a,b&at=zoom/lat/lon&sel=slug/uid&lang= — pure functions, no DOM.

export interface View {
  zoom: number;
  lat: number;
  lon: number;
}

export interface Selection {
  layer: string;
  uid: string;
}

export interface MapState {
  /** null: the layers of the home page. */
  layers: string[] | null;
  view: View | null;
  selection: Selection | null;
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

/** Write the query string, "" when there is nothing to say; keeps `/` and `,` readable. */
export function write(state: MapState): string {
  const parts: string[] = [];
  if (state.layers) parts.push(`layers=${state.layers.join(",")}`);
  if (state.view) {
    const { zoom, lat, lon } = state.view;
    parts.push(`at=${trim(zoom, 2)}/${trim(lat, 6)}/${trim(lon, 6)}`);
  }
  if (state.selection) parts.push(`sel=${state.selection.layer}/${state.selection.uid}`);
  if (state.lang) parts.push(`lang=${encodeURIComponent(state.lang)}`);
  return parts.length ? `?${parts.join("&")}` : "";
}

function trim(value: number, digits: number): string {
  return String(Number(value.toFixed(digits)));
}
