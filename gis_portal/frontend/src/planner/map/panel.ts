// The list of layers of the side that is being set: order, opacity, group, colours by a field, filter, legend.
import { text } from "../../config";
import { number } from "../../format";
import { el, replace } from "../../officer/shell/dom";
import { labelled, type Option, select, small, textBox } from "../builder/boxes";
import { filterBox } from "../builder/filter";
import { plannerConfig, type PlannerLayer } from "../document";
import { type Classes, classesOf, type Composition, type Entry, mapConfig, type Theme } from "./composition";

const open = new WeakSet<Entry>();

export class Panel {
  readonly #composition: Composition;
  readonly #changed: (side: number) => void;
  #side = 0;

  constructor(composition: Composition, changed: (side: number) => void) {
    this.#composition = composition;
    this.#changed = changed;
  }

  draw(): void {
    const two = this.#composition.mode !== "one";
    if (!two) this.#side = 0;
    const sides = document.getElementById("workbench-sides");
    if (sides) {
      sides.hidden = !two;
      replace(sides, ...[0, 1].map((side) => this.#sideButton(side)));
    }
    const box = document.getElementById("workbench-layers");
    if (!box) return;
    const entries = this.#entries;
    const options = plannerConfig().layers.map(({ slug, title }) => ({ value: slug, label: title }));
    const rows = entries.length ? this.#rows(entries) : [el("p", { class: "soft" }, text("m-empty"))];
    const add = labelled(text("m-add"), select(options, "", (layer) => this.#add(layer)));
    replace(box, ...rows, add);
  }

  get #entries(): Entry[] {
    return this.#composition.sides[this.#side] ?? [];
  }

  #sideButton(side: number): HTMLElement {
    const pressed = side === this.#side;
    const pick = (): void => {
      this.#side = side;
      this.draw();
    };
    return el("button", { type: "button", class: `button ${pressed ? "" : "button-quiet"}`, "aria-pressed": String(pressed), onclick: pick }, text(`m-side-${side}`));
  }

  #add(layer: string): void {
    const entry: Entry = { layer, on: true, opacity: 1, group: "", filter: null, theme: null };
    open.add(entry);
    this.#entries.unshift(entry);
    this.#update();
  }

  #update(redraw = true): void {
    if (redraw) this.draw();
    this.#changed(this.#side);
  }

  #rows(entries: Entry[]): HTMLElement[] {
    const rows: HTMLElement[] = [];
    let group = "";
    entries.forEach((entry, index) => {
      if (entry.group && entry.group !== group) rows.push(this.#groupRow(entry.group, entries));
      group = entry.group;
      rows.push(this.#row(entry, index, entries));
    });
    return rows;
  }

  #groupRow(group: string, entries: Entry[]): HTMLElement {
    const members = entries.filter((entry) => entry.group === group);
    const box = el("input", { type: "checkbox", class: "switch", role: "switch", checked: members.every(({ on }) => on), "aria-label": text("m-group-switch", { name: group }) }) as HTMLInputElement;
    box.addEventListener("change", () => {
      for (const member of members) member.on = box.checked;
      this.#update();
    });
    return el("div", { class: "workbench-group" }, el("b", {}, group), box);
  }

  #row(entry: Entry, index: number, entries: Entry[]): HTMLElement {
    const layer = plannerConfig().layers.find(({ slug }) => slug === entry.layer);
    const title = layer?.title ?? entry.layer;
    const on = el("input", { type: "checkbox", class: "switch", role: "switch", checked: entry.on, "aria-label": text("m-show", { title }) }) as HTMLInputElement;
    on.addEventListener("change", () => {
      entry.on = on.checked;
      this.#update();
    });
    const details = el("details", { class: "more", open: open.has(entry) }, el("summary", { "aria-label": text("m-settings", { title }) }, title), layer ? this.#settings(entry, index, entries, layer) : null) as HTMLDetailsElement;
    details.addEventListener("toggle", () => (details.open ? open.add(entry) : open.delete(entry)));
    return el("div", { class: "workbench-entry" }, details, on, entry.theme ? legendOf(entry) : null);
  }

