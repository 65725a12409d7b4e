// Boxes of the form: a label over a control, drawn anew whenever the question changes.
import { text } from "../../config";
import { el } from "../../officer/shell/dom";

let last = 0;

export function labelled(words: string, control: HTMLElement, help = ""): HTMLElement {
  last += 1;
  control.id ||= `b${last}`;
  return el("div", { class: "field" }, el("label", { for: control.id }, words), help ? el("p", { class: "help small soft" }, help) : null, control);
}

export interface Option {
  value: string;
  label: string;
}

export function select(options: Option[], value: string, pick: (value: string) => void, choose = true): HTMLSelectElement {
  const box = el("select", { class: "select" }) as HTMLSelectElement;
  const known = options.some((option) => option.value === value);
  if (!known) box.append(el("option", { value }, value || (choose ? text("b-choose") : "")));
  for (const option of options) box.append(el("option", { value: option.value }, option.label));
  box.value = value;
  box.addEventListener("change", () => pick(box.value));
  return box;
}

export function numberBox(value: unknown, pick: (value: number | null) => void, props: Record<string, string | number> = {}): HTMLInputElement {
  const box = el("input", { type: "number", step: "any", inputmode: "decimal", ...props }) as HTMLInputElement;
  box.value = typeof value === "number" ? String(value) : "";
  box.addEventListener("change", () => pick(box.value === "" ? null : box.valueAsNumber));
  return box;
}

export function textBox(value: string, pick: (value: string) => void, props: Record<string, string> = {}): HTMLInputElement {
  const box = el("input", { type: "text", ...props }) as HTMLInputElement;
  box.value = value;
  box.addEventListener("change", () => pick(box.value));
  return box;
}

export function tick(words: string, checked: boolean, pick: (checked: boolean) => void): HTMLElement {
  const box = el("input", { type: "checkbox", checked }) as HTMLInputElement;
  box.addEventListener("change", () => pick(box.checked));
  return el("label", { class: "tick" }, box, el("span", {}, words));
}

export function small(words: string, press: () => void): HTMLElement {
  return el("button", { type: "button", class: "button button-plain", onclick: () => press() }, words);
}
