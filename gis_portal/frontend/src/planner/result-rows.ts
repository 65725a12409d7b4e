// From a row of the table to the map and back: outlines of a row's pieces, and the row that a touched piece is counted in.
import { LngLatBounds, type GeoJSONSource, type Map as MapLibreMap } from "maplibre-gl";
import type { FeatureCollection } from "geojson";
import { text } from "../config";
import { el, replace } from "../officer/shell/dom";
import { toast } from "../ui/toast";

const SOURCE = "chosen";
const LINE = "#b53a1c";
const NOTHING: FeatureCollection = { type: "FeatureCollection", features: [] };

interface Chosen {
  words: string;
  shapes: FeatureCollection;
  extent: [number, number, number, number] | null;
  title?: string;
  href?: string;
  row?: number | null;
  kind?: "row" | "sliver" | null;
}

/** Links of the table show their row on the map; an address that names a row or a part opens with it shown. */
export function startRows(map: MapLibreMap, box: HTMLElement): { touched: (seq: number) => void } {
  map.addSource(SOURCE, { type: "geojson", data: NOTHING });
  map.addLayer({ id: "chosen-ground", type: "line", source: SOURCE, paint: { "line-color": "#ffffff", "line-width": 5 } });
  map.addLayer({ id: "chosen-line", type: "line", source: SOURCE, paint: { "line-color": LINE, "line-width": 2.5 } });
  map.addLayer({ id: "chosen-point", type: "circle", source: SOURCE, filter: ["==", ["geometry-type"], "Point"], paint: { "circle-color": "#ffffff", "circle-opacity": 0, "circle-radius": 9, "circle-stroke-color": LINE, "circle-stroke-width": 3 } });
  const show = async (asked: string, move: boolean): Promise<void> => {
    const chosen = await ask(box, asked);
    if (!chosen) return;
    map.getSource<GeoJSONSource>(SOURCE)?.setData(chosen.shapes);
    if (move && chosen.extent) map.fitBounds(new LngLatBounds(chosen.extent), { padding: 40, maxZoom: 17, animate: !reduced() });
    mark(chosen.kind ? `${chosen.kind}-${chosen.row}` : asked.replace("=", "-"));
    tell(chosen, box, () => {
      map.getSource<GeoJSONSource>(SOURCE)?.setData(NOTHING);
      mark("");
    });
    box.dataset["chosen"] = asked;
  };
  document.addEventListener("click", (event) => {
    const link = (event.target as Element).closest<HTMLElement>("[data-show]");
    if (!link || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    document.getElementById("map-title")?.scrollIntoView({ behavior: reduced() ? "auto" : "smooth", block: "start" });
    void show(link.dataset["show"] ?? "", true);
  });
  const address = new URLSearchParams(location.search);
  for (const key of ["row", "sliver", "part"]) {
    const value = address.get(key);
    if (value) void show(`${key}=${encodeURIComponent(value)}`, true);
  }
  return { touched: (seq) => void show(`part=${seq}`, false) };
}

async function ask(box: HTMLElement, asked: string): Promise<Chosen | null> {
  const address = box.dataset["outlines"] ?? "";
  try {
    const response = await fetch(`${address}${address.includes("?") ? "&" : "?"}${asked}`);
    if (response.ok) return (await response.json()) as Chosen;
  } catch {
    // Said below, as any other answer without shapes.
  }
  toast(text("w-not-shown"));
  return null;
}

function mark(id: string): void {
  for (const row of document.querySelectorAll("tr[aria-current]")) row.removeAttribute("aria-current");
  document.getElementById(id)?.setAttribute("aria-current", "true");
}

/** What is chosen, under the map: its name and page, the row that it is counted in, and how to let it go. */
function tell({ words, title, href, row, kind }: Chosen, box: HTMLElement, clear: () => void): void {
  const place = document.getElementById("map-chosen");
  if (!place) return;
  const name = title ? (href ? el("a", { href }, title) : title) : "";
  const parts = box.dataset["parts"] ?? "";
  const token = new URLSearchParams(location.search).get("token");
  const query = `${kind}=${row}${token ? `&token=${encodeURIComponent(token)}` : ""}`;
  replace(
    place,
    el("p", {}, title ? el("strong", {}, name) : "", title ? el("br") : "", words),
    el(
      "p",
      { class: "button-row" },
      kind ? el("a", { class: "tall-link", href: `#${kind}-${row}` }, text("w-to-row")) : "",
      kind ? el("a", { class: "tall-link", href: `${parts}?${query}` }, text("w-row-parts")) : "",
      el("button", { type: "button", class: "button button-plain", onclick: () => { clear(); place.hidden = true; delete box.dataset["chosen"]; } }, text("w-let-go")),
    ),
  );
  place.hidden = false;
}

function reduced(): boolean {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
