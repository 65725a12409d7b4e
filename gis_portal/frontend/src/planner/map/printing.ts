// What is on the screen, on paper: the form is sent as it is, with the place and, for planners, the map as it stands.
import type { Map as MapLibreMap } from "maplibre-gl";
import type { Composition } from "./composition";
import { viewed } from "./saving";

export function startPrinting(composition: Composition, map: MapLibreMap): void {
  const form = document.getElementById("workbench-print") as HTMLFormElement | null;
  const put = (name: string, value: string): void => {
    const box = form?.elements.namedItem(name);
    if (box instanceof HTMLInputElement) box.value = value;
  };
  form?.addEventListener("submit", () => {
    put("box", map.getBounds().toArray().flat().map((edge) => edge.toFixed(6)).join(","));
    put("document", JSON.stringify(viewed(composition, map)));
    put("title", (document.getElementById("map-title") as HTMLInputElement | null)?.value ?? "");
  });
}
