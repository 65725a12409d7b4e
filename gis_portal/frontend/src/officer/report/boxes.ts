// Boxes to write into. None of them is remembered by the browser: with `autocomplete` off it writes nothing of them into its
// session file, where a note would lie in the open.
import { el } from "../shell/dom";

let numbered = 0;
const nextId = (): string => `report-${++numbered}`;

export const PRIVATE = { autocomplete: "off", spellcheck: "false", autocapitalize: "sentences" } as const;

export function labelledBox(label: string, box: HTMLElement, help = ""): HTMLElement {
  box.id = nextId();
  const helped = help ? el("p", { class: "hint", id: `${box.id}-help` }, help) : null;
  if (helped) box.setAttribute("aria-describedby", helped.id);
  return el("div", { class: "field" }, el("label", { for: box.id }, label), helped, box);
}

export function textBox(label: string, value: string, changed: (text: string) => void, rows = 1, help = ""): HTMLElement {
  const box = rows > 1 ? el("textarea", { ...PRIVATE, rows, maxlength: 8000 }) : el("input", { ...PRIVATE, type: "text", maxlength: 200 });
  box.value = value;
  box.addEventListener("input", () => changed(box.value));
  return labelledBox(label, box, help);
}

export function selectBox(label: string, choices: [string, string][], none: string, value: string, changed: (value: string) => void): HTMLElement {
  const options: [string, string][] = [["", none], ...choices];
  // What was chosen with an older list stays choosable.
  if (value && !options.some(([one]) => one === value)) options.push([value, value]);
  const box = el("select", { ...PRIVATE }, ...options.map(([one, name]) => el("option", { value: one }, name)));
  box.value = value;
  box.addEventListener("change", () => changed(box.value));
  return labelledBox(label, box);
}

/** Large buttons, one of which holds. */
export function chips(label: string, choices: [string, string][], value: string, changed: (value: string) => void): HTMLElement {
  const name = nextId();
  const ticks = choices.map(([one, words]) => {
    const input = el("input", { ...PRIVATE, type: "radio", name, value: one });
    input.checked = one === value;
    input.addEventListener("change", () => changed(one));
    return el("label", { class: "big-tick" }, input, el("span", {}, words));
  });
  return el("fieldset", { class: "big-ticks" }, el("legend", {}, label), ...ticks);
}

/** Several may hold. */
export function ticks(label: string, choices: [string, string][], values: string[], changed: (values: string[]) => void): HTMLElement {
  const chosen = new Set(values);
  const boxes = choices.map(([one, words]) => {
    const input = el("input", { ...PRIVATE, type: "checkbox", value: one });
    input.checked = chosen.has(one);
    input.addEventListener("change", () => {
      if (input.checked) chosen.add(one);
      else chosen.delete(one);
      changed(choices.map(([value]) => value).filter((value) => chosen.has(value)));
    });
    return el("label", { class: "big-tick" }, input, el("span", {}, words));
  });
  return el("fieldset", { class: "big-ticks" }, el("legend", {}, label), ...boxes);
}
