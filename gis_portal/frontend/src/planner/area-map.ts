// Draws a private area on the map: corners by touch, closed by touching the first one again.
import { LngLatBounds, NavigationControl } from "maplibre-gl";
import { TerraDraw, TerraDrawPolygonMode } from "terra-draw";
import { TerraDrawMapLibreGLAdapter } from "terra-draw-maplibre-gl-adapter";
import type { FeatureCollection, MultiPolygon } from "geojson";
import { config, text } from "../config";
import { createMap, fetchStyle } from "../map/create";
import { watchTiles } from "../map/tiles";
import { boundsOf } from "../review/ground";

const COLOUR = "#b53a1c";

export async function startAreaMap(box: HTMLElement): Promise<void> {
  watchTiles(() => undefined);
  const known = JSON.parse(document.getElementById("area-shapes")?.textContent ?? "{}") as FeatureCollection;
  const map = await createMap(box, await fetchStyle(), new Set(config.layers.map(({ slug }) => slug)), null);
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  await new Promise<void>((done) => map.once("style.load", () => done()));
  map.addSource("areas", { type: "geojson", data: known });
  map.addLayer({ id: "areas-fill", type: "fill", source: "areas", paint: { "fill-color": COLOUR, "fill-opacity": 0.15 } });
  map.addLayer({ id: "areas-line", type: "line", source: "areas", paint: { "line-color": COLOUR, "line-width": 2 } });
  const bounds = boundsOf((known.features ?? []).map(({ geometry }) => geometry));
  if (bounds instanceof LngLatBounds) map.fitBounds(bounds, { padding: 60, maxZoom: 15, animate: false });
  for (const button of document.querySelectorAll<HTMLElement>("[data-area]")) {
    button.addEventListener("click", () => {
      const shape = known.features.find(({ properties }) => properties?.["id"] === button.dataset["area"]);
      const there = shape && boundsOf([shape.geometry]);
      if (!(there instanceof LngLatBounds)) return;
      map.fitBounds(there, { padding: 60, maxZoom: 17, animate: false });
      box.scrollIntoView({ block: "center" });
    });
  }
  const polygon = new TerraDrawPolygonMode({ styles: { fillColor: COLOUR, outlineColor: COLOUR, fillOpacity: 0.2, outlineWidth: 3 } });
  const draw = new TerraDraw({ adapter: new TerraDrawMapLibreGLAdapter({ map }), modes: [polygon] });
  draw.start();
  const say = (words: string): void => {
    const note = document.getElementById("area-note");
    if (note) note.textContent = words;
  };
  const put = (): void => {
    const rings = draw.getSnapshot().filter(({ geometry }) => geometry.type === "Polygon");
    const value = rings.length ? JSON.stringify({ type: "MultiPolygon", coordinates: rings.map(({ geometry }) => geometry.coordinates) }) : "";
    (document.getElementById("area-geometry") as HTMLInputElement).value = value;
    (document.getElementById("area-save") as HTMLButtonElement).disabled = !value;
  };
  const begin = (): void => {
    draw.setMode("polygon");
    say(text("w-draw"));
  };
  draw.on("finish", () => {
    put();
    draw.setMode("static");
    say(text("w-drawn"));
    document.getElementById("area-name")?.focus();
  });
  document.getElementById("area-draw")?.addEventListener("click", begin);
  document.getElementById("area-clear")?.addEventListener("click", () => {
    draw.clear();
    put();
    begin();
  });
  // A drawing that was refused comes back.
  const refused = (document.getElementById("area-geometry") as HTMLInputElement).value;
  if (refused) again(draw, refused);
  put();
  map.once("idle", () => {
    box.dataset["ready"] = "";
  });
}

function again(draw: TerraDraw, written: string): void {
  try {
    const { coordinates } = JSON.parse(written) as MultiPolygon;
    draw.addFeatures(coordinates.map((rings) => ({ type: "Feature", properties: { mode: "polygon" }, geometry: { type: "Polygon", coordinates: rings } })));
  } catch {
    // Not of this page.
  }
}
