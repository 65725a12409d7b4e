// Boxes are drawn anew when the question changes; whoever works by keyboard goes on where they were: at the same box,
// at the first one of what was added, or at the one beside what was taken away.
const CONTROLS = "select, input, textarea, button, summary";

export function keepingFocus(root: HTMLElement, redraw: () => void): void {
  const active = document.activeElement;
  const before = controls(root);
  const place = before.findIndex(([control]) => control === active);
  const own = before[place]?.[1];
  redraw();
  if (own === undefined) return;
  const known = new Set(before.map(([, key]) => key));
  const after = controls(root);
  const added = active instanceof HTMLButtonElement ? after.find(([control, key]) => !known.has(key) && !(control instanceof HTMLButtonElement)) : undefined;
  const same = added ? undefined : after.find(([, key]) => key === own);
  const [next] = added ?? same ?? after[Math.min(place, after.length - 1)] ?? [];
  next?.focus();
}

/** Each control with a name that outlives it: the part that it stands in, its words, and which of those it is. */
function controls(root: HTMLElement): [HTMLElement, string][] {
  const seen = new Map<string, number>();
  return [...root.querySelectorAll<HTMLElement>(CONTROLS)].map((control) => {
    const words = (control as HTMLInputElement).labels?.[0]?.textContent ?? control.textContent ?? "";
    const key = `${control.closest<HTMLElement>("[data-at]")?.dataset["at"] ?? ""}|${control.tagName}|${words}`;
    const nth = seen.get(key) ?? 0;
    seen.set(key, nth + 1);
    return [control, `${key}|${nth}`];
  });
}
