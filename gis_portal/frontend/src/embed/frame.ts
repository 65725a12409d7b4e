// What every embedded map has around its layer: a metric scale and the islands, by name where they lie
// and in a corner wherever the map is.
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
  inset(islands).addTo(map);
}

/** Hoàng Sa and Trường Sa are part of every map of the country, also of one that shows a single commune. */
function inset(islands: IslandName[]): L.Control {
  const control = new L.Control({ position: "topright" });
  control.onAdd = (map) => {
    const button = L.DomUtil.create("button", "islands-inset");
    button.type = "button";
    for (const island of islands) {
      L.DomUtil.create("span", "", button).textContent = island.name;
    }
    L.DomEvent.disableClickPropagation(button);
    L.DomEvent.on(button, "click", () => map.fitBounds(L.latLngBounds(islands.map(at)).pad(0.3)));
    return button;
  };
  return control;
}

// An extent that needs so many zooms less than the home view is stretched by an island far off.
const FAR_ZOOMS = 2;

/** First view: the layer's extent, or home (lon, lat, zoom of 512 px tiles) where that would show nothing. */
export function portalFit(
  map: L.Map,
  bounds: L.LatLngBoundsLiteral,
  home: [number, number, number],
  minZoom: number,
): void {
  const [lon, lat, zoom] = home;
  // Leaflet counts tiles of 256 px: one zoom more for the same scale.
  const first = minZoom + 1;
  const homeZoom = Math.round(zoom) + 1;
  const fitting = Math.min(map.getBoundsZoom(bounds), 16);
  if (fitting >= Math.max(first, homeZoom - FAR_ZOOMS)) map.fitBounds(bounds, { maxZoom: 16 });
  else map.setView([lat, lon], Math.max(first, homeZoom));
}

function at(island: IslandName): L.LatLngTuple {
  return [island.lat, island.lon];
}
