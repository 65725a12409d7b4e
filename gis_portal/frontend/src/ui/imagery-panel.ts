// The list of dates in the layers' tab: which picture lies under the map, and what it is compared with.
import { text } from "../config";
import { day, number } from "../format";
import type { Pictures } from "../map/imagery-dates";
import { type Imagery, taken } from "../state/permalink";

type Change = (change: Partial<Imagery>) => void;

export class ImageryPanel {
  readonly #details: HTMLDetailsElement;
  #all: readonly Pictures[] = [];
  #state: Imagery | null = null;

  constructor(section: HTMLElement, change: Change) {
    this.#details = section as HTMLDetailsElement;
    section.hidden = false;
    this.#part("list").addEventListener("change", (event) => {
      const picked = this.#find((event.target as HTMLInputElement).value);
      if (picked) change({ shown: picked });
      else change({ shown: null, against: null });
    });
    this.#compare.addEventListener("change", () => {
      change({ against: this.#compare.checked ? this.#first() : null });
    });
    this.#against.addEventListener("change", () => {
      change({ against: this.#find(this.#against.value) ?? "map" });
    });
  }

  get isOpen(): boolean {
    return this.#details.open;
  }

  open(): void {
    this.#details.open = true;
  }

  onOpen(listener: () => void): void {
    this.#details.addEventListener("toggle", () => {
      if (this.#details.open) listener();
    });
  }

  /** What the closed section says. */
  summarise(shown: Pictures | null): void {
    this.#part("state").textContent = shown
      ? text("imageryOn", { date: day(shown.date) })
      : text("imageryOff");
  }

  fill(all: readonly Pictures[], state: Imagery): void {
    if (this.#all !== all) this.#list(all);
    this.#state = state;
    const shown = state.shown ? this.#find(taken(state.shown)) : null;
    this.summarise(shown);
    const value = shown ? taken(shown) : "";
    for (const input of this.#part("list").querySelectorAll("input")) {
      input.checked = input.value === value;
    }
    this.#part("compare-row").hidden = !shown;
    this.#compare.checked = Boolean(state.against);
    this.#part("against-row").hidden = !state.against;
    this.#choices(shown);
    this.#against.value = !state.against || state.against === "map" ? "" : taken(state.against);
  }

  /** A remark below the list. */
  say(words: string): void {
    this.#part("note").textContent = words;
  }

  get #compare(): HTMLInputElement {
    return this.#part("compare") as HTMLInputElement;
  }

  get #against(): HTMLSelectElement {
    return this.#part("against") as HTMLSelectElement;
  }

  #part(name: string): HTMLElement {
    const found = this.#details.querySelector<HTMLElement>(`[data-part="${name}"]`);
    if (!found) throw new Error(`imagery: ${name} is missing`);
    return found;
  }

  #find(value: string): Pictures | null {
    return this.#all.find((each) => taken(each) === value) ?? null;
  }

  /** To begin with: the date before, of the same layer if it has one; else the map. */
  #first(): Pictures | "map" {
    const shown = this.#state?.shown;
    const others = this.#all.filter((each) => shown && taken(each) !== taken(shown));
    const older = others.filter(({ date }) => shown && date < shown.date);
    return older.find(({ layer }) => layer === shown?.layer) ?? older[0] ?? others[0] ?? "map";
  }

  #list(all: readonly Pictures[]): void {
    this.#all = all;
    const several = new Set(all.map(({ layer }) => layer)).size > 1;
    const rows = all.map((each) => {
      const about = [
        several ? each.title : "",
        text("imageryPixel", { metres: pixel(each.resolution) }),
        each.attribution,
      ];
      return this.#row(taken(each), day(each.date), about.filter(Boolean).join(" · "), each);
    });
    this.#part("list").replaceChildren(this.#row("", text("imageryNone"), ""), ...rows);
    if (!all.length) this.say(text("imageryEmpty"));
  }

  #row(value: string, title: string, about: string, pictures?: Pictures): HTMLElement {
    const template = document.getElementById("imagery-row") as HTMLTemplateElement;
    const row = (template.content.firstElementChild as HTMLElement).cloneNode(true) as HTMLElement;
    const put = (name: string, words: string): void => {
      const place = row.querySelector(`[data-part="${name}"]`);
      if (place) place.textContent = words;
    };
    row.querySelector("input")?.setAttribute("value", value);
    put("title", title);
    put("about", about);
    if (!pictures?.illustrative) row.querySelector('[data-part="illustrative"]')?.remove();
    return row;
  }

  #choices(shown: Pictures | null): void {
    const others = this.#all.filter((each) => !shown || taken(each) !== taken(shown));
    const options = others.map((each) => {
      return new Option(`${day(each.date)} – ${pixel(each.resolution)} m`, taken(each));
    });
    this.#against.replaceChildren(new Option(text("imageryMap"), ""), ...options);
  }
}

/** 10, 0,5: as few decimals as say it. */
export function pixel(metres: number): string {
  return number(metres, metres < 1 ? 2 : metres < 10 && metres % 1 ? 1 : 0);
}
