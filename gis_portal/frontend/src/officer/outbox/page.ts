// #/outbox: drafts, what waits, what the server said of each; sending by hand, and the way out as a file.
import { answerList, answersByReport, otherAnswers, refreshAnswers, type Said } from "../answers/answers";
import { list as draftsOf } from "../report/drafts";
import { kindName } from "../report/kinds";
import { button, el, replace } from "../shell/dom";
import { day } from "../shell/format";
import { address, go } from "../shell/router";
import type { Screen } from "../shell/screen";
import { language } from "../shell/words";
import { follow, last } from "../place/position";
import { space } from "../store/db";
import { limits, state as vaultState } from "../store/vault";
import { signInAgain } from "../lock/again";
import { say as lockWord } from "../lock/words";
import "../../styles/officer-report.css";
import { fileButtons } from "./files";
import { dismiss, type Item, list, onChange } from "./outbox";
import { sendAll, status } from "./send";
import { say } from "./words";

const DAY = 24 * 3_600_000;
const BADGES: Record<Item["state"], string> = { waiting: "", sending: "", received: " badge-good", refused: " badge-late", conflict: " badge-late" };

export async function outboxRoom(): Promise<Screen> {
  const said = el("p", { class: "outbox-status", role: "status" });
  const head = el("div", { class: "outbox-head" });
  const drafts = el("div", { class: "outbox-list" });
  const items = el("div", { class: "outbox-list" });
  const others = el("div", { class: "outbox-list" });
  const files = fileButtons(async () => {
    replace(drafts, ...(await draftCards()));
    await show();
  });
  let painting: Promise<void> | null = null;
  let again = false;
  let isLeft = false;

  function show(): Promise<void> {
    again = true;
    painting ??= paintAll();
    return painting;
  }

  async function paintAll(): Promise<void> {
    try {
      while (again && !isLeft) {
        again = false;
        await paint();
      }
    } finally {
      painting = null;
    }
  }

  async function paint(): Promise<void> {
    const [all, { keepDays }, answers] = await Promise.all([list(), limits(), answersByReport()]);
    said.textContent = sendingWords();
    replace(head, ...headOf(all), await looseNotice(all));
    files.show(all.length + drafts.childElementCount > 0);
    replace(items, ...all.reverse().map((item) => card(item, keepDays, answers.get(item.id))), all.length ? null : el("p", {}, say("empty")));
    replace(others, ...otherAnswers(answers, new Set(all.map(({ id }) => id))));
  }

  // Heard from the beginning: whoever comes from "save" comes while it is sent, and a refused line is over before this page stands.
  const stops = [onChange(() => void show().catch(() => undefined)), follow(() => undefined)];
  const leave = (): void => {
    isLeft = true;
    for (const stop of stops) stop();
  };
  try {
    replace(drafts, ...(await draftCards()));
    await show();
    void refreshAnswers().then((came) => (came ? show() : undefined)).catch(() => undefined);
    const late = (await vaultState()) === "late" ? el("p", { class: "notice notice-bad" }, lockWord("late", { hours: (await limits()).offlineHours })) : null;
    return { title: say("title"), layout: "page", body: el("div", { class: "outbox" }, late, said, head, drafts, items, others, files.element), leave };
  } catch (error) {
    leave();
    throw error;
  }
}

function sendingWords(): string {
  const { state, code, again } = status();
  if (state === "sending") return say("stateSending");
  if (!navigator.onLine || (state === "stopped" && code === "offline")) return say("stateOffline");
  if (state === "waiting") return say("stateWaiting", { seconds: Math.max(1, Math.ceil(((again ?? 0) - Date.now()) / 1000)) });
  if (state !== "stopped") return "";
  if (code === "other-account") return say("stateOther");
  return needsSignIn() ? say("stateSignIn") : say("stateStopped", { why: code ?? "" });
}

const needsSignIn = (): boolean => ["device-unknown", "device-expired", "other-account"].includes(status().code ?? "");

