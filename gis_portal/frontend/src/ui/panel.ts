// Brings the server-rendered panel of a feature or a place into the sheet. The HTML is the portal's own,
// with every attribute escaped there; nothing from tiles or the API is ever put in as HTML.
import { config, text } from "../config";
import type { Hit } from "../map/gestures";
import type { Selection } from "../state/permalink";

export class Panel {
  readonly #box: HTMLElement;
  #abort: AbortController | null = null;

  constructor(box: HTMLElement) {
    this.#box = box;
  }

  /** The `<article>` on show, if any. */
  get article(): HTMLElement | null {
    return this.#box.querySelector<HTMLElement>("article.panel");
  }

  shows(selection: Selection): boolean {
    const article = this.article;
    return article?.dataset["uid"] === selection.uid && article.dataset["layer"] === selection.layer;
  }

  feature(selection: Selection): Promise<boolean> {
    const url = config.panelUrl
      .replace("__slug__", encodeURIComponent(selection.layer))
      .replace("00000000-0000-0000-0000-000000000000", encodeURIComponent(selection.uid));
    return this.#load(url);
  }

  place(lon: number, lat: number): Promise<boolean> {
    return this.#load(`${config.placeUrl}?lon=${lon.toFixed(7)}&lat=${lat.toFixed(7)}`);
  }

  /** Moves the focus to the heading, for whoever reads by keyboard or by ear. */
  focus(): void {
    const heading = this.#box.querySelector<HTMLElement>("h2");
    if (!heading) return;
    heading.tabIndex = -1;
    heading.focus();
  }

  /** Shows what the page itself has to say of a place; nothing is fetched. */
  put(article: HTMLElement): void {
    this.#abort?.abort();
    this.#box.removeAttribute("aria-busy");
    this.#box.replaceChildren(article);
  }

  clear(): void {
    this.#abort?.abort();
    this.#box.replaceChildren(...this.#clone("panel-empty"));
  }

  /** The other features under the finger, offered below the panel. */
  also(hits: readonly Hit[], onPick: (hit: Hit) => void): void {
    const [section] = this.#clone("also-here");
    const list = section?.querySelector("ul");
    if (!hits.length || !list) return;
    for (const hit of hits) {
      const button = document.createElement("button");
      button.type = "button";
      const words = document.createElement("span");
      const layer = document.createElement("small");
      words.textContent = hit.title;
      layer.textContent = hit.layer.title;
      words.append(layer);
      button.append(words);
      button.addEventListener("click", () => onPick(hit));
      const item = document.createElement("li");
      item.append(button);
      list.append(item);
    }
    this.#box.append(section as Node);
  }

  async #load(url: string): Promise<boolean> {
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    this.#box.setAttribute("aria-busy", "true");
    this.#box.replaceChildren(...this.#clone("panel-skeleton"));
    try {
      const response = await fetch(`${url}${url.includes("?") ? "&" : "?"}fragment=1`, {
        signal: abort.signal,
        headers: { Accept: "text/html" },
      });
      const html = await response.text();
      if (abort.signal.aborted) return false;
      this.#show(html, response.ok);
      return response.ok;
    } catch (error) {
      if (abort.signal.aborted) return false;
      console.warn("panel", error);
      this.#failed(() => void this.#load(url));
      return false;
    } finally {
      if (!abort.signal.aborted) this.#box.removeAttribute("aria-busy");
    }
  }

  #show(html: string, ok: boolean): void {
    const page = new DOMParser().parseFromString(html, "text/html");
    const article = page.querySelector("article");
    if (article) this.#box.replaceChildren(article);
    else if (ok) this.#failed(null);
    else this.#box.replaceChildren(...this.#clone("panel-gone"));
  }

  #failed(retry: (() => void) | null): void {
    this.#box.replaceChildren(...this.#clone("panel-failed"));
    const words = this.#box.querySelector("[data-words]");
    if (words) words.textContent = text(navigator.onLine ? "panelFailed" : "offlinePanel");
    const button = this.#box.querySelector("button");
    if (retry) button?.addEventListener("click", retry);
    else button?.remove();
  }

  #clone(id: string): Element[] {
    const template = document.getElementById(id);
    if (!(template instanceof HTMLTemplateElement)) return [];
    return [...(template.content.cloneNode(true) as DocumentFragment).children];
  }
}
