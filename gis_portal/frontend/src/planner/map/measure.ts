// Length and area on the VN-2000 grid, corners touched on either side.
import type { GeoJSONSource, Map as MapLibreMap, MapMouseEvent } from "maplibre-gl";
import { config, text } from "../../config";
import { toGrid } from "../../crs/vn2000";
import { area, distance } from "../../format";
import { lengthOf, type Point, signedArea } from "../../officer/stakeout/geometry";

const SOURCE = "measured";
type LonLat = [number, number];

export function startMeasure(maps: readonly MapLibreMap[]): void {
  const start = document.getElementById("measure-start");
  const words = document.getElementById("workbench-measured");
  const corners: LonLat[] = [];
  let on = false;
  for (const map of maps) addTo(map);
  const show = (): void => {
    for (const map of maps) map.getSource<GeoJSONSource>(SOURCE)?.setData(shapeOf(corners));
    for (const id of ["measure-back", "measure-clear"]) document.getElementById(id)?.toggleAttribute("hidden", !corners.length);
    if (!words) return;
    words.hidden = !on && !corners.length;
    words.textContent = corners.length > 1 ? measured(corners) : text("m-measure", { grid: config.grids[0]?.label ?? "" });
  };
  const add = ({ lngLat }: MapMouseEvent): void => {
    if (!on) return;
    corners.push([lngLat.lng, lngLat.lat]);
    show();
  };
  for (const map of maps) map.on("click", add);
  start?.addEventListener("click", () => {
    on = !on;
    start.setAttribute("aria-pressed", String(on));
    for (const map of maps) {
      map.getCanvas().style.cursor = on ? "crosshair" : "";
      map.doubleClickZoom[on ? "disable" : "enable"]();
    }
    show();
  });
  document.getElementById("measure-back")?.addEventListener("click", () => {
    corners.pop();
    show();
  });
  document.getElementById("measure-clear")?.addEventListener("click", () => {
    corners.splice(0);
    show();
  });
}

function measured(corners: readonly LonLat[]): string {
  const [grid] = config.grids;
  if (!grid) return "";
  const points = corners.map(([lon, lat]): Point => {
    const { x, y } = toGrid(lon, lat, grid);
    return [y, x];
  });
  const [first] = points;
  if (points.length < 3 || !first) return text("m-length", { length: distance(lengthOf(points)) });
  return text("m-area", { length: distance(lengthOf([...points, first])), area: area(Math.abs(signedArea(points))) });
}

function addTo(map: MapLibreMap): void {
  map.addSource(SOURCE, { type: "geojson", data: shapeOf([]) });
  map.addLayer({ id: "measured-fill", type: "fill", source: SOURCE, filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": "#b53a1c", "fill-opacity": 0.15 } });
  map.addLayer({ id: "measured-line", type: "line", source: SOURCE, filter: ["!=", ["geometry-type"], "Point"], paint: { "line-color": "#b53a1c", "line-width": 3 } });
  map.addLayer({ id: "measured-point", type: "circle", source: SOURCE, filter: ["==", ["geometry-type"], "Point"], paint: { "circle-color": "#ffffff", "circle-radius": 5, "circle-stroke-color": "#b53a1c", "circle-stroke-width": 3 } });
}

/** Corners, and what they bound: a line of two, an area of more. */
function shapeOf(corners: readonly LonLat[]): GeoJSON.FeatureCollection {
  const [first] = corners;
  const shapes: GeoJSON.Geometry[] = [{ type: "MultiPoint", coordinates: [...corners] }];
  if (corners.length > 2 && first) shapes.push({ type: "Polygon", coordinates: [[...corners, first]] });
  if (corners.length === 2) shapes.push({ type: "LineString", coordinates: [...corners] });
  return { type: "FeatureCollection", features: shapes.map((geometry) => ({ type: "Feature", properties: {}, geometry })) };
}
