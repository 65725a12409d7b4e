// Where: a touch on the small map, or the phone's own position; both fill the box that can also be typed into.
import { Marker } from "maplibre-gl";
import { config } from "../config";
import { createGround } from "../review/ground";

const CLOSE = 15;

export interface Place {
  put(lon: number, lat: number, zoom?: number): void;
}

export async function startPlace(box: HTMLElement, touched: (lon: number, lat: number) => void): Promise<Place> {
  const map = await createGround(box);
  const pin = document.createElement("div");
  pin.className = "report-pin";
  const marker = new Marker({ element: pin });
  map.getCanvas().style.cursor = "crosshair";
  map.on("click", ({ lngLat }) => {
    marker.setLngLat(lngLat).addTo(map);
    touched(lngLat.lng, lngLat.lat);
  });
  box.dataset["ready"] = "";
  return {
    put(lon, lat, zoom = CLOSE) {
      marker.setLngLat([lon, lat]).addTo(map);
      map.jumpTo({ center: [lon, lat], zoom: Math.max(zoom, map.getZoom()) });
    },
  };
}

/** `10.346000, 107.084000` as the box holds it; null for anything else that a person may have typed. */
export function degreesOf(text: string): [number, number] | null {
  const found = /^\s*(-?\d+\.\d+)\s*,\s*(-?\d+\.\d+)\s*$/.exec(text);
  if (!found) return null;
  const [lat, lon] = [Number(found[1]), Number(found[2])];
  const [west, south, east, north] = config.bounds;
  return lon >= west && lon <= east && lat >= south && lat <= north ? [lon, lat] : null;
}
