// Citizens' reports. The form works without this; here photos are made small, the map and the phone give the place,
// and a second press sends nothing twice.
import "../styles/base.css";
import "../styles/components.css";
import "../styles/forms.css";
import "../styles/pages.css";
import "../styles/panel.css";
import "../styles/report.css";
import { shrinkChosen } from "../report/photos";
import type { Place } from "../report/place";
import { startLanguageSwitch } from "../ui/language";
import { startCopyButtons } from "../ui/share";

startLanguageSwitch();
startCopyButtons(document.body.dataset["copied"] ?? "");
document.getElementById("refusal")?.focus();

// An object is as large as a plot: nearer than a place that was only touched.
const NEAR = 17;

function byId<T extends HTMLElement>(id: string): T | null {
  return document.getElementById(id) as T | null;
}

function startSending(form: HTMLFormElement, button: HTMLButtonElement): void {
  const words = button.textContent;
  form.addEventListener("submit", () => {
    button.textContent = form.dataset["sending"] ?? "";
    button.disabled = true;
  });
  // Going back brings the page as it was left.
  window.addEventListener("pageshow", () => {
    button.textContent = words;
    button.disabled = false;
  });
}

async function startWhere(form: HTMLFormElement, where: HTMLElement): Promise<void> {
  const position = byId<HTMLInputElement>("id_position");
  const box = byId("report-map");
  const said = byId("where-said");
  if (!position || !box || !said) return;
  where.hidden = false;
  const say = (key: string, metres = 0): void => {
    said.textContent = (form.dataset[key] ?? "").replace("{m}", String(metres));
  };
  const fill = (lon: number, lat: number): void => {
    position.value = `${lat.toFixed(6)}, ${lon.toFixed(6)}`;
  };
  let place: Place | null = null;
  const open = async (): Promise<void> => {
    try {
      const { degreesOf, startPlace } = await import("../report/place");
      place = await startPlace(box, (lon, lat) => {
        fill(lon, lat);
        say("touched");
      });
      const typed = degreesOf(position.value);
      const { lon, lat } = box.dataset;
      if (typed) place.put(...typed);
      else if (lon && lat) place.put(Number(lon), Number(lat), NEAR);
      position.addEventListener("change", () => {
        const now = degreesOf(position.value);
        if (now) place?.put(...now);
      });
    } catch (error) {
      console.warn("map", error);
      box.hidden = true;
      say("mapFailed");
    }
  };
  byId("here")?.addEventListener("click", () => {
    if (!("geolocation" in navigator)) {
      say("noLocation");
      return;
    }
    say("locating");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        fill(coords.longitude, coords.latitude);
        place?.put(coords.longitude, coords.latitude);
        say("located", Math.ceil(coords.accuracy));
      },
      () => say("noLocation"),
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 10000 },
    );
  });
  new IntersectionObserver((entries, observer) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    observer.disconnect();
    void open();
  }).observe(box);
}

const form = byId<HTMLFormElement>("report");
const button = form?.querySelector<HTMLButtonElement>("button:not([type])");
const photos = byId<HTMLInputElement>("id_photos");
const where = byId("where");
if (form && button && photos && where) {
  startSending(form, button);
  const words = { shrinking: form.dataset["shrinking"] ?? "", shrunk: form.dataset["shrunk"] ?? "", tooMany: form.dataset["tooMany"] ?? "" };
  const say = (text: string): void => {
    const line = byId("photos-said");
    if (line) line.textContent = text;
  };
  shrinkChosen(photos, words, say, (busy) => {
    button.disabled = busy;
  });
  void startWhere(form, where);
}
const handled = byId("handled-map");
if (handled && !handled.hidden) void import("../report/handled").then(({ startHandled }) => startHandled(handled));
