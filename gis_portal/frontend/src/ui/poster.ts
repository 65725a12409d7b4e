// On a phone the page opens with a still picture of the home view: the map's program is most of the page's
// weight and holds a cheap phone's processor for seconds. It comes when somebody wants the map.

export class Poster {
  readonly #button: HTMLElement;
  readonly #start: () => Promise<unknown>;
  #started: Promise<unknown> | null = null;

  /** `start` resolves when the map's own buttons work. */
  constructor(button: HTMLElement, start: () => Promise<unknown>) {
    this.#button = button;
    this.#start = start;
    button.addEventListener("click", () => void this.open());
    document.addEventListener("click", (event) => this.#pressed(event), { capture: true });
  }

  /** Wide screens have none, and whoever follows a link to a place wants the map at once. */
  get isShown(): boolean {
    return this.#started === null && getComputedStyle(this.#button).display !== "none";
  }

  open(): Promise<unknown> {
    this.#started ??= this.#start();
    return this.#started;
  }

  /** Fetches what the map will need, without running it, once the page itself is there. */
  fetchAhead(links: DocumentFragment): void {
    const { connection } = navigator as { connection?: { saveData?: boolean } };
    if (connection?.saveData) return;
    const fetch = (): void => {
      for (const { href } of links.querySelectorAll("link")) {
        const ahead = document.createElement("link");
        Object.assign(ahead, { rel: "prefetch", as: "script", href });
        document.head.append(ahead);
      }
    };
    const soon = (): void => void setTimeout(fetch, 1500);
    if (document.readyState === "complete") soon();
    else addEventListener("load", soon, { once: true });
  }

  /** A button on the map that is not there yet: it is pressed again when it is. */
  #pressed(event: MouseEvent): void {
    const button = (event.target as Element).closest<HTMLElement>(".map-tools button, #islands");
    if (!button || !this.isShown) return;
    event.stopPropagation();
    void this.open().then(() => button.click());
  }
}
