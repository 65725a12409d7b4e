// What the handbook's user chooses for this device: language, and a screen for the sun. The rest of the page is ../lock/device.ts.
import { el } from "./dom";
import { say } from "./shell-words";
import { choose, language } from "./words";

const THEME = "officer-theme";
/** The map has colours of its own. */
export const THEME_CHANGED = "officer-theme-changed";

/** Sun: the light colours with the strongest contrast, whatever the device says. */
export function applyTheme(): void {
  const isSun = localStorage.getItem(THEME) === "sun";
  document.documentElement.toggleAttribute("data-sun", isSun);
  if (isSun) document.documentElement.dataset["theme"] = "light";
  else delete document.documentElement.dataset["theme"];
}

function choice(name: string, legend: string, options: [value: string, words: string][], chosen: string, pick: (value: string) => void): HTMLElement {
  const ticks = options.map(([value, words]) =>
    el("label", { class: "tick" }, el("input", { type: "radio", name, value, checked: value === chosen, onchange: () => pick(value) }), el("span", {}, words)),
  );
  return el("fieldset", { class: "stack-tight officer-choice" }, el("legend", {}, legend), ...ticks);
}

export function choices(): HTMLElement[] {
  const themes: [string, string][] = [["auto", say("themeAuto")], ["sun", say("themeSun")]];
  return [
    choice("language", say("language"), [["vi", "Tiếng Việt"], ["en", "English"]], language(), (value) => {
      choose(value === "en" ? "en" : "vi");
      location.reload();
    }),
    choice("theme", say("theme"), themes, localStorage.getItem(THEME) ?? "auto", (value) => {
      localStorage.setItem(THEME, value);
      applyTheme();
      dispatchEvent(new Event(THEME_CHANGED));
    }),
  ];
}
