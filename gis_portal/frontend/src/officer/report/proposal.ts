// A wrong value in the register: the officer proposes, a steward decides.
import type { Json } from "../outbox/canonical";
import type { NewOperation } from "../outbox/outbox";
import * as held from "../packs/held";
import type { FieldInfo } from "../packs/shapes";
import { el, replace } from "../shell/dom";
import { labelled } from "../shell/words";
import type { Screen } from "../shell/screen";
import { selectBox, textBox } from "./boxes";
import type { Draft } from "./drafts";
import { framed } from "./form";
import { choicesOf } from "./kinds";
import { say } from "./words";

const NUMBERS = /^(number|integer|decimal|area|float)/;

export function proposalForm(draft: Draft): Screen {
  const { body, kept, foot } = framed(draft);
  const uid = draft.base?.uid ?? "";
  const fields = held.unitOf(uid)?.document.fields ?? [];
  const values = held.row(uid)?.p ?? {};
  const value = el("div", { class: "report-part" });

  function show(): void {
    const field = fields.find(({ name }) => name === draft.field);
    replace(value, ...(field ? [el("p", {}, `${say("oldValue")}: ${shown(field, draft.old)}`), newValue(field)] : []));
  }

  function newValue(field: FieldInfo): HTMLElement {
    const set = (next: Json): void => {
      draft.new = next;
      kept.touch();
    };
    const choices = choicesOf(field.choices);
    if (choices.length) return selectBox(say("newValue"), choices, "", String(draft.new ?? ""), set);
    return textBox(say("newValue"), String(draft.new ?? ""), (text) => set(read(field, text)));
  }

  const names = fields.map(({ name, label }): [string, string] => [name, labelled(label)]);
  body.append(
    el("p", { class: "report-about" }, say("about", { what: draft.title })),
    selectBox(say("fieldLabel"), names, "", draft.field, (name) => {
      draft.field = name;
      draft.old = (values[name] ?? null) as Json;
      draft.new = null;
      kept.touch();
      show();
    }),
    value,
    textBox(say("why"), draft.note, (note) => ((draft.note = note), kept.touch()), 3, say("whyHelp")),
    foot(async () => finished(draft)),
  );
  show();
  return { title: say("proposal"), layout: "page", body, leave: () => kept.end() };
}

/** A number stays a number, also when it is written 12,5. */
function read({ type }: FieldInfo, text: string): Json {
  const number = Number(text.trim().replace(",", "."));
  return NUMBERS.test(type) && text.trim() && Number.isFinite(number) ? number : text;
}

function shown(field: FieldInfo, value: Json): string {
  if (value === null || value === "") return "—";
  return choicesOf(field.choices).find(([one]) => one === value)?.[1] ?? String(value);
}

function finished(draft: Draft): NewOperation | string {
  if (!draft.field || draft.new === null || draft.new === "") return say("fieldMissing");
  const { field, old, note } = draft;
  return { kind: "proposal", base: draft.base, draft: draft.id, payload: { field, old, new: draft.new, why: note } };
}
