// What the office said to this officer's reports: asked of the server when the outbox is open, kept sealed, shown beside each report.
import { decoded, encoded } from "../outbox/outbox";
import { askJson } from "../shell/api";
import { el } from "../shell/dom";
import { address } from "../shell/router";
import { type Language, language, speaker } from "../shell/words";
import type { Sealed } from "../store/db";
import { isOpen, meta, open, seal, setMeta } from "../store/vault";

export interface Said {
  id: number;
  report: string;
  kind: "answered" | "moved";
  text: string;
  label: Record<Language, string> | null;
  by: string;
  at: string;
}

interface Kept {
  next: number;
  answers: Said[];
}

interface Told extends Kept {
  more: boolean;
}

const KEY = "answers";
const MOST = 300;
export const say = speaker({
  answered: ["Văn phòng trả lời: {text}", "The office answered: {text}"],
  moved: ["Văn phòng: {state}", "The office: {state}"],
  movedWhy: ["Văn phòng: {state}. {text}", "The office: {state}. {text}"],
  report: ["Báo cáo …{name}", "Report …{name}"],
  toReport: ["Trả lời văn phòng về báo cáo …{name}", "To the office, on report …{name}"],
  answerTitle: ["Trả lời văn phòng", "Answer the office"],
  answerLabel: ["Trả lời của bạn", "Your answer"],
  answerHelp: ["Văn phòng đọc được khi máy gửi xong. Có thể đọc cho điện thoại viết: bấm biểu tượng micrô trên bàn phím.", "The office reads it once it is sent. You can dictate: press the microphone on the phone's keyboard."],
  answerMissing: ["Ghi ít nhất một dòng trước khi lưu.", "Write at least a line before saving."],
  saidNothing: ["Lời của văn phòng không còn trên máy này.", "The office's words are not on this device any more."],
  newAnswers: ["Văn phòng có ý kiến mới về báo cáo của bạn.", "The office has said something on your reports."],
  others: ["Trả lời cho các báo cáo không còn trên máy này", "Answers to reports that are not on this device any more"],
});

/** Empty where nothing is kept, or where the key that sealed it is gone: then it is asked for again from the beginning. */
async function kept(): Promise<Kept> {
  const sealed = await meta<Sealed>(KEY);
  const nothing = { next: 0, answers: [] };
  if (!sealed || !isOpen()) return nothing;
  return open(sealed, KEY).then((bytes) => decoded<Kept>(bytes), () => nothing);
}

/** Asks for what is new; without a network what is kept stays. Answers whether anything came. */
export async function refreshAnswers(): Promise<boolean> {
  if (!isOpen() || !navigator.onLine) return false;
  let { next, answers } = await kept();
  let came = false;
  for (let more = true; more; ) {
    const told = await askJson<Told>(`answers?after=${next}`).catch(() => null);
    if (!told || !Array.isArray(told.answers)) return came;
    came ||= told.answers.length > 0;
    answers = [...answers, ...told.answers].slice(-MOST);
    more = told.more && told.next > next;
    next = told.next;
    // Sealed with the key of what came from the server: the time limit takes it, too.
    const sealed = came ? await seal(encoded({ next, answers } satisfies Kept), KEY).catch(() => null) : null;
    if (sealed) await setMeta(KEY, sealed);
  }
  return came;
}

/** By report, oldest first. */
export async function answersByReport(): Promise<Map<string, Said[]>> {
  const found = new Map<string, Said[]>();
  for (const said of (await kept()).answers) found.set(said.report, [...(found.get(said.report) ?? []), said]);
  return found;
}

function words({ kind, text, label }: Said): string {
  if (kind === "answered") return say("answered", { text });
  const state = label?.[language()] ?? "";
  return text ? say("movedWhy", { state, text }) : say("moved", { state });
}

function line(said: Said): HTMLElement {
  const when = new Intl.DateTimeFormat(language() === "vi" ? "vi-VN" : "en-GB", { dateStyle: "short", timeStyle: "short" });
  return el("li", {}, words(said), " ", el("span", { class: "hint" }, `${when.format(new Date(said.at))} · ${said.by}`));
}

/** What the office said of one report, oldest first; null without anything. */
export function spoken(all: Said[] | undefined): HTMLElement | null {
  return all?.length ? el("ul", { class: "outbox-answers" }, ...all.map(line)) : null;
}

/** The same, and the way to an answer. */
export function answerList(all: Said[] | undefined): HTMLElement | null {
  const [first] = all ?? [];
  if (!first) return null;
  return el("div", { class: "stack-tight" }, spoken(all), el("a", { class: "button button-quiet", href: address("report", "answer", first.report) }, say("answerTitle")));
}

/** Those to reports that this device does not hold: sent from another one, or kept long enough. */
export function otherAnswers(all: Map<string, Said[]>, here: Set<string>): (Node | null)[] {
  const left = [...all].filter(([report]) => !here.has(report)).reverse();
  // The end of the name that the desk and its papers give a report.
  const named = ([report, said]: [string, Said[]]): HTMLElement =>
    el("section", {}, el("h3", {}, say("report", { name: report.slice(-6).toUpperCase() })), answerList(said));
  return left.length ? [el("h2", {}, say("others")), ...left.map(named)] : [];
}
