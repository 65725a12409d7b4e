// The form that makes and edits a question: boxes over one document, which is read back in words while it changes.
// Without this script the document can be written by hand; with it nobody needs to.
import { text } from "../../config";
import { replace } from "../../officer/shell/dom";
import { plannerConfig, type Question } from "../document";
import { markPart, type Said, showSaid, wayTo } from "../said";
import { keepingFocus } from "./focus";
import { inputsPart } from "./inputs";
import { showPreview } from "./preview";
import { resultPart } from "./result";
import { stepsPart } from "./steps";

const ASK_MS = 350;
const MOST_UNDONE = 50;

export function startBuilder(box: HTMLElement): void {
  const source = document.getElementById("document") as HTMLTextAreaElement;
  const title = document.getElementById("question-title") as HTMLInputElement | null;
  let question = JSON.parse(source.value) as Question;
  source.value = JSON.stringify(question, null, 1);
  let timer = 0;
  const later = (): void => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void readBack(box, source.value), ASK_MS);
  };
  const take = (written: string): void => {
    source.value = written;
    question = JSON.parse(written) as Question;
    if (title) title.value = (document.documentElement.lang === "en" ? question.title.en : "") || question.title.vi;
    draw();
    later();
  };
  const changedFrom = startKeeping(source, take);
  const write = (): void => {
    const before = source.value;
    source.value = JSON.stringify(question, null, 1);
    changedFrom(before);
    later();
  };
  const draw = (): void => {
    const changed = (redraw: boolean): void => {
      write();
      if (redraw) draw();
    };
    keepingFocus(box, () => replace(box, inputsPart(question, changed), stepsPart(question, changed), resultPart(question, changed)));
  };
  title?.addEventListener("input", () => {
    question.title = { ...question.title, [document.documentElement.lang === "en" && question.title.en ? "en" : "vi"]: title.value.trim() };
    write();
  });
  source.addEventListener("change", () => {
    try {
      question = JSON.parse(source.value) as Question;
      draw();
    } catch {
      // The words below the question say what is wrong with it.
    }
    void readBack(box, source.value);
  });
  source.addEventListener("planner:document", () => take(source.value));
  document.getElementById("preview")?.addEventListener("click", () => void showPreview(question));
  draw();
  const refused = document.getElementById("refused-at");
  if (refused) refused.append(" ", wayTo(refused.dataset["at"] ?? "") ?? "");
  if (document.getElementById("refusal")) later();
}

export async function askServer(url: string, body: unknown): Promise<Response> {
  return fetch(url, {
    method: "POST",
    body: typeof body === "string" ? body : JSON.stringify(body),
    headers: { "Content-Type": "application/json", "X-CSRFToken": plannerConfig().csrf, Accept: "application/json" },
  });
}

async function readBack(box: HTMLElement, document_: string): Promise<void> {
  try {
    const response = await askServer(plannerConfig().wordsUrl, document_);
    const said = (await response.json()) as Said;
    showSaid(said);
    markPart(box.closest("form") ?? box, said);
  } catch {
    const error = document.getElementById("said-error");
    if (error) error.textContent = text("w-unread");
  }
}

/** Whoever goes away with changes that are not kept is asked first; undoing takes back one change after another. */
function startKeeping(source: HTMLTextAreaElement, put: (written: string) => void): (before: string) => void {
  const undo = document.getElementById("undo") as HTMLButtonElement | null;
  const note = document.getElementById("unsaved");
  const first = source.value;
  const former: string[] = [];
  const show = (): void => {
    if (undo) undo.disabled = !former.length;
    if (note) note.textContent = source.value === first ? "" : (note.dataset["words"] ?? "");
  };
  undo?.addEventListener("click", () => {
    const last = former.pop();
    if (last !== undefined) put(last);
    show();
  });
  let sent = false;
  document.addEventListener("submit", () => {
    sent = true;
  });
  window.addEventListener("beforeunload", (event) => {
    if (!sent && source.value !== first) event.preventDefault();
  });
  return (before) => {
    if (before !== source.value) former.push(before);
    if (former.length > MOST_UNDONE) former.shift();
    show();
  };
}
