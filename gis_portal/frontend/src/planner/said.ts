// The question in words, as the server read it, and what is wrong with it: beside the question and at the part that it is about.
import { el, replace } from "../officer/shell/dom";

export interface Said {
  lines?: string[];
  result?: string;
  slivers?: string;
  error?: { title: string; detail: string; hint: string; at?: string };
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
  if (error) error.textContent = said.error ? [said.error.title, said.error.detail].filter(Boolean).join(": ") : "";
}

/** Parts of the form carry the place of the document that they edit (`data-at`): the closest one shows the error. */
export function markPart(form: HTMLElement, { error }: Said): void {
  for (const old of form.querySelectorAll(".planner-wrong")) {
    old.classList.remove("planner-wrong");
    old.querySelector(":scope > .field-error")?.remove();
  }
  const at = error?.at ?? "";
  const parts = [...form.querySelectorAll<HTMLElement>("[data-at]")].filter(({ dataset }) => at.startsWith(dataset["at"] ?? "?"));
  const part = parts.sort((a, b) => (b.dataset["at"] ?? "").length - (a.dataset["at"] ?? "").length)[0];
  if (!error || !part) return;
  part.classList.add("planner-wrong");
  part.append(el("p", { class: "field-error" }, [error.title, error.detail].filter(Boolean).join(": ")));
}