function headOf(items: Item[]): (Node | null)[] {
  const unsent = items.filter(({ settledAt, state }) => settledAt === null && state !== "refused");
  const of = unsent.reduce((sum, { photos }) => sum + photos, 0);
  const done = unsent.reduce((sum, { photosReceived }) => sum + photosReceived, 0);
  const words = unsent.length ? say("unsent", { n: unsent.length }) : items.length ? say("allSent") : "";
  return [
    words ? el("p", { class: "outbox-sum" }, words, of ? ` · ${say("photos", { done, of })}` : "") : null,
    el(
      "div",
      { class: "report-buttons" },
      unsent.length && needsSignIn() ? button(say("signIn"), signInAgain) : null,
      unsent.length ? button(say("sendNow"), () => void sendAll(), "button", "upload") : null,
      button(say("newHere"), reportHere, "button button-quiet", "plus"),
    ),
  ];
}

/** What is unsent is in the hands of a browser that promised nothing. */
async function looseNotice(items: Item[]): Promise<HTMLElement | null> {
  const isUnsent = items.some(({ settledAt, state }) => settledAt === null && state !== "refused");
  return isUnsent && !(await space()).kept ? el("p", { class: "hint" }, say("loose")) : null;
}

function reportHere(): void {
  const fix = last();
  if (fix) go("report", "place", fix.lon, fix.lat);
  else go("report", "new");
}

async function draftCards(): Promise<Node[]> {
  const all = await draftsOf();
  if (!all.length) return [];
  return [
    el("h2", {}, say("drafts")),
    ...all.map((draft) =>
      el(
        "a",
        { class: "card outbox-draft", href: address("report", draft.id) },
        el("strong", {}, draft.kind ? kindName(draft.kind) : say("draftGo")),
        el("span", {}, say("draftOf", { title: draft.title || say("somewhere"), when: moment(draft.at) })),
        draft.photos.length ? el("span", {}, say("photos", { done: 0, of: draft.photos.length })) : null,
      ),
    ),
  ];
}

function moment(iso: string | number): string {
  const date = new Date(iso);
  return new Intl.DateTimeFormat(language() === "vi" ? "vi-VN" : "en-GB", { dateStyle: "short", timeStyle: "short" }).format(date);
}

function titleOf({ operation }: Item): string {
  if (operation.kind === "proposal") return say("proposal");
  if (operation.kind === "answer") return say("answer");
  return kindName(String(operation.payload["kind"] ?? ""));
}

function stateWords(item: Item): string {
  return item.state === "received" && item.photosReceived < item.photos ? say("receivedPhotos") : say(item.state);
}

function card(item: Item, keepDays: number, answers: Said[] | undefined): HTMLElement {
  const { operation, receipt, state } = item;
  const note = String(operation.payload["note"] ?? operation.payload["why"] ?? "");
  const isSettled = item.settledAt !== null;
  return el(
    "article",
    { class: "card outbox-item", "data-state": state, "data-id": item.id },
    el("p", { class: "badge-row" }, el("span", { class: `badge${BADGES[state]}` }, stateWords(item))),
    el("h2", {}, titleOf(item)),
    el("p", { class: "outbox-when" }, say("madeAt", { when: moment(operation.made_at) })),
    note ? el("p", { class: "outbox-note" }, note) : null,
    item.photos ? el("p", { class: "outbox-photos" }, say("photos", { done: item.photosReceived, of: item.photos })) : null,
    item.photosRefused ? el("p", { class: "notice notice-bad" }, say("photosRefused", { n: item.photosRefused })) : null,
    receipt?.detail ? el("p", { class: state === "received" ? "hint" : "notice notice-bad" }, receipt.detail) : null,
    receipt?.received_at ? el("p", { class: "hint" }, say("receivedAt", { when: moment(receipt.received_at) })) : null,
    answerList(answers),
    isSettled ? el("p", { class: "hint" }, say("keptUntil", { when: day(new Date((item.settledAt ?? 0) + keepDays * DAY).toISOString()) })) : null,
    state === "refused" ? button(say("dismiss"), () => void drop(item.id), "button button-quiet") : null,
  );
}

async function drop(id: string): Promise<void> {
  if (confirm(say("dismissSure"))) await dismiss(id);
}
