// The coordinates under the pointer (mouse) or of the map's centre (touch), and the scale bar.
import type { Map as MapLibreMap } from "maplibre-gl";
import { config, text } from "../config";
import { toGrid } from "../crs/vn2000";
import { distance, number } from "../format";

const STORED = "portal.grid";

/** Wires the readout button: a press changes the coordinate system. */
export function startReadout(map: MapLibreMap, button: HTMLElement, scale: HTMLElement): void {
  const systems = config.grids.length + 1;
  let system = Math.min(Number(localStorage.getItem(STORED) ?? 0) || 0, systems - 1);
  let pointer: { lng: number; lat: number } | null = null;

  const show = (): void => {
    const { lng, lat } = pointer ?? map.getCenter();
    fill(button, lines(lng, lat, system), pointer !== null);
  };
  button.addEventListener("click", () => {
    system = (system + 1) % systems;
    localStorage.setItem(STORED, String(system));
    show();
  });
  const hovers = matchMedia("(hover: hover)").matches;
  map.on("mousemove", (event) => {
    if (!hovers) return;
    pointer = event.lngLat;
    show();
  });
  map.on("mouseout", () => {
    pointer = null;
    show();
  });
  map.on("move", () => {
    if (!pointer) show();
    drawScale(map, scale);
  });
  show();
  drawScale(map, scale);
}

interface Lines {
  first: [string, string];
  second: [string, string];
  system: string;
}

function lines(lon: number, lat: number, system: number): Lines {
  const grid = config.grids[system];
  if (!grid) {
    return {
      first: [text("latitude"), `${number(lat, 6)}°`],
      second: [text("longitude"), `${number(lon, 6)}°`],
      system: "WGS 84",
    };
  }
  const { x, y } = toGrid(lon, lat, grid);
  return {
    first: [text("north"), number(x, 1)],
    second: [text("east"), number(y, 1)],
    system: grid.label,
  };
}

function fill(button: HTMLElement, content: Lines, atPointer: boolean): void {
  const put = (name: string, value: string): void => {
    const element = button.querySelector(`[data-part="${name}"]`);
    if (element && element.textContent !== value) element.textContent = value;
  };
  put("first-name", content.first[0]);
  put("first", content.first[1]);
  put("second-name", content.second[0]);
  put("second", content.second[1]);
  put("system", `${content.system} · ${text(atPointer ? "atPointer" : "atCentre")}`);
}

const NICE = [1, 2, 5];

function drawScale(map: MapLibreMap, scale: HTMLElement): void {
  const middle = map.getContainer().clientHeight / 2;
  const width = 120;
  const metres = map.unproject([0, middle]).distanceTo(map.unproject([width, middle]));
  const power = 10 ** Math.floor(Math.log10(metres));
  const step = [...NICE].reverse().find((n) => n * power <= metres) ?? 1;
  const length = step * power;
  scale.style.width = `${Math.round((length / metres) * width)}px`;
  scale.textContent = distance(length);
}
