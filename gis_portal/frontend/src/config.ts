// What the server tells the page: a JSON block in the HTML, read once. Keys mirror gis_portal/maps/client.py.

export interface CrsDefinition {
  code: string;
  label: string;
  proj4: string;
}

export interface LayerInfo {
  slug: string;
  title: string;
  geometry: "point" | "line" | "polygon";
  home: boolean;
  illustrative: boolean;
  titleTemplate: string;
  minZoom: number;
  /** From here on tiles hold every feature one by one; below, what is small is summed in cells. */
  workingZoom: number;
  /** What the features are called when they are counted: “thửa”, “parcels”. */
  counted: string;
  /** The field that gives the class. */
  by: string;
  bounds: [number, number, number, number] | null;
}

/** A layer of pictures; its dates are asked for when they are wanted. */
export interface ImageryInfo {
  slug: string;
  title: string;
  datesUrl: string;
}

export interface PortalConfig {
  lang: "vi" | "en";
  styleUrl: string;
  searchUrl: string;
  panelUrl: string;
  placeUrl: string;
  homeUrl: string;
  /** What stewards entered about auction lots, and when the clock changes the next one. */
  stagesUrl: string;
  homeView: [number, number, number];
  /** On planners' pages: what holds the province without islands far out. */
  mainland?: [number, number, number, number] | null;
  bounds: [number, number, number, number];
  layers: LayerInfo[];
  imagery: ImageryInfo[];
  grids: CrsDefinition[];
  only: string | null;
  text: Record<string, string>;
}

export function readConfig(): PortalConfig {
  const block = document.getElementById("portal-config");
  if (!block?.textContent) throw new Error("portal-config is missing");
  return JSON.parse(block.textContent) as PortalConfig;
}

export const config = readConfig();

/** The page's own words in its language; a missing key shows itself rather than nothing. */
export function text(key: string, values: Record<string, string | number> = {}): string {
  const template = config.text[key] ?? key;
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
