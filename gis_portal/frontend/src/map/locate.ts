// "Where am I": a dot with its accuracy ring, and a plain message when the phone says no.
import { type GeoJSONSource, type Map as MapLibreMap, Marker } from "maplibre-gl";
import { text } from "../config";
import { number } from "../format";
import { toast } from "../ui/toast";
import type { Outside } from "./outside";

const RING = "portal-me";

export function startLocate(map: MapLibreMap, button: HTMLElement, outside: Outside): void {
  const dot = document.createElement("div");
  dot.className = "me-marker";
  const marker = new Marker({ element: dot });

  button.addEventListener("click", () => {
    if (!("geolocation" in navigator)) {
      toast(text("locateUnsupported"));
      return;
    }
    button.setAttribute("aria-busy", "true");
    toast(text("locating"), 8000);
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        button.removeAttribute("aria-busy");
        button.dataset["on"] = "";
        marker.setLngLat([coords.longitude, coords.latitude]).addTo(map);
        drawRing(map, coords.longitude, coords.latitude, coords.accuracy);
        const zoom = Math.max(map.getZoom(), coords.accuracy > 500 ? 13 : 16);
        map.easeTo({ center: [coords.longitude, coords.latitude], zoom });
        if (outside.located(coords.longitude, coords.latitude)) toast("");
        else toast(text("located", { metres: number(Math.ceil(coords.accuracy), 0) }));
      },
      (error) => {
        button.removeAttribute("aria-busy");
        const refused = error.code === error.PERMISSION_DENIED;
        toast(text(refused ? "locateRefused" : "locateFailed"), 9000);
      },
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 10000 },
    );
  });
}

function drawRing(map: MapLibreMap, lon: number, lat: number, radius: number): void {
  const data = circle(lon, lat, radius);
  const source = map.getSource<GeoJSONSource>(RING);
  if (source) {
    void source.setData(data);
    return;
  }
  map.addSource(RING, { type: "geojson", data });
  map.addLayer({
    id: `${RING}-fill`,
    type: "fill",
    source: RING,
    paint: { "fill-color": "#1667c7", "fill-opacity": 0.12 },
  });
  map.addLayer({
    id: `${RING}-line`,
    type: "line",
    source: RING,
    paint: { "line-color": "#1667c7", "line-width": 1.5 },
  });
}

/** A ring of `radius` metres as a polygon; fine on a sphere at this size. */
function circle(lon: number, lat: number, radius: number): GeoJSON.Feature<GeoJSON.Polygon> {
  const degrees = radius / 111_320;
  const squeeze = Math.cos((lat * Math.PI) / 180);
  const ring = Array.from({ length: 49 }, (_, index): [number, number] => {
    const angle = (index / 48) * 2 * Math.PI;
    return [lon + (degrees * Math.cos(angle)) / squeeze, lat + degrees * Math.sin(angle)];
  });
  return { type: "Feature", properties: {}, geometry: { type: "Polygon", coordinates: [ring] } };
}
