// Far zooms of an embedded map: squares that sum small shapes, circles that count points. Drawn unlike the
// features, named as sums in the popup, with a way to the zoom where each is drawn.
import type { VectorTileFeature } from "@mapbox/vector-tile";
import L from "leaflet";
import type { Placement, PortalTilesOptions } from "./portal-tiles";

export interface SummedAt {
  x: number;
  y: number;
  n: number;
  area: number | null;
}

const FINGER = 10;
const TILE = 512;
// As gis_portal/maps/cells.py.
const [FAINTEST, FULL_SHARE] = [0.75, 0.8];

/** Paints one cell and says where it is. Leaflet's zooms are one higher than the tiles'. */
export function drawCell(
  context: CanvasRenderingContext2D,
  path: Path2D,
  feature: VectorTileFeature,
  placement: Placement,
  zoom: number,
  options: PortalTilesOptions,
): SummedAt {
  const { properties } = feature;
  const n = Number(properties["n"]) || 0;
  const area = typeof properties["area"] === "number" ? properties["area"] : null;
  const [left = 0, top = 0, right = 0, bottom = 0] = feature.bbox();
  const x = ((left + right) / 2 - placement.left) * placement.scale;
  const y = ((top + bottom) / 2 - placement.top) * placement.scale;
  if (feature.type === 1) return drawCircle(context, { x, y, n, area }, options);
  const name = String(properties["class"] ?? properties[options.by] ?? "");
  context.fillStyle =
    options.cellColours[name] ?? options.cellColours[name.split("+")[0] ?? ""] ?? options.cellColor;
  const share = area === null ? 1 : area / (options.cellSide / 2 ** zoom) ** 2;
  context.globalAlpha = FAINTEST + (1 - FAINTEST) * Math.min(share / FULL_SHARE, 1);
  context.fill(path);
  context.globalAlpha = 1;
  return { x, y, n, area };
}

/** Moved inwards where the canvas of the tile would cut it: it stands for a square of 32 px, not for a place. */
function drawCircle(
  context: CanvasRenderingContext2D,
  { n, area, ...at }: SummedAt,
  { color, language }: PortalTilesOptions,
): SummedAt {
  const radius = Math.min(9 + Math.sqrt(n) / 1.5, 15);
  const within = (value: number): number => Math.min(Math.max(value, radius + 2), TILE - radius - 2);
  const [x, y] = [within(at.x), within(at.y)];
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = color;
  context.fill();
  context.strokeStyle = "#ffffff";
  context.lineWidth = 2;
  context.stroke();
  context.fillStyle = "#ffffff";
  context.font = '600 12px "Be Vietnam Pro", sans-serif';
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(n.toLocaleString(language), x, y + 1);
  return { x, y, n, area };
}

interface Summed {
  summed: SummedAt | null;
}

/** What the cells under the finger sum; null where there are none. */
export function sumPopup(
  map: L.Map,
  drawn: readonly Summed[],
  at: L.Point,
  latlng: L.LatLng,
  options: PortalTilesOptions,
): HTMLElement | null {
  const reach = options.geometry === "point" ? 2 * FINGER : FINGER;
  const near = drawn
    .flatMap(({ summed }) => (summed ? [summed] : []))
    .filter(({ x, y }) => Math.abs(x - at.x) <= reach && Math.abs(y - at.y) <= reach);
  if (!near.length) return null;
  const count = near.reduce((sum, { n }) => sum + n, 0);
  const area = near.reduce((sum, cell) => sum + (cell.area ?? 0), 0);
  const box = L.DomUtil.create("div");
  const line = (tag: "strong" | "p", words: string): void => {
    L.DomUtil.create(tag, "", box).textContent = words;
  };
  line("strong", options.cellTitle.replace("{count}", count.toLocaleString(options.language)));
  if (area) line("p", hectares(area, options.language));
  line("p", options.cellKind);
  const button = L.DomUtil.create("button", "button button-quiet", box);
  button.type = "button";
  button.textContent = options.cellZoom;
  button.addEventListener("click", () => {
    map.closePopup();
    map.setView(latlng, options.workingZoom + 1);
  });
  return box;
}

function hectares(squareMetres: number, language: string): string {
  const digits = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
  if (squareMetres < 100_000) return `${Math.round(squareMetres).toLocaleString(language)} m²`;
  return `${(squareMetres / 10_000).toLocaleString(language, digits)} ha`;
}

/** A line in the corner as long as the zoom sums; a press leads to where each is drawn. */
export function detailNote(options: PortalTilesOptions): L.Control {
  const control = new L.Control({ position: "bottomleft" });
  control.onAdd = (map) => {
    const button = L.DomUtil.create("button", "detail-note");
    button.type = "button";
    button.textContent = `${options.cellNote}. ${options.cellZoom}`;
    L.DomEvent.disableClickPropagation(button);
    L.DomEvent.on(button, "click", () => map.setZoom(options.workingZoom + 1));
    const show = (): void => {
      button.hidden = map.getZoom() >= options.workingZoom + 1;
    };
    map.on("zoomend", show);
    map.whenReady(show);
    return button;
  };
  return control;
}
