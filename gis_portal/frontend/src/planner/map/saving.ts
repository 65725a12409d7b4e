// Saving a map and handing on its address. What was changed since is said, and asked about when the page is left.
import type { Map as MapLibreMap } from "maplibre-gl";
import { text } from "../../config";
import { plannerConfig } from "../document";
import { type Composition, mapConfig } from "./composition";

export interface Saving {
  changed(): void;
}

export function viewed(composition: Composition, map: MapLibreMap): Composition {
  const { lng, lat } = map.getCenter();
  return { ...composition, view: { lon: lng, lat, zoom: map.getZoom() } };
}

export function startSaving(composition: Composition, map: MapLibreMap): Saving {
  const form = document.getElementById("workbench-save");
  const said = document.getElementById("map-saved");
  const title = document.getElementById("map-title") as HTMLInputElement | null;
  const shared = document.getElementById("map-shared") as HTMLSelectElement | null;
  if (!form || !said || !title || !shared) return { changed: () => undefined };
  let isChanged = false;
  window.addEventListener("beforeunload", (event) => {
    if (isChanged) event.preventDefault();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const body = JSON.stringify({ title: title.value, shared: shared.value, document: viewed(composition, map) });
    void fetch(mapConfig.saveUrl, { method: "POST", body, headers: { "Content-Type": "application/json", "X-CSRFToken": plannerConfig().csrf } })
      .then(async (response) => {
        const answer = (await response.json()) as { address?: string; title?: string; detail?: string };
        if (!response.ok || !answer.address) throw new Error([answer.title, answer.detail].filter(Boolean).join(": "));
        mapConfig.saveUrl = answer.address;
        history.replaceState(null, "", answer.address);
        isChanged = false;
        said.textContent = text("m-saved");
        handOn(answer.address, shared.value);
      })
      .catch((error: unknown) => {
        said.textContent = (error instanceof Error && error.message) || text("m-save-failed");
      });
  });
  return {
    changed: () => {
      isChanged = true;
      said.textContent = text("m-unsaved");
    },
  };
}

/** The address, to be copied, unless nobody else may open it. */
function handOn(address: string, shared: string): void {
  const box = document.getElementById("map-link-box");
  const link = document.getElementById("map-link");
  if (link) link.textContent = `${location.origin}${address}`;
  box?.toggleAttribute("hidden", shared === "private");
}
