// What an entry's colours mean: the classes of its theme, else the layer's own; every colour as the map shows it, over
// the same ground and as dense.
import { config, text } from "../../config";
import { number } from "../../format";
import { el, replace } from "../../officer/shell/dom";
import { type Classes, classesOf, type Entry, mapConfig } from "./composition";
import { PLAIN, THEMED } from "./side";

export function legendOf(entry: Entry): HTMLElement {
  const list = el("ul", { class: "legend workbench-legend" });
  if (!entry.theme) {
    const own = entry.filter ? [{ label: config.layers.find(({ slug }) => slug === entry.layer)?.title ?? "", colour: PLAIN }] : (mapConfig.legends[entry.layer] ?? []);
    const density = entry.filter ? THEMED : (mapConfig.densities[entry.layer] ?? 1);
    replace(list, ...own.map(({ label, colour }) => line(label, swatch(entry, colour, density))));
    return list;
  }
  replace(list, el("li", {}, el("span", {}, text("m-loading"))));
  classesOf(entry.layer, entry.theme)
    .then((classes) => replace(list, ...lines(entry, classes)))
    .catch(() => replace(list, el("li", {}, el("span", {}, text("m-classes-failed")))));
  return list;
}

function lines(entry: Entry, { lines: found, missing, others, unknown }: Classes): HTMLElement[] {
  const counted = (label: string, colour: string, count: number): HTMLElement => line(label, swatch(entry, colour, THEMED), count);
  return [
    ...found.map(({ label, colour, count }) => counted(label, colour, count)),
    ...(others ? [counted(text("m-others"), unknown, others)] : []),
    ...(missing ? [counted(text("m-missing"), unknown, missing)] : []),
  ];
}

function line(label: string, mark: HTMLElement, count: number | null = null): HTMLElement {
  return el("li", {}, mark, el("span", {}, label), count === null ? null : el("span", { class: "count" }, number(count, 0)));
}

function swatch(entry: Entry, colour: string, density: number): HTMLElement {
  const geometry = config.layers.find(({ slug }) => slug === entry.layer)?.geometry ?? "polygon";
  const ink = el("span", {});
  ink.style.background = colour;
  ink.style.opacity = String((geometry === "polygon" ? density : 1) * entry.opacity);
  return el("span", { class: `workbench-swatch workbench-swatch-${geometry}`, "data-theme": "light", "aria-hidden": "true" }, ink);
}
