// The one search box: an ARIA combobox over /api/search, results grouped by kind, all text.
import { config, text } from "../config";

export interface SearchResult {
  kind: string;
  title: string;
  subtitle?: string;
  layer?: string | null;
  uid?: string | null;
  lon?: number | null;
  lat?: number | null;
  bbox?: [number, number, number, number] | null;
  url?: string;
  zoom?: number | null;
}
interface SearchAnswer {
  query: string;
  results: SearchResult[];
  notes?: { code: string; message: string }[];
}

/** `byKeyboard`: Enter chose it, so the focus follows to what it opens. */
type PickHandler = (result: SearchResult, byKeyboard: boolean) => void;

const WAIT_MS = 180;

export class Search {
  readonly #input: HTMLInputElement;
  readonly #list: HTMLElement;
  readonly #clear: HTMLElement | null;
  readonly #onPick: PickHandler;
  #results: SearchResult[] = [];
  #active = -1;
  #timer = 0;
  #abort: AbortController | null = null;

  constructor(form: HTMLFormElement, onPick: PickHandler) {
    const input = form.querySelector("input");
    const list = form.querySelector<HTMLElement>(".results");
    if (!input || !list) throw new Error("the search form is incomplete");
    this.#input = input;
    this.#list = list;
    this.#clear = form.querySelector(".search-clear");
    this.#onPick = onPick;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#submit();
    });
    input.addEventListener("input", () => this.#typed());
    input.addEventListener("keydown", (event) => this.#onKey(event));
    input.addEventListener("focus", () => this.#typed());
    this.#clear?.addEventListener("click", () => this.#reset());
    document.addEventListener("pointerdown", (event) => {
      if (!form.contains(event.target as Node)) this.close();
    });
    form.addEventListener("focusout", (event) => {
      if (event.relatedTarget && !form.contains(event.relatedTarget as Node)) this.close();
    });
  }

  close(): void {
    this.#list.hidden = true;
    this.#active = -1;
    this.#input.setAttribute("aria-expanded", "false");
    this.#input.removeAttribute("aria-activedescendant");
  }

  #reset(): void {
    this.#input.value = "";
    this.#typed();
    this.#input.focus();
  }

  #typed(): void {
    window.clearTimeout(this.#timer);
    const query = this.#input.value.trim();
    if (this.#clear) this.#clear.hidden = query === "";
    if (query.length < 2) {
      this.#examples();
      return;
    }
    this.#timer = window.setTimeout(() => void this.#ask(query), WAIT_MS);
  }

  async #submit(): Promise<void> {
    const query = this.#input.value.trim();
    if (query.length < 2) return;
    window.clearTimeout(this.#timer);
    if (this.#active < 0 || this.#list.hidden) await this.#ask(query);
    const chosen = this.#results[Math.max(0, this.#active)];
    if (chosen) this.#pick(chosen, true);
  }

  async #ask(query: string): Promise<void> {
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    try {
      const params = new URLSearchParams({ q: query, limit: "12", lang: config.lang });
      const response = await fetch(`${config.searchUrl}?${params}`, { signal: abort.signal });
      if (!response.ok) throw new Error(`search ${response.status}`);
      this.#render((await response.json()) as SearchAnswer);
    } catch (error) {
      if (abort.signal.aborted) return;
      console.warn("search", error);
      this.#results = [];
      this.#notes([text(navigator.onLine ? "searchFailed" : "searchOffline")]);
    }
  }

  #render(answer: SearchAnswer): void {
    const kinds = [...new Set(answer.results.map((result) => result.kind))];
    this.#results = kinds.flatMap((kind) => answer.results.filter((r) => r.kind === kind));
    this.#active = -1;
    const notes = (answer.notes ?? []).map((note) => note.message);
    if (!this.#results.length) {
      this.#notes(notes.length ? notes : [text("searchNothing", { query: answer.query })]);
      return;
    }
    const groups = kinds.map((kind) => this.#group(kind));
    this.#list.replaceChildren(...notes.map((words) => this.#note(words)), ...groups);
    this.#open();
  }

  #group(kind: string): HTMLElement {
    const group = document.createElement("div");
    group.setAttribute("role", "group");
    const title = document.createElement("div");
    title.className = "results-group";
    title.id = `results-${kind}`;
    title.textContent = text(`kind-${kind}`);
    group.setAttribute("aria-labelledby", title.id);
    group.append(title);
    this.#results.forEach((result, index) => {
      if (result.kind === kind) group.append(this.#option(result, index));
    });
    return group;
  }

  #option(result: SearchResult, index: number): HTMLElement {
    const option = document.createElement("div");
    option.className = "result";
    option.id = `result-${index}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    const title = document.createElement("span");
    title.textContent = result.title;
    option.append(title);
    if (result.subtitle) {
      const subtitle = document.createElement("small");
      subtitle.textContent = result.subtitle;
      option.append(subtitle);
    }
    option.addEventListener("click", () => this.#pick(result, false));
    return option;
  }

  #note(words: string): HTMLElement {
    const note = document.createElement("p");
    note.className = "results-note";
    note.textContent = words;
    return note;
  }

  #notes(words: string[]): void {
    this.#results = [];
    this.#list.replaceChildren(...words.map((each) => this.#note(each)));
    this.#open();
  }

  /** An empty box teaches what can be typed. */
  #examples(): void {
    this.#results = [];
    const template = document.getElementById("search-examples");
    if (!(template instanceof HTMLTemplateElement) || document.activeElement !== this.#input) {
      this.close();
      return;
    }
    this.#list.replaceChildren(template.content.cloneNode(true));
    for (const button of this.#list.querySelectorAll("button")) {
      button.addEventListener("click", () => {
        this.#input.value = button.textContent?.trim() ?? "";
        this.#input.focus();
        this.#typed();
      });
    }
    this.#open();
  }

  #open(): void {
    this.#list.hidden = false;
    this.#list.scrollTop = 0;
    this.#input.setAttribute("aria-expanded", "true");
    this.#input.removeAttribute("aria-activedescendant");
  }

  #pick(result: SearchResult, byKeyboard: boolean): void {
    this.#abort?.abort();
    this.#input.value = result.title;
    if (this.#clear) this.#clear.hidden = false;
    this.#input.blur();
    this.close();
    this.#onPick(result, byKeyboard);
  }

  #onKey(event: KeyboardEvent): void {
    if (event.key === "Escape") {
      // A search field empties itself on Escape; here the first press only closes the list.
      event.preventDefault();
      if (this.#list.hidden) this.#reset();
      this.close();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      this.#move(event.key === "ArrowDown" ? 1 : -1);
    }
  }

  #move(by: number): void {
    const count = this.#results.length;
    if (!count || this.#list.hidden) return;
    this.#active = (this.#active + by + count) % count;
    for (const option of this.#list.querySelectorAll(".result")) {
      const active = option.id === `result-${this.#active}`;
      option.setAttribute("aria-selected", String(active));
      if (active) option.scrollIntoView({ block: "nearest" });
    }
    this.#input.setAttribute("aria-activedescendant", `result-${this.#active}`);
  }
}
