// The frame around every room: bar on top, map underneath, sheet or page over it, five large buttons for the thumb.
import type { OfficerMap } from "../map/map";
import { append, button, drawn, el, icon, replace } from "./dom";
import { address, current, go, onRoute, type Route } from "./router";
import type { Room, Screen } from "./screen";
import { say } from "./shell-words";

const TABS = [
  ["map", "map", "pin"],
  ["search", "search", "search"],
  ["outbox", "reports", "upload"],
  ["packs", "packs", "download"],
  ["more", "more", "layers"],
] as const;

export class Frame {
  readonly #root: HTMLElement;
  readonly #rooms: Record<string, Room>;
  readonly #title = el("h1", { tabindex: "-1" });
  readonly #notes = el("div", { class: "officer-notes", role: "status" });
  readonly #screen = el("main", { id: "screen", class: "officer-screen" });
  // MapLibre gives its own box a position: ours is around it.
  readonly #mapRoom: HTMLElement;
  readonly #nav = el("nav", { class: "officer-nav", "aria-label": say("handbook") });
  readonly #back: HTMLButtonElement;
  #shown: Screen | null = null;
  #map: OfficerMap | null = null;
  #opening: Promise<OfficerMap | null> | null = null;
  #turn = 0;

  constructor(
    root: HTMLElement,
    rooms: Record<string, Room>,
    canvas: HTMLElement,
    private readonly openMap: () => Promise<OfficerMap>,
  ) {
    this.#mapRoom = el("div", { class: "officer-map", id: "officer-map" }, canvas);
    this.#root = root;
    this.#rooms = rooms;
    this.#back = el("button", { type: "button", class: "officer-back", "aria-label": say("back"), onclick: () => this.#goBack() }, drawn("0 0 24 24", ["M15 5l-7 7 7 7"], "icon"));
    for (const [room, words, name] of TABS) append(this.#nav, [el("a", { href: address(room), "data-tab": room }, icon(name), el("span", {}, say(words)))]);
    onRoute((route) => void this.show(route));
  }

  start(): void {
    const offline = el("span", { class: "officer-offline", title: say("offline") }, say("noNetwork"));
    const bar = el("header", { class: "officer-bar" }, this.#back, this.#title, offline);
    replace(this.#root, this.#mapRoom, bar, this.#notes, this.#screen, this.#nav);
    // Rooms begin below the notes, however many there are.
    const room = (): void => document.body.style.setProperty("--notes", `${this.#notes.offsetHeight}px`);
    new ResizeObserver(room).observe(this.#notes);
    void this.show(current());
  }

  get map(): OfficerMap | null {
    return this.#map;
  }

  #goBack(): void {
    // Opened at this place, there is nothing to go back to in the handbook.
    if (history.length > 1) history.back();
    else go("map");
  }

  /** A line under the bar until it is taken away. */
  note(key: string, words: string | null, action?: { words: string; press: () => void }): void {
    this.#notes.querySelector(`[data-note="${key}"]`)?.remove();
    if (words) this.#say(key, words, action);
  }

  #say(key: string, words: string, action?: { words: string; press: () => void }): void {
    const line = el("div", { class: "officer-note", "data-note": key }, el("p", {}, words));
    if (action) line.append(button(action.words, action.press, "button"));
    this.#notes.append(line);
  }

  async show(route: Route): Promise<void> {
    const turn = ++this.#turn;
    const room = this.#rooms[route.name];
    let screen: Screen;
    try {
      screen = room ? await room(route.args) : { title: say("handbook"), layout: "page", body: el("p", {}, say("notFound")) };
    } catch (error) {
      console.warn(route.name, error);
      screen = { title: say("handbook"), layout: "page", body: el("p", { class: "notice notice-bad", role: "alert" }, say("failed", { what: String(error) })) };
    }
    if (turn !== this.#turn) {
      screen.leave?.(this.#map);
      return;
    }
    this.#shown?.leave?.(this.#map);
    this.#shown = screen;
    this.#paint(route, screen);
    if (screen.layout !== "page") {
      const map = await this.#mapReady();
      if (map && turn === this.#turn) {
        map.map.resize();
        screen.onMap?.(map);
      }
    }
    document.body.dataset["state"] = "ready";
  }

  #paint(route: Route, screen: Screen): void {
    document.body.dataset["layout"] = screen.layout;
    document.body.dataset["room"] = route.name;
    this.#title.textContent = screen.title;
    document.title = `${screen.title} – ${say("handbook")}`;
    this.#back.hidden = screen.layout === "map";
    replace(this.#screen, screen.body);
    this.#screen.scrollTop = 0;
    for (const tab of this.#nav.querySelectorAll<HTMLElement>("[data-tab]")) {
      if (tab.dataset["tab"] === route.name) tab.setAttribute("aria-current", "page");
      else tab.removeAttribute("aria-current");
    }
    if (document.activeElement === document.body) this.#title.focus({ preventScroll: true });
  }

  #mapReady(): Promise<OfficerMap | null> {
    this.#opening ??= this.openMap()
      .then((map) => (this.#map = map))
      .catch((error: unknown) => {
        console.warn("map", error);
        this.#opening = null;
        return null;
      });
    return this.#opening;
  }

  async refreshMap(): Promise<void> {
    if (this.#opening) await (await this.#opening)?.refresh();
  }
}
