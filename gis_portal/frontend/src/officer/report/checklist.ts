// The questions of a kind of report, as the office declared them.
import { el, replace } from "../shell/dom";
import { labelled } from "../shell/words";
import type { Json } from "../outbox/canonical";
import { chips, labelledBox, PRIVATE, textBox, ticks } from "./boxes";
import type { Draft } from "./drafts";
import { choicesOf, type Question, questionsOf } from "./kinds";
import { say } from "./words";

/** Fills `box` with the questions of the draft's kind. Answers to questions of another kind stay in the draft, but are not sent. */
export async function showChecklist(box: Element, draft: Draft, touch: () => void): Promise<void> {
  if (!draft.kind) return replace(box);
  const questions = await questionsOf(draft.kind);
  if (!questions) return replace(box, el("p", { class: "hint" }, say("checklistNone")));
  const set = (id: string) => (value: Json) => {
    if (value === null || value === "") delete draft.checklist[id];
    else draft.checklist[id] = value;
    touch();
  };
  replace(box, questions.length ? el("h2", {}, say("checklist")) : null, ...questions.map((one) => asked(one, draft.checklist[one.id] ?? null, set(one.id))));
}

function asked(question: Question, value: Json, set: (value: Json) => void): HTMLElement {
  const label = labelled(question.label) + (question.unit ? ` (${question.unit})` : "") + (question.required ? ` — ${say("required")}` : "");
  const help = labelled(question.help);
  switch (question.type) {
    case "yes-no":
      return chips(label, [["yes", say("yes")], ["no", say("no")]], value === true ? "yes" : value === false ? "no" : "", (one) => set(one === "yes"));
    case "choice":
      return chips(label, choicesOf(question.choices), String(value ?? ""), set);
    case "choices":
      return ticks(label, choicesOf(question.choices), Array.isArray(value) ? value.map(String) : [], set);
    case "number":
      return numberBox(label, question, value, set, help);
    case "date":
      return dateBox(label, value, set, help);
    default:
      return textBox(label, String(value ?? ""), set, 2, help);
  }
}

/** Vietnamese readers write 12,5. */
function numberBox(label: string, { min, max }: Question, value: Json, set: (value: Json) => void, help: string): HTMLElement {
  const box = el("input", { ...PRIVATE, type: "text", inputmode: "decimal" });
  box.value = typeof value === "number" ? String(value).replace(".", ",") : "";
  box.addEventListener("input", () => {
    const read = box.value.trim() ? Number(box.value.trim().replace(",", ".")) : Number.NaN;
    const isRight = Number.isFinite(read) && read >= (min ?? -Infinity) && read <= (max ?? Infinity);
    box.setAttribute("aria-invalid", String(!isRight && box.value !== ""));
    set(isRight ? read : null);
  });
  return labelledBox(label, box, help);
}

function dateBox(label: string, value: Json, set: (value: Json) => void, help: string): HTMLElement {
  const box = el("input", { ...PRIVATE, type: "date" });
  box.value = String(value ?? "");
  box.addEventListener("change", () => set(box.value));
  return labelledBox(label, box, help);
}

/** The answers to the questions of the draft's own kind. */
export async function answers(draft: Draft): Promise<{ [id: string]: Json }> {
  const questions = await questionsOf(draft.kind);
  if (!questions) return draft.checklist;
  const asked = new Set(questions.map(({ id }) => id));
  return Object.fromEntries(Object.entries(draft.checklist).filter(([id]) => asked.has(id)));
}
