// The three tabs of the sheet, after the ARIA pattern: arrows move, one tab stop.
export class Tabs {
  readonly #tabs: HTMLElement[];

  constructor(list: HTMLElement, onUse: (name: string) => void) {
    this.#tabs = [...list.querySelectorAll<HTMLElement>('[role="tab"]')];
    for (const tab of this.#tabs) {
      tab.addEventListener("click", () => {
        this.open(tab.dataset["tab"] ?? "");
        onUse(tab.dataset["tab"] ?? "");
      });
    }
    list.addEventListener("keydown", (event) => {
      const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (by === undefined) return;
      const at = this.#tabs.findIndex((tab) => tab.getAttribute("aria-selected") === "true");
      const next = this.#tabs[(at + by + this.#tabs.length) % this.#tabs.length];
      this.open(next?.dataset["tab"] ?? "");
      next?.focus();
    });
  }

  open(name: string): void {
    for (const tab of this.#tabs) {
      const selected = tab.dataset["tab"] === name;
      tab.setAttribute("aria-selected", String(selected));
      tab.tabIndex = selected ? 0 : -1;
      const panel = document.getElementById(tab.getAttribute("aria-controls") ?? "");
      if (panel) panel.hidden = !selected;
    }
    document.querySelector(".sheet-body")?.scrollTo(0, 0);
  }
}
