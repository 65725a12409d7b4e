// The slider between two dates, and the labels that say whose picture is seen on which side. An ordinary range
// input: fingers, arrow keys and screen readers know it; only its thumb takes the pointer from the map.
import { text } from "../config";
import { day } from "../format";
import type { Pictures } from "../map/imagery-dates";

const SAVE_MS = 300;

function byId(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (!element) throw new Error(`#${id} is missing`);
  return element;
}

/** A label that does not fit on its side of the line is hidden rather than cut. */
function fitIn(label: HTMLElement): void {
  label.toggleAttribute("data-narrow", label.scrollWidth > label.clientWidth);
}

export class Swipe {
  readonly #box = byId("swipe");
  readonly #input = byId("swipe-input") as HTMLInputElement;
  readonly #onCut: (cut: number) => void;
  readonly #onMove: (share: number) => void;
  #timer = 0;

  /** `onCut`: it has come to rest (0–1). `onMove`: the line, as a share of the map's width. */
  constructor(onCut: (cut: number) => void, onMove: (share: number) => void) {
    this.#onCut = onCut;
    this.#onMove = onMove;
    this.#input.addEventListener("input", () => {
      this.#move();
      // Each address is a step of the browser's history book-keeping: only where it stays is one.
      window.clearTimeout(this.#timer);
      this.#timer = window.setTimeout(() => this.#onCut(this.#cut), SAVE_MS);
    });
    new ResizeObserver(() => this.#move()).observe(this.#box);
  }

  compare(left: Pictures | null, right: Pictures, cut: number): void {
    this.#box.hidden = false;
    this.#box.dataset["mode"] = "two";
    this.#name("left", left);
    this.#name("right", right);
    this.#input.setAttribute("aria-label", text("swipe"));
    if (this.#timer === 0 || document.activeElement !== this.#input) {
      this.#input.value = String(Math.round(cut * 100));
    }
    this.#move();
  }

  /** One picture over the whole map: only its label. */
  label(pictures: Pictures): void {
    this.#box.hidden = false;
    this.#box.dataset["mode"] = "one";
    byId("swipe-right").removeAttribute("data-narrow");
    this.#name("right", pictures);
  }

  /** A remark over the map with a way to the picture; "" takes it away. */
  say(words: string, go: () => void): void {
    const note = byId("swipe-note");
    note.hidden = !words;
    const [line, button] = [note.querySelector("p"), note.querySelector("button")];
    if (line && line.textContent !== words) line.textContent = words;
    if (button) button.onclick = go;
  }

  hide(): void {
    this.#box.hidden = true;
  }

  get #cut(): number {
    return this.#input.valueAsNumber / 100;
  }

  #move(): void {
    const width = this.#box.clientWidth;
    // The thumb's middle travels from half its width to as much before the end.
    const thumb = Math.min(48, width);
    const share = width ? (thumb / 2 + this.#cut * (width - thumb)) / width : this.#cut;
    this.#box.style.setProperty("--cut", String(share));
    for (const side of ["left", "right"]) fitIn(byId(`swipe-${side}`));
    const value = text("swipeValue", {
      left: this.#words("left"),
      right: this.#words("right"),
      percent: Math.round(this.#cut * 100),
    });
    this.#input.setAttribute("aria-valuetext", value);
    this.#onMove(share);
  }

  #words(side: string): string {
    return byId(`swipe-${side}`).querySelector("b")?.textContent ?? "";
  }

  #name(side: string, pictures: Pictures | null): void {
    const label = byId(`swipe-${side}`);
    const put = (selector: string, words: string): void => {
      const place = label.querySelector<HTMLElement>(selector);
      if (place) place.textContent = words;
    };
    put("b", pictures ? day(pictures.date) : text("imageryMap"));
    // The mark says it already, and the list says whose data it is.
    put("small", pictures?.illustrative ? "" : (pictures?.attribution ?? ""));
    const mark = label.querySelector<HTMLElement>(".badge");
    if (mark) mark.hidden = !pictures?.illustrative;
  }
}
