// Field reports where their officers stood, coloured by state, and what was drawn. All words arrive as text.
import type { Feature, FeatureCollection, Geometry } from "geojson";
import { Popup } from "maplibre-gl";
import { boundsOf, createGround, fetchFeatures, whenDrawn } from "../../review/ground";

const REPORTS = "desk-reports";
const SKETCH = "desk-sketch";
const MOST_NAMED = 8;

interface Said {
  url: string;
  kind: string;
  state: string;
  colour: string;
  parcel: string;
  at: string;
  reference: string;
  sketch?: boolean;
}
type Reports = FeatureCollection<Geometry, Said>;

export async function startDeskMap(box: HTMLElement): Promise<void> {
  const [found, map] = await Promise.all([fetchFeatures<Reports>(box), createGround(box)]);
  const points = found.features.filter(({ properties }) => !properties.sketch);
  const drawn = found.features.filter(({ properties }) => properties.sketch);
  map.addSource(SKETCH, { type: "geojson", data: { type: "FeatureCollection", features: drawn } });
  map.addLayer({
    id: `${SKETCH}-area`,
    type: "fill",
    source: SKETCH,
    filter: ["==", ["geometry-type"], "Polygon"],
    paint: { "fill-color": "#b53a1c", "fill-opacity": 0.25 },
  });
  map.addLayer({ id: SKETCH, type: "line", source: SKETCH, paint: { "line-color": "#b53a1c", "line-width": 2, "line-dasharray": [2, 1] } });
  map.addSource(REPORTS, { type: "geojson", data: { type: "FeatureCollection", features: points } });
  map.addLayer({
    id: REPORTS,
    type: "circle",
    source: REPORTS,
    paint: { "circle-radius": 9, "circle-color": ["get", "colour"], "circle-stroke-color": "#ffffff", "circle-stroke-width": 2 },
  });
  const bounds = boundsOf(found.features.map(({ geometry }) => geometry));
  if (bounds) map.fitBounds(bounds, { padding: 48, maxZoom: drawn.length ? 18 : 14, animate: false });
  map.on("click", REPORTS, ({ features, lngLat }) => {
    const words = document.createElement("div");
    words.className = "desk-popup";
    for (const { properties } of (features ?? []).slice(0, MOST_NAMED)) words.append(named(properties as Said, box.dataset["open"] ?? ""));
    new Popup({ closeButton: false, maxWidth: "18rem" }).setLngLat(lngLat).setDOMContent(words).addTo(map);
  });
  map.on("mouseenter", REPORTS, () => (map.getCanvas().style.cursor = "pointer"));
  map.on("mouseleave", REPORTS, () => (map.getCanvas().style.cursor = ""));
  whenDrawn(box, map);
}

function named(said: Feature<Geometry, Said>["properties"], open: string): HTMLElement {
  const line = document.createElement("p");
  const strong = document.createElement("strong");
  strong.textContent = [said.kind, said.parcel].filter(Boolean).join(" · ");
  line.append(strong, document.createElement("br"), `${said.state} · ${said.at}`);
  if (open) {
    const link = document.createElement("a");
    link.className = "tall-link";
    link.href = said.url;
    link.textContent = `${open} ${said.reference}`;
    line.append(document.createElement("br"), link);
  }
  return line;
}
