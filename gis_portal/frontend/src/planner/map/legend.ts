// What an entry's colours mean: the classes of its theme, else the layer's own; every colour as the map shows it, over
// the same ground and as dense.
import { config, text } from "../../config";
import { number } from "../../format";
import { el, replace } from "../../officer/shell/dom";
import { type Described, PLAIN_RESULT, RESULT_FILL, UNKNOWN } from "../result-layers";
import { type Classes, classesOf, describedOf, type Entry, mapConfig, resultOf } from "./composition";
import { PLAIN, THEMED } from "./side";

export function legendOf(entry: Entry): HTMLElement {
  const list = el("ul", { class: "legend workbench-legend" });
  if (entry.run) {
    replace(list, el("li", {}, el("span", {}, text("m-loading-result"))));
    describedOf(entry.run)
      .then((found) => replace(list, ...resultLines(entry, found)))
      .catch(() => replace(list, el("li", {}, el("span", {}, text("m-result-failed")))));
    return list;
  }
  if (!entry.theme) {
    const own = entry.filter ? [{ label: config.layers.find(({ slug }) => slug === entry.layer)?.title ?? "", colour: PLAIN }] : (mapConfig.legends[entry.layer] ?? []);
    const density = entry.filter ? THEMED : (mapConfig.densities[entry.layer] ?? 1);
    const of = entry.filter ? "" : mapConfig.classed[entry.layer];
    replace(list, of ? head(of) : null, ...own.map(({ label, colour }) => line(label, swatch(entry, colour, density))));
    return list;
  }
  replace(list, el("li", {}, el("span", {}, text("m-loading"))));
  classesOf(entry.layer, entry.theme)
    .then((classes) => replace(list, ...lines(entry, classes)))
    .catch(() => replace(list, el("li", {}, el("span", {}, text("m-classes-failed")))));
  return list;
}

/** What the classes are of, with its unit. */
function head(words: string): HTMLElement {
  return el("li", { class: "workbench-legend-head" }, el("b", {}, words));
}

function resultLines(entry: Entry, { legend, class_label, unclassed, dimension }: Described): (HTMLElement | null)[] {
  const geometry = ["point", "line", "polygon"][dimension] ?? "polygon";
  const mark = (label: string, colour: string): HTMLElement => line(label, swatch(entry, colour, RESULT_FILL, geometry));
  return [
    class_label ? head(class_label) : null,
    ...legend.map(({ label, color }) => mark(label, color)),
    ...(legend.length ? [] : [mark(resultOf(entry)?.title ?? "", PLAIN_RESULT)]),
    unclassed ? mark(text("m-missing"), UNKNOWN) : null,
  ];
}

function lines(entry: Entry, { label: of, lines: found, missing, others, unknown }: Classes): HTMLElement[] {
  const counted = (label: string, colour: string, count: number): HTMLElement => line(label, swatch(entry, colour, THEMED), count);
  return [
    head(of),
    ...found.map(({ label, colour, count }) => counted(label, colour, count)),
    ...(others ? [counted(text("m-others"), unknown, others)] : []),
    ...(missing ? [counted(text("m-missing"), unknown, missing)] : []),
  ];
}

function line(label: string, mark: HTMLElement, count: number | null = null): HTMLElement {
  return el("li", {}, mark, el("span", {}, label), count === null ? null : el("span", { class: "count" }, number(count, 0)));
}

function swatch(entry: Entry, colour: string, density: number, drawn?: string): HTMLElement {
  const geometry = drawn ?? config.layers.find(({ slug }) => slug === entry.layer)?.geometry ?? "polygon";
  const ink = el("span", {});
  ink.style.background = colour;
  ink.style.opacity = String((geometry === "polygon" ? density : 1) * entry.opacity);
  return el("span", { class: `workbench-swatch workbench-swatch-${geometry}`, "data-theme": "light", "aria-hidden": "true" }, ink);
}
