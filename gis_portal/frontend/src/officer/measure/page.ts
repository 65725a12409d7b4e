// Length and area on the VN-2000 grid: corners touched on the map, or where one stands.
import { say } from "../parcel/field-words";
import { toPoint } from "../parcel/shape";
import { follow, last } from "../place/position";
import { button, el, replace } from "../shell/dom";
import { facts } from "../shell/facts";
import { area, metres } from "../shell/format";
import type { Screen } from "../shell/screen";
import type { LonLat, OfficerMap } from "../map/map";
import { lengthOf, type Point, signedArea } from "../stakeout/geometry";

export interface Measured {
  length: number;
  /** Null below three corners. */
  perimeter: number | null;
  area: number | null;
}

/** Pure: of corners on the grid. */
export function measured(points: readonly Point[]): Measured {
  const length = lengthOf(points);
  const first = points[0];
  if (points.length < 3 || !first) return { length, perimeter: null, area: null };
  return { length, perimeter: lengthOf([...points, first]), area: Math.abs(signedArea(points)) };
}

function sketchOf(corners: readonly LonLat[]): GeoJSON.Geometry | null {
  if (!corners.length) return null;
  if (corners.length === 1) return { type: "Point", coordinates: corners[0] as LonLat };
  if (corners.length === 2) return { type: "LineString", coordinates: [...corners] };
  return { type: "Polygon", coordinates: [[...corners, corners[0] as LonLat]] };
}

export function measureSheet(): Screen {
  const grid = facts().grids[0];
  const corners: LonLat[] = [];
  let map: OfficerMap | null = null;
  const result = el("dl", { class: "officer-facts officer-measured" });
  const paint = (): void => {
    const points = corners.map(([lon, lat]) => toPoint(lon, lat, grid?.code ?? ""));
    const found = measured(points.filter((point): point is Point => point !== null));
    const facts: [string, string | null][] = [
      [say("length"), corners.length > 1 ? metres(found.length) : null],
      [say("perimeter"), found.perimeter === null ? null : metres(found.perimeter)],
      [say("areaMeasured"), found.area === null ? null : area(found.area)],
    ];
    replace(result, ...facts.flatMap(([name, value]) => (value === null ? [] : [el("dt", {}, name), el("dd", {}, value)])));
    map?.sketch(sketchOf(corners));
  };
  const add = (at: LonLat): void => {
    corners.push(at);
    paint();
  };
  // Kept running, so that “my position” is a fresh one when it is pressed.
  const stop = follow(() => undefined);
  const here = (): void => {
    const position = last();
    if (position) add([position.lon, position.lat]);
  };
  const body = el(
    "div",
    { class: "stack" },
    el("p", {}, say("measureHow")),
    result,
    el(
      "div",
      { class: "officer-actions" },
      button(say("measureHere"), here, "button button-quiet", "locate"),
      button(say("undo"), () => (corners.pop(), paint()), "button button-quiet"),
      button(say("clear"), () => (corners.splice(0), paint()), "button button-quiet"),
    ),
    el("p", { class: "soft small" }, say("onGrid", { grid: grid?.label ?? "" })),
  );
  return {
    title: say("measureTitle"),
    layout: "sheet",
    body,
    onMap: (ready) => {
      map = ready;
      ready.onPress(add);
      paint();
    },
    leave: (ready) => {
      stop();
      ready?.onPress(null);
      ready?.sketch(null);
    },
  };
}
