// What every embedded map has around its layer: a metric scale and the islands' names, as text.
import L from "leaflet";

export interface IslandName {
  lat: number;
  lon: number;
  name: string;
}

export function portalFrame(map: L.Map, islands: IslandName[]): void {
  map.attributionControl.setPrefix("Leaflet");
  L.control.scale({ imperial: false }).addTo(map);
  for (const island of islands) {
    const words = L.DomUtil.create("span");
    words.textContent = island.name;
    const icon = L.divIcon({ html: words, className: "island-label" });
    L.marker([island.lat, island.lon], { icon, interactive: false, keyboard: false }).addTo(map);
  }
}
