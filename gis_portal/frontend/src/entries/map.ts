// The map page. The shell (search, sheet, layer list) works at once; the map arrives as its own chunk.
import "../styles/base.css";
import "../styles/components.css";
import "../styles/forms.css";
import "../styles/map.css";
import "../styles/search.css";
import "../styles/sheet.css";
import "../styles/panel.css";
import "../styles/detail.css";
import "../styles/imagery.css";
import "../styles/map-still.css";
import "../styles/noscript.css";
import { config, text } from "../config";
import type { Session } from "../map/session";
import * as store from "../state/store";
import { watchConnection } from "../ui/connection";
import { startLanguageSwitch } from "../ui/language";
import { Panel } from "../ui/panel";
import { Poster } from "../ui/poster";
import { Search, type SearchResult } from "../ui/search";
import { share } from "../ui/share";
import { Sheet } from "../ui/sheet";
import { Tabs } from "../ui/tabs";

function byId(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (!element) throw new Error(`#${id} is missing`);
  return element;
}

const sheet = new Sheet(byId("sheet"));
const tabs = new Tabs(byId("tabs"), () => sheet.atLeast("half"));
const panel = new Panel(byId("panel-box"));
let session: Session | null = null;

function layerSwitches(): HTMLInputElement[] {
  return [...document.querySelectorAll<HTMLInputElement>("input[data-layer]")];
}

function syncSwitches(): void {
  const shown = new Set(store.visibleLayers());
  for (const input of layerSwitches()) input.checked = shown.has(input.dataset["layer"] ?? "");
}

function startSwitches(): void {
  syncSwitches();
  for (const input of layerSwitches()) {
    input.addEventListener("change", () => {
      store.toggleLayer(input.dataset["layer"] ?? "", input.checked);
    });
  }
  store.onChange(syncSwitches);
}

function pick(result: SearchResult, byKeyboard: boolean): void {
  if (poster.isShown) void poster.open().then(() => pick(result, byKeyboard));
  else if (session) session.pick(result, byKeyboard);
  else if (result.url) location.assign(result.url);
}

/** Pictures under the layers, once the style is there to put them in. */
async function startPictures({ map }: Session): Promise<void> {
  const { startImagery } = await import("../map/imagery");
  const section = byId("imagery");
  const reveal = (): void => {
    tabs.open("layers");
    sheet.atLeast("half");
    section.scrollIntoView({ block: "start" });
    section.querySelector("summary")?.focus({ preventScroll: true });
  };
  const start = (): void => startImagery(map, section, reveal);
  // Not `isStyleLoaded`: that is false while tiles are on their way.
  if (document.body.dataset["map"] === "ready") start();
  else map.once("style.load", start);
}

async function startMap(): Promise<void> {
  document.body.dataset["map"] = "loading";
  try {
    const { Session } = await import("../map/session");
    session = await Session.start({
      container: byId("map"),
      sheet,
      panel,
      openTab: (name) => tabs.open(name),
    });
    if (config.imagery.length) await startPictures(session);
  } catch (error) {
    console.warn("map", error);
    document.body.dataset["map"] = "failed";
    byId("map-failed-words").textContent = text(navigator.onLine ? "mapFailed" : "mapOffline");
  }
}

/** Resolves when the buttons on the map work, also when the map could not be opened. */
async function openMap(): Promise<void> {
  await startMap();
  const { map } = session ?? {};
  if (map && document.body.dataset["map"] === "loading") {
    await new Promise((done) => map.once("style.load", done));
  }
}

/** Nothing in the address says that somebody came for the map. */
function isHomeView(): boolean {
  const { layers, view, selection, imagery } = store.current();
  return !layers && !view && !selection && !imagery.shown;
}

const poster = new Poster(byId("map-open"), openMap);
startSwitches();
startLanguageSwitch();
watchConnection();
new Search(document.querySelector("form.search") as HTMLFormElement, pick);
byId("map-retry").addEventListener("click", () => location.reload());
document.addEventListener("click", (event) => {
  const target = event.target as HTMLElement;
  if (target.closest("[data-share]")) {
    const title = panel.article?.dataset["title"] ?? document.title;
    void share(store.shareAddress(), title, text("linkCopied"));
  }
  if (target.closest("[data-close-panel]")) store.select(null);
  const link = target.closest<HTMLElement>("[data-select]");
  const [layer, uid] = (link?.dataset["select"] ?? "").split("/");
  if (session && layer && uid) {
    event.preventDefault();
    store.select({ layer, uid });
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !event.defaultPrevented) session?.dismiss();
});
if (isHomeView() && poster.isShown) {
  poster.fetchAhead((byId("map-files") as HTMLTemplateElement).content);
  store.onChange(() => void poster.open());
} else void poster.open();
