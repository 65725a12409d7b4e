// #/report/answer/<report>: what the officer says to the office's words about a report of theirs; written without a network, sent by
// the outbox like everything else.
import * as vault from "../store/vault";
import type { NewOperation } from "../outbox/outbox";
import { textBox } from "../report/boxes";
import { type Draft, list, newDraft, save } from "../report/drafts";
import { framed } from "../report/form";
import { el } from "../shell/dom";
import type { Screen } from "../shell/screen";
import { answersByReport, say, spoken } from "./answers";

/** The one that is being written already, or a new one. */
export async function begunAnswer(report: string): Promise<Draft> {
  const found = (await list()).find((draft) => draft.type === "answer" && draft.report === report);
  if (found) return found;
  const draft = newDraft({ type: "answer", report, title: say("toReport", { name: nameOf(report) }) });
  await save(draft);
  return draft;
}

/** The end of the name that the desk and its papers give a report. */
export const nameOf = (report: string): string => report.slice(-6).toUpperCase();

export async function answerForm(draft: Draft): Promise<Screen> {
  const { body, kept, foot } = framed(draft);
  // Past the time limit what the office said is closed; what the officer writes is not.
  const said = (await vault.state()) === "open" ? ((await answersByReport()).get(draft.report ?? "") ?? []) : [];
  body.append(
    el("p", { class: "report-about" }, draft.title),
    spoken(said) ?? el("p", { class: "hint" }, say("saidNothing")),
    textBox(say("answerLabel"), draft.note, (note) => ((draft.note = note), kept.touch()), 6, say("answerHelp")),
    foot(async () => finished(draft)),
  );
  return { title: say("answerTitle"), layout: "page", body, leave: () => kept.end() };
}

/** What is sent, or what is missing. */
export function finished(draft: Draft): NewOperation | string {
  if (!draft.report || !draft.note.trim()) return say("answerMissing");
  return { kind: "answer", base: null, draft: draft.id, payload: { report: draft.report, note: draft.note } };
}
