// The outbox as files: sealed ones, which are opened again here, and one in the open for handing in by hand.
import { button, el, icon } from "../shell/dom";
import { ApiError } from "../shell/api";
import { exportOutbox } from "./export";
import { FileError, reopen } from "./reopen";
import { saveSealed } from "./sealed-file";
import { sendAll } from "./send";
import { say } from "./words";

export interface FileButtons {
  element: HTMLElement;
  /** Whether there is anything to save. */
  show(hasSome: boolean): void;
}

/** `came`: something was opened, paint anew. */
export function fileButtons(came: () => Promise<void>): FileButtons {
  const said = el("p", { role: "status", class: "outbox-file-said" });
  const input = el("input", { type: "file", class: "visually-hidden", autocomplete: "off" });
  let isBusy = false;

  async function working(work: () => Promise<string>): Promise<void> {
    if (isBusy) return;
    isBusy = true;
    said.classList.remove("notice", "notice-bad");
    try {
      said.textContent = await work();
    } catch (error) {
      said.textContent = whyNot(error);
      said.classList.add("notice", "notice-bad");
    } finally {
      isBusy = false;
    }
  }

  const sealed = async (): Promise<string> => say("sealedSaved", { name: await saveSealed() });
  const plain = async (): Promise<string> => {
    if (!confirm(say("exportSure"))) return "";
    return say("exported", { name: await exportOutbox((n, of) => (said.textContent = say("exporting", { n, of }))) });
  };
  const opened = async (): Promise<string> => {
    const [file] = input.files ?? [];
    if (!file) return "";
    const done = await reopen(file, undefined, (n, of) => (said.textContent = say("opening", { n, of })));
    await came();
    if (done.reports) void sendAll();
    const more = [done.known ? say("openedKnown", { n: done.known }) : "", done.damaged ? say("openedDamaged", { n: done.damaged }) : ""];
    return [say("opened", { reports: done.reports, drafts: done.drafts }), ...more].filter(Boolean).join(" ");
  };
  input.addEventListener("change", () => void working(opened).then(() => (input.value = "")));

  const saving = el(
    "div",
    { class: "report-buttons" },
    button(say("saveSealed"), () => void working(sealed), "button button-quiet", "download"),
    button(say("export"), () => void working(plain), "button button-quiet", "download"),
  );
  const element = el(
    "section",
    { class: "outbox-files" },
    el("h2", {}, say("files")),
    el("p", { class: "hint" }, say("filesWhy")),
    saving,
    el("div", { class: "report-buttons" }, el("label", { class: "button button-quiet" }, icon("upload"), say("openFile"), input)),
    said,
  );
  return { element, show: (hasSome) => (saving.hidden = !hasSome) };
}

/** What happened, and what to do. */
function whyNot(error: unknown): string {
  if (error instanceof FileError) return say(error.code);
  if ((error as { code?: unknown }).code === "storage-full") return say("file-full");
  if (error instanceof ApiError) return say("fileFailed", { why: error.detail || error.code });
  return say("fileFailed", { why: error instanceof Error ? error.message : String(error) });
}
