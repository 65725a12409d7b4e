// The form that makes and edits a question: boxes over one document, which is read back in words while it changes.
// Without this script the document can be written by hand; with it nobody needs to.
import { text } from "../../config";
import { el, replace } from "../../officer/shell/dom";
import { plannerConfig, type Question, type Table } from "../document";
import { inputsPart } from "./inputs";
import { showPreview } from "./preview";
import { resultPart } from "./result";
import { stepsPart } from "./steps";

const ASK_MS = 350;

export function startBuilder(box: HTMLElement): void {
  const source = document.getElementById("document") as HTMLTextAreaElement;
  const title = document.getElementById("question-title") as HTMLInputElement | null;
  let question = JSON.parse(source.value) as Question;
  let timer = 0;
  const write = (): void => {
    source.value = JSON.stringify(question, null, 1);
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void readBack(source.value), ASK_MS);
  };
  const draw = (): void => {
    const active = document.activeElement?.id;
    const changed = (redraw: boolean): void => {
      write();
      if (redraw) draw();
    };
    replace(box, inputsPart(question, changed), stepsPart(question, changed), resultPart(question, changed));
    if (active) document.getElementById(active)?.focus();
  };
  title?.addEventListener("input", () => {
    question.title = { ...question.title, [document.documentElement.lang === "en" && question.title.en ? "en" : "vi"]: title.value || "…" };
    write();
  });
  source.addEventListener("change", () => {
    try {
      question = JSON.parse(source.value) as Question;
      draw();
    } catch {
      // The words below the question say what is wrong with it.
    }
    void readBack(source.value);
  });
  document.getElementById("preview")?.addEventListener("click", () => void showPreview(question));
  draw();
}

interface Said {
  lines?: string[];
  result?: string;
  slivers?: string;
  error?: { title: string; detail: string; hint: string };
}

export async function askServer(url: string, body: unknown): Promise<Response> {
  return fetch(url, {
    method: "POST",
    body: typeof body === "string" ? body : JSON.stringify(body),
    headers: { "Content-Type": "application/json", "X-CSRFToken": plannerConfig().csrf, Accept: "application/json" },
  });
}

async function readBack(document_: string): Promise<void> {
  const error = document.getElementById("said-error");
  try {
    const response = await askServer(plannerConfig().wordsUrl, document_);
    const said = (await response.json()) as Said;
    if (said.lines) {
      document.getElementById("said-lines")?.replaceChildren(...said.lines.map((line) => el("li", {}, line)));
      const result = document.getElementById("said-result");
      if (result) replace(result, el("strong", {}, said.result ?? ""));
      const slivers = document.getElementById("said-slivers");
      if (slivers) slivers.textContent = said.slivers ?? "";
    }
    if (error) error.textContent = said.error ? [said.error.title, said.error.detail].filter(Boolean).join(": ") : "";
  } catch {
    if (error) error.textContent = text("w-unread");
  }
}

export type { Table };
