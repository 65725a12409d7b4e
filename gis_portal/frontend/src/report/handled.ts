// The public map: each released report in the middle of its coarse cell.
import type { FeatureCollection, Point } from "geojson";
import { Popup } from "maplibre-gl";
import { createGround, fetchFeatures, frameOf, whenDrawn } from "../review/ground";

const SOURCE = "handled";
type Handled = FeatureCollection<Point, { category: string; state: string; text: string }>;

export async function startHandled(box: HTMLElement): Promise<void> {
  const [found, map] = await Promise.all([fetchFeatures<Handled>(box), createGround(box)]);
  map.addSource(SOURCE, { type: "geojson", data: found });
  map.addLayer({
    id: SOURCE,
    type: "circle",
    source: SOURCE,
    paint: { "circle-radius": 9, "circle-color": "#b53a1c", "circle-opacity": 0.75, "circle-stroke-color": "#ffffff", "circle-stroke-width": 2 },
  });
  const { bounds } = frameOf(found.features.map(({ geometry }) => geometry));
  if (bounds) map.fitBounds(bounds, { padding: 48, maxZoom: 11.5, animate: false });
  map.on("click", SOURCE, ({ features, lngLat }) => {
    const words = document.createElement("div");
    for (const { properties } of (features ?? []).slice(0, 5)) {
      const line = document.createElement("p");
      const strong = document.createElement("strong");
      strong.textContent = String(properties["category"]);
      line.append(strong, ` ${String(properties["text"])}`);
      words.append(line);
    }
    new Popup({ closeButton: false, maxWidth: "18rem" }).setLngLat(lngLat).setDOMContent(words).addTo(map);
  });
  whenDrawn(box, map);
}
