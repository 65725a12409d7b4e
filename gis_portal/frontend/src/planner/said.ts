// The question in words, as the server read it, and what is wrong with it: beside the question and at the part that it is about.
import { text } from "../config";
import { el, replace } from "../officer/shell/dom";

export interface Refused {
  title: string;
  detail: string;
  hint: string;
  at?: string;
  /** The box that it is about, in words. */
  place?: string;
}
export interface Said {
  lines?: string[];
  result?: string;
  slivers?: string;
  error?: Refused;
}

export function showSaid(said: Said): void {
  if (said.lines) {
    document.getElementById("said-lines")?.replaceChildren(...said.lines.map((line) => el("li", {}, line)));
    const result = document.getElementById("said-result");
    if (result) replace(result, el("strong", {}, said.result ?? ""));
    const slivers = document.getElementById("said-slivers");
    if (slivers) slivers.textContent = said.slivers ?? "";
  }
  const error = document.getElementById("said-error");
  if (error) replace(error, ...(said.error ? [`${wordsOf(said.error)} `, wayTo(said.error.at ?? "")] : []));
}

function wordsOf({ title, detail, place }: Refused): string {
  return [place || title, detail || (place ? title : "")].filter(Boolean).join(": ");
}

/** A link to the box that a refusal is about, where the form has one. */
export function wayTo(at: string): HTMLElement | null {
  const form = document.getElementById("document-form");
  if (!form || !partAt(form, at)) return null;
  const go = (): void => {
    // Boxes are drawn anew: looked for again.
    const part = partAt(form, at);
    part?.closest("details:not([open])")?.setAttribute("open", "");
    part?.querySelector<HTMLElement>(at.endsWith("_m") ? "input" : "input, select, textarea")?.focus();
  };
  return el("button", { type: "button", class: "button button-plain", onclick: go }, text("w-to-box"));
}

function partAt(form: HTMLElement, at: string): HTMLElement | undefined {
  const parts = [...form.querySelectorAll<HTMLElement>("[data-at]")].filter(({ dataset }) => at.startsWith(dataset["at"] ?? "?"));
  return parts.sort((a, b) => (b.dataset["at"] ?? "").length - (a.dataset["at"] ?? "").length)[0];
}

/** Parts of the form carry the place of the document that they edit (`data-at`): the closest one shows the error. */
export function markPart(form: HTMLElement, { error }: Said): void {
  for (const old of form.querySelectorAll(".planner-wrong")) {
    old.classList.remove("planner-wrong");
    old.querySelector(":scope > .field-error")?.remove();
  }
  const part = partAt(form, error?.at ?? "");
  if (!error || !part) return;
  part.classList.add("planner-wrong");
  part.append(el("p", { class: "field-error" }, [error.detail || error.title, error.hint].filter(Boolean).join(" ")));
}