  #settings(entry: Entry, index: number, entries: Entry[], layer: PlannerLayer): HTMLElement {
    const move = (by: number): void => {
      const [moved] = entries.splice(index, 1);
      if (moved) entries.splice(index + by, 0, moved);
      this.#update();
    };
    const opacity = el("input", { type: "range", min: 0, max: 100, value: Math.round(entry.opacity * 100) }) as HTMLInputElement;
    opacity.addEventListener("change", () => {
      entry.opacity = opacity.valueAsNumber / 100;
      this.#update(false);
    });
    return el(
      "div",
      { class: "stack-tight" },
      labelled(text("m-opacity"), opacity),
      this.#themeBox(entry, layer),
      el("p", {}, el("b", {}, text("m-filter"))),
      filterBox(layer, entry.filter ?? undefined, (filter) => {
        entry.filter = filter ?? null;
        this.#update(false);
      }),
      entry.theme || entry.filter ? el("p", { class: "small soft" }, text("m-small")) : null,
      labelled(
        text("m-group"),
        textBox(entry.group, (group) => {
          entry.group = group.trim();
          this.#update();
        }),
      ),
      el(
        "div",
        { class: "button-row" },
        index > 0 ? small(text("m-up"), () => move(-1)) : null,
        index < entries.length - 1 ? small(text("m-down"), () => move(1)) : null,
        small(text("m-remove"), () => {
          entries.splice(index, 1);
          this.#update();
        }),
      ),
    );
  }

  #themeBox(entry: Entry, layer: PlannerLayer): HTMLElement {
    const fields: Option[] = layer.fields.filter(({ kind }) => kind !== "list").map(({ name, label }) => ({ value: name, label }));
    const pick = (field: string): void => {
      const isNumber = layer.fields.find(({ name }) => name === field)?.kind === "number";
      entry.theme = field ? { field, method: "quantile", n: 5, palette: isNumber ? "sea" : "distinct" } : null;
      this.#update();
    };
    const box = el("div", { class: "stack-tight" }, labelled(text("m-color-by"), select([{ value: "", label: text("m-own-style") }, ...fields], entry.theme?.field ?? "", pick)));
    const { theme } = entry;
    if (!theme || layer.fields.find(({ name }) => name === theme.field)?.kind !== "number") return box;
    const set = <K extends keyof Theme>(key: K) => (value: string): void => {
      theme[key] = (key === "n" ? Number(value) : value) as Theme[K];
      this.#update();
    };
    const methods = (["quantile", "equal", "natural"] as const).map((value) => ({ value, label: text(`m-${value}`) }));
    box.append(
      el(
        "div",
        { class: "planner-condition" },
        labelled(text("m-method"), select(methods, theme.method, set("method"))),
        labelled(text("m-count"), select(mapConfig.counts.map((n) => ({ value: String(n), label: String(n) })), String(theme.n), set("n"))),
        labelled(text("m-palette"), select(mapConfig.palettes.filter(({ kind }) => kind !== "distinct").map(({ slug, title }) => ({ value: slug, label: title })), theme.palette, set("palette"))),
      ),
    );
    return box;
  }
}

function legendOf(entry: Entry): HTMLElement {
  const list = el("ul", { class: "legend workbench-legend" }, el("li", {}, el("span", {}, text("m-loading"))));
  if (!entry.theme) return list;
  classesOf(entry.layer, entry.theme)
    .then((classes) => replace(list, ...lines(classes)))
    .catch(() => replace(list, el("li", {}, el("span", {}, text("m-classes-failed")))));
  return list;
}

function lines({ lines: found, missing, others, unknown }: Classes): HTMLElement[] {
  const line = (label: string, colour: string, count: number): HTMLElement => el("li", {}, swatch(colour), el("span", {}, label), el("span", { class: "count" }, number(count, 0)));
  return [
    ...found.map(({ label, colour, count }) => line(label, colour, count)),
    ...(others ? [line(text("m-others"), unknown, others)] : []),
    ...(missing ? [line(text("m-missing"), unknown, missing)] : []),
  ];
}

function swatch(colour: string): HTMLElement {
  const box = el("span", { class: "workbench-swatch", "aria-hidden": "true" });
  box.style.background = colour;
  return box;
}
