// The list of layers of the side that is being set: order, opacity, group, colours by a field, filter, legend.
import { config, text } from "../../config";
import { el, replace } from "../../officer/shell/dom";
import { labelled, type Option, select, small, textBox } from "../builder/boxes";
import { filterBox } from "../builder/filter";
import { plannerConfig, type PlannerLayer } from "../document";
import { type Composition, describedOf, type Entry, mapConfig, resultOf, type Theme } from "./composition";
import { legendOf } from "./legend";
import { canMove, move, together } from "./order";

const open = new WeakSet<Entry>();
const FRESH: Entry = { layer: "", on: true, opacity: 1, group: "", filter: null, theme: null };
type Bounds = [number, number, number, number];

export class Panel {
  readonly #composition: Composition;
  readonly #changed: (side: number) => void;
  readonly #goTo: (bounds: Bounds) => void;
  #side = 0;

  constructor(composition: Composition, changed: (side: number) => void, goTo: (bounds: Bounds) => void) {
    this.#composition = composition;
    this.#changed = changed;
    this.#goTo = goTo;
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
    const held = keyOf(document.activeElement);
    const results = mapConfig.results.map(({ id, title, when }) => ({ value: id, label: `${title} (${when})` }));
    const addResult = results.length ? labelled(text("m-add-result"), select(results, "", (run) => this.#put({ ...FRESH, layer: "", run }))) : null;
    replace(box, add, addResult, ...rows);
    // Everything is drawn anew: whoever works with keys stays where they were.
    if (held) [...box.querySelectorAll<HTMLElement>("[data-key]")].find((control) => control.dataset["key"] === held)?.focus();
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
    this.#put({ ...FRESH, layer });
  }

  #put(entry: Entry): void {
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
    const result = resultOf(entry);
    const title = titleOf(entry);
    const on = el("input", { type: "checkbox", class: "switch", role: "switch", checked: entry.on, "aria-label": text("m-show", { title }), "data-key": `${index}-on` }) as HTMLInputElement;
    on.addEventListener("change", () => {
      entry.on = on.checked;
      this.#update();
    });
    const details = el("details", { class: "more", open: open.has(entry) }, el("summary", { "aria-label": text("m-settings", { title }) }, title), layer || result ? this.#settings(entry, index, entries, layer) : null) as HTMLDetailsElement;
    details.addEventListener("toggle", () => (details.open ? open.add(entry) : open.delete(entry)));
    return el("div", { class: "workbench-entry" }, details, on, entry.on ? legendOf(entry) : null);
  }

  /** The legend alone, while a slider is held. */
  #fade(entry: Entry, share: number, row: Element | null): void {
    entry.opacity = share;
    row?.querySelector(".workbench-legend")?.replaceWith(legendOf(entry));
    this.#changed(this.#side);
  }

  #settings(entry: Entry, index: number, entries: Entry[], layer: PlannerLayer | undefined): HTMLElement {
    const shift = (by: -1 | 1, key: string): void => {
      move(entries, entry, by);
      this.#update();
      const at = entries.indexOf(entry);
      const same = document.querySelector<HTMLElement>(`[data-key="${at}-${key}"]`) ?? document.querySelector<HTMLElement>(`[data-key="${at}-on"]`);
      same?.focus();
    };
    const opacity = el("input", { type: "range", min: 0, max: 100, step: 5, value: Math.round(entry.opacity * 100), "data-key": `${index}-opacity` }) as HTMLInputElement;
    opacity.addEventListener("input", () => this.#fade(entry, opacity.valueAsNumber / 100, opacity.closest(".workbench-entry")));
    return el(
      "div",
      { class: "stack-tight" },
      labelled(text("m-opacity"), opacity),
      ...(layer ? this.#drawingBoxes(entry, layer) : [el("p", { class: "small" }, el("a", { class: "tall-link", href: resultOf(entry)?.page ?? "" }, text("m-result-page")))]),
      labelled(
        text("m-group"),
        textBox(entry.group, (group) => {
          entry.group = group.trim();
          together(entries, entry);
          this.#update();
        }),
      ),
      el(
        "div",
        { class: "button-row" },
        canMove(entries, entry, -1) ? keyed(small(text("m-up"), () => shift(-1, "up")), `${index}-up`) : null,
        canMove(entries, entry, 1) ? keyed(small(text("m-down"), () => shift(1, "down")), `${index}-down`) : null,
        small(text("m-zoom"), () => void boundsOf(entry).then((bounds) => bounds && this.#goTo(bounds))),
        small(text("m-remove"), () => {
          entries.splice(index, 1);
          this.#update();
        }),
      ),
    );
  }

  #drawingBoxes(entry: Entry, layer: PlannerLayer): (HTMLElement | null)[] {
    const filter = filterBox(layer, entry.filter ?? undefined, (written) => {
      entry.filter = written ?? null;
      filter.closest(".workbench-entry")?.querySelector(".workbench-legend")?.replaceWith(legendOf(entry));
      this.#update(false);
    });
    return [this.#themeBox(entry, layer), el("p", {}, el("b", {}, text("m-filter"))), filter, entry.theme || entry.filter ? el("p", { class: "small soft" }, text("m-small")) : null];
  }

  #themeBox(entry: Entry, layer: PlannerLayer): HTMLElement {
    const fields: Option[] = layer.fields.filter(({ kind }) => kind !== "list").map(({ name, label }) => ({ value: name, label }));
    const pick = (field: string): void => {
      const isNumber = layer.fields.find(({ name }) => name === field)?.kind === "number";
      entry.theme = field ? { field, method: "quantile", n: 5, palette: isNumber ? "sea" : "distinct" } : null;
      this.#update();
    };
    const box = el("div", { class: "stack-tight" }, labelled(text("m-color-by"), keyed(select([{ value: "", label: text("m-own-style") }, ...fields], entry.theme?.field ?? "", pick), `${entry.layer}-by`)));
    const { theme } = entry;
    if (!theme || layer.fields.find(({ name }) => name === theme.field)?.kind !== "number") return box;
    const set = <K extends keyof Theme>(key: K) => (value: string): void => {
      theme[key] = (key === "n" ? Number(value) : value) as Theme[K];
      this.#update();
    };
    const methods = (["quantile", "equal", "natural"] as const).map((value) => ({ value, label: text(`m-${value}`) }));
    box.append(
      labelled(text("m-method"), keyed(select(methods, theme.method, set("method")), `${entry.layer}-method`)),
      el("div", { class: "workbench-pair" }, labelled(text("m-count"), keyed(select(mapConfig.counts.map((n) => ({ value: String(n), label: String(n) })), String(theme.n), set("n")), `${entry.layer}-n`)), labelled(text("m-palette"), keyed(select(mapConfig.palettes.filter(({ kind }) => kind !== "distinct").map(({ slug, title }) => ({ value: slug, label: title })), theme.palette, set("palette")), `${entry.layer}-palette`))),
    );
    return box;
  }
}

/** As the list calls it. */
export function titleOf(entry: Entry): string {
  return resultOf(entry)?.title ?? plannerConfig().layers.find(({ slug }) => slug === entry.layer)?.title ?? entry.layer;
}

/** Where it lies, in degrees. */
export async function boundsOf(entry: Entry): Promise<Bounds | null> {
  if (entry.run) return describedOf(entry.run).then(({ bounds }) => bounds, () => null);
  return config.layers.find(({ slug }) => slug === entry.layer)?.bounds ?? null;
}

function keyed<T extends HTMLElement>(control: T, key: string): T {
  control.dataset["key"] = key;
  return control;
}

function keyOf(element: Element | null): string {
  return element instanceof HTMLElement ? (element.dataset["key"] ?? "") : "";
}
