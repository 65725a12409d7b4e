// Pictures of the ground under the layers: follows the address, fills the list, moves the slider.
import type { Map as MapLibreMap } from "maplibre-gl";
import { config, text } from "../config";
import type { Imagery } from "../state/permalink";
import * as store from "../state/store";
import { ImageryPanel } from "../ui/imagery-panel";
import { Swipe } from "../ui/swipe";
import { toast } from "../ui/toast";
import { allPictures, find, forgetPictures, type Pictures } from "./imagery-dates";
import { ImageryLayers, type Side } from "./imagery-layers";
import { sight, type Sight } from "./sight";

/** What is said, on the map, of a picture that cannot be made out where the map stands. */
const REMARKS: Record<Sight, string> = {
  seen: "",
  tiny: "imageryTiny",
  elsewhere: "imageryElsewhere",
};

/** Wires the section `#imagery` of the list to the map; `reveal` brings it into view. */
export function startImagery(map: MapLibreMap, section: HTMLElement, reveal: () => void): void {
  const layers = new ImageryLayers(map);
  const panel = new ImageryPanel(section, (change) => store.setImagery(change));
  const swipe = new Swipe((cut) => store.setImagery({ cut }), (share) => layers.cutAt(share));

  const apply = async (imagery: Imagery): Promise<void> => {
    if (!imagery.shown && !panel.isOpen) {
      panel.summarise(null);
      layers.show(null);
      swipe.hide();
      return;
    }
    const all = await allPictures();
    // A later choice may have come in meanwhile.
    if (imagery !== store.current().imagery) return;
    draw(imagery, all);
  };

  const draw = (imagery: Imagery, all: Pictures[]): void => {
    const { shown, against, cut } = imagery;
    const right = shown ? find(all, shown) : null;
    const isCompared = right !== null && against !== null;
    const left: Side = isCompared && against !== "map" ? find(all, against) : null;
    panel.fill(all, right ? imagery : { ...imagery, shown: null, against: null });
    if (shown && !right) toast(text("imageryGone"));
    layers.show(right, isCompared ? left : undefined);
    document.body.toggleAttribute("data-imagery", right !== null);
    if (isCompared) swipe.compare(left, right, cut);
    else if (right) swipe.label(right);
    else swipe.hide();
    const words = right ? REMARKS[seen(map, right)] : "";
    swipe.say(words && text(words), () => goTo(map, right));
    if (all.length) panel.say("");
  };

  const start = (imagery: Imagery): void => {
    apply(imagery).catch((error: unknown) => {
      console.warn("imagery", error);
      panel.say(text(navigator.onLine ? "imageryFailed" : "mapOffline"));
    });
  };

  startSwitches();
  store.onImagery(start);
  panel.onOpen(() => start(store.current().imagery));
  map.on("moveend", () => {
    if (store.current().imagery.shown) start(store.current().imagery);
  });
  watchRetired(map, () => start(store.current().imagery));
  document.getElementById("imagery-tool")?.addEventListener("click", () => {
    panel.open();
    reveal();
  });
  start(store.current().imagery);
}

/** The switches of imagery layers in the list: the newest picture of the layer, or none. */
function startSwitches(): void {
  const switches = [...document.querySelectorAll<HTMLInputElement>("input[data-imagery]")];
  const sync = ({ shown }: Imagery): void => {
    for (const input of switches) input.checked = shown?.layer === input.dataset["imagery"];
  };
  for (const input of switches) {
    input.addEventListener("change", () => {
      if (!input.checked) store.setImagery({ shown: null, against: null });
      else void allPictures().then((all) => pickNewest(all, input.dataset["imagery"] ?? ""));
    });
  }
  store.onImagery(sync);
  sync(store.current().imagery);
}

function pickNewest(all: readonly Pictures[], layer: string): void {
  const newest = all.find((each) => each.layer === layer);
  store.setImagery({ shown: newest ?? null, against: null });
}

/** A square that is not there any more: a new version is live, its dates are asked for again. */
function watchRetired(map: MapLibreMap, again: () => void): void {
  let last = 0;
  map.on("error", (event) => {
    const source = (event as { sourceId?: string }).sourceId;
    const { status } = event.error as Error & { status?: number };
    if (!source?.startsWith("imagery:") || status !== 404 || Date.now() - last < 10_000) return;
    last = Date.now();
    forgetPictures();
    again();
  });
}

function seen(map: MapLibreMap, { bounds: [west, south, east, north] }: Pictures): Sight {
  const { x: left, y: top } = map.project([west, north]);
  const { x: right, y: bottom } = map.project([east, south]);
  const { clientWidth, clientHeight } = map.getContainer();
  // The padding is what the sheet covers.
  const free = clientHeight - (map.getPadding().bottom ?? 0);
  return sight({ left, top, right, bottom }, { left: 0, top: 0, right: clientWidth, bottom: free });
}

function goTo(map: MapLibreMap, pictures: Pictures | null): void {
  if (!pictures) return;
  const [west, south, east, north] = pictures.bounds;
  map.fitBounds([west, south, east, north], { padding: 32, maxZoom: pictures.maxzoom });
}

/** The newest picture of the layer whose page this is, on its small map. */
export async function showNewest(map: MapLibreMap): Promise<void> {
  const newest = (await allPictures()).find(({ layer }) => layer === config.only);
  if (!newest) return;
  const layers = new ImageryLayers(map);
  layers.show(newest);
}
