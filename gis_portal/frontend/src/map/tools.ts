// Buttons on the map: zoom, north, the islands, and the marker of a looked-up place.
import { type Map as MapLibreMap, Marker } from "maplibre-gl";

// Both archipelagos with the mainland coast beside them, so that the reader keeps the bearings.
const ISLANDS: [[number, number], [number, number]] = [
  [104.5, 6.5],
  [117.8, 17.6],
];

function press(id: string, action: () => void): void {
  document.getElementById(id)?.addEventListener("click", action);
}

export function startTools(map: MapLibreMap): void {
  press("zoom-in", () => map.zoomIn());
  press("zoom-out", () => map.zoomOut());
  press("north", () => map.easeTo({ bearing: 0, pitch: 0 }));
  press("islands", () => map.fitBounds(ISLANDS, { padding: 24 }));
  const needle = document.querySelector<SVGElement>("#north .needle");
  map.on("rotate", () => needle?.style.setProperty("rotate", `${-map.getBearing()}deg`));
  const seen = (): void => {
    const bounds = map.getBounds();
    const both = bounds.contains([112, 16.4]) && bounds.contains([114, 9.5]);
    document.body.dataset["islands"] = both ? "seen" : "away";
  };
  map.on("moveend", seen);
  seen();
}

let marker: Marker | null = null;

/** Puts the one place marker here, or takes it away. */
export function markPlace(map: MapLibreMap, at: [number, number] | null): void {
  marker?.remove();
  marker = null;
  if (!at) return;
  const template = document.getElementById("marker-template");
  if (!(template instanceof HTMLTemplateElement)) return;
  const element = template.content.firstElementChild?.cloneNode(true);
  if (element instanceof HTMLElement || element instanceof SVGElement) {
    const box = document.createElement("div");
    box.append(element);
    marker = new Marker({ element: box, anchor: "bottom" }).setLngLat(at).addTo(map);
  }
}
