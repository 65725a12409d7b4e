// The bottom sheet: three heights by finger, by button and by keyboard. On wide screens CSS makes the
// same box a side panel and the heights have no meaning.
import { text } from "../config";

export type Height = "peek" | "half" | "full";
const ORDER: Height[] = ["peek", "half", "full"];
// The same condition as in map.css and sheet.css: wide screens, and phones held on their side.
const WIDE = matchMedia(
  "(min-width: 900px), (min-width: 560px) and (max-height: 500px) and (orientation: landscape)",
);
const FLICK_PX_PER_MS = 0.5;

export class Sheet {
  readonly #box: HTMLElement;
  readonly #handle: HTMLElement;
  readonly #listeners: (() => void)[] = [];

  constructor(box: HTMLElement) {
    this.#box = box;
    const handle = box.querySelector<HTMLElement>(".sheet-handle");
    const grip = box.querySelector<HTMLElement>(".sheet-grip");
    if (!handle || !grip) throw new Error("the sheet has no grip");
    this.#handle = handle;
    handle.addEventListener("keydown", (event) => this.#onKey(event));
    box.querySelector(".sheet-size")?.addEventListener("click", () => {
      this.set(this.height === "full" ? "peek" : "full");
    });
    // Focus that moves into a folded sheet opens it: nothing is focused out of sight.
    box.querySelector(".sheet-body")?.addEventListener("focusin", () => this.atLeast("half"));
    this.#dragging(grip);
    this.#describe();
  }

  get height(): Height {
    return (document.body.dataset["sheet"] as Height | undefined) ?? "peek";
  }

  /** Pixels of the map that the sheet covers from below, once it has come to rest. */
  get covered(): number {
    if (WIDE.matches) return 0;
    if (this.height === "half") return innerHeight * 0.52;
    return this.height === "full" ? innerHeight - 76 : this.#peek;
  }

  get #peek(): number {
    const before = this.#box.style.transition;
    this.#box.style.transition = "none";
    const { height } = this.#box.getBoundingClientRect();
    this.#box.style.transition = before;
    return height;
  }

  set(height: Height): void {
    document.body.dataset["sheet"] = height;
    this.#box.style.height = "";
    this.#describe();
    for (const listener of this.#listeners) listener();
  }

  atLeast(height: Height): void {
    if (ORDER.indexOf(this.height) < ORDER.indexOf(height)) this.set(height);
  }

  onResize(listener: () => void): void {
    this.#listeners.push(listener);
  }

  #describe(): void {
    this.#handle.setAttribute("aria-label", text(`sheet-${this.height}`));
    this.#handle.setAttribute("aria-expanded", String(this.height !== "peek"));
  }

  #step(by: number): void {
    const next = ORDER[ORDER.indexOf(this.height) + by];
    if (next) this.set(next);
  }

  #onKey(event: KeyboardEvent): void {
    const step = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (step !== undefined) this.#step(step);
    else if (event.key === "Home") this.set("full");
    else if (event.key === "End") this.set("peek");
    else if (event.key === "Enter" || event.key === " ") {
      this.set(this.height === "peek" ? "half" : "peek");
    } else return;
    event.preventDefault();
  }

  #dragging(grip: HTMLElement): void {
    let from: { y: number; height: number; time: number } | null = null;
    grip.addEventListener("pointerdown", (event) => {
      if (WIDE.matches || !event.isPrimary) return;
      if ((event.target as HTMLElement).closest(".sheet-size, .language")) return;
      from = { y: event.clientY, height: this.#box.offsetHeight, time: event.timeStamp };
      grip.setPointerCapture(event.pointerId);
    });
    grip.addEventListener("pointermove", (event) => {
      if (!from) return;
      this.#box.dataset["dragging"] = "";
      const wanted = from.height + from.y - event.clientY;
      this.#box.style.height = `${Math.max(64, Math.min(innerHeight - 64, wanted))}px`;
    });
    const release = (event: PointerEvent): void => {
      if (!from) return;
      const moved = from.y - event.clientY;
      const speed = moved / Math.max(1, event.timeStamp - from.time);
      from = null;
      delete this.#box.dataset["dragging"];
      if (Math.abs(moved) < 6) this.set(this.height === "peek" ? "half" : "peek");
      else if (Math.abs(speed) > FLICK_PX_PER_MS) this.#flick(Math.sign(speed));
      else this.set(this.#nearest());
    };
    grip.addEventListener("pointerup", release);
    grip.addEventListener("pointercancel", release);
  }

  #flick(direction: number): void {
    const before = this.height;
    this.#step(direction);
    if (this.height === before) this.set(before);
  }

  #nearest(): Height {
    const share = this.#box.offsetHeight / innerHeight;
    if (share < 0.35) return "peek";
    return share < 0.72 ? "half" : "full";
  }
}
