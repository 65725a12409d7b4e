// Digits by large buttons (and by keyboard): no input box, so that no browser offers to remember the PIN or writes it into
// its session file. The digits live in this closure until they are handed over.
import { el, icon } from "../shell/dom";
import { say } from "./words";

const LONGEST = 12;

export interface Keypad {
  element: HTMLElement;
  /** Empties it, and lets nobody type while `busy`. */
  reset(busy?: boolean): void;
  end(): void;
}

export function keypad(shortest: number, entered: (pin: string) => void): Keypad {
  let digits = "";
  let busy = false;
  const dots = el("p", { class: "pin-dots", "aria-hidden": "true" });
  const told = el("p", { class: "visually-hidden", role: "status" });
  const done = el("button", { type: "button", class: "pin-key pin-done", "aria-label": say("done"), onclick: () => finish() }, icon("check"));
  const erase = el("button", { type: "button", class: "pin-key", "aria-label": say("erase"), onclick: () => type(digits.slice(0, -1)) }, "⌫");
  const figure = (digit: string): HTMLElement =>
    el("button", { type: "button", class: "pin-key", onclick: () => type(digits + digit) }, digit);
  const keys = el("div", { class: "pin-keys", role: "group", "aria-label": say("keys") }, ...[..."123456789"].map(figure), erase, figure("0"), done);

  function type(next: string): void {
    if (busy || next.length > LONGEST) return;
    digits = next;
    show();
  }

  function show(): void {
    dots.textContent = "●".repeat(digits.length) + "○".repeat(Math.max(0, shortest - digits.length));
    told.textContent = digits ? say("entered", { n: digits.length }) : "";
    done.disabled = busy || digits.length < shortest;
  }

  function finish(): void {
    if (busy || digits.length < shortest) return;
    const pin = digits;
    digits = "";
    entered(pin);
  }

  function pressed(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (/^\d$/.test(event.key)) type(digits + event.key);
    else if (event.key === "Backspace") type(digits.slice(0, -1));
    else if (event.key === "Enter" && !(event.target instanceof HTMLButtonElement)) finish();
    else return;
    event.preventDefault();
  }

  document.addEventListener("keydown", pressed);
  show();
  return {
    element: el("div", { class: "pin" }, dots, told, keys),
    reset: (isBusy = false) => {
      digits = "";
      busy = isBusy;
      show();
    },
    end: () => document.removeEventListener("keydown", pressed),
  };
}
