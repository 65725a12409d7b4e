// The packs of the officer's units: size before download, progress, pause, what is newer, what it takes of the device.
import { ApiError } from "../shell/api";
import { append, button, el, replace } from "../shell/dom";
import { day, number, size } from "../shell/format";
import { go } from "../shell/router";
import type { Screen } from "../shell/screen";
import { say } from "../shell/shell-words";
import { labelled } from "../shell/words";
import { space } from "../store/db";
import { limits } from "../store/vault";
import { ageOf } from "./age";
import { BrokenPart } from "./download";
import * as held from "./held";
import { heldPacks, remove, stillNewest } from "./install";
import type { Held, PackInfo } from "./shapes";
import { chosen, list, type Standing, standing, takeAll } from "./sync";
import { now } from "./time";

function why(error: unknown): string {
  if (error instanceof DOMException && error.name === "AbortError") return say("paused");
  if (error instanceof BrokenPart) return say("broken");
  if ((error as { code?: string }).code === "storage-full" || (error as Error).name === "QuotaExceededError") return say("full");
  if (error instanceof ApiError && error.status === 410) return say("gone");
  if (error instanceof ApiError && error.code !== "offline") return say("failed", { what: error.detail || error.code });
  if (error instanceof TypeError || error instanceof ApiError) return say("lost");
  return say("failed", { what: String(error) });
}

/** One unit: what is held, what may be taken. */
class Card {
  readonly element = el("section", { class: "card officer-pack" });
  #abort: AbortController | null = null;
  readonly #extra = new Set<string>();

  constructor(
    readonly pack: PackInfo | null,
    readonly mine: Held | null,
    readonly again: (message?: string) => Promise<void>,
  ) {}

  async paint(message = ""): Promise<void> {
    const unit = this.pack?.unit.name ?? this.mine?.name ?? "";
    this.element.dataset["unit"] = String(this.pack?.unit.id ?? this.mine?.unit ?? "");
    const parts = this.pack ? await standing(this.pack) : [];
    const { refreshDays } = await limits();
    const age = this.mine ? ageOf(this.mine.checkedAt, await now(), refreshDays) : null;
    const rows = this.mine ? held.rowsOf(this.mine.unit).length : 0;
    replace(
      this.element,
      el("h2", {}, unit),
      this.mine
        ? el("p", {}, say("asOf", { day: day(this.mine.as_of) }), " · ", say("parcelsCount", { n: number(rows) }))
        : this.pack && el("p", {}, say("asOf", { day: day(this.pack.as_of) })),
      age && el("p", { class: age.over ? "notice notice-bad" : "soft small" }, age.days ? say("checked", { days: age.days }) : say("checkedToday")),
      this.pack && this.#offer(this.pack, parts, message),
      message ? el("p", { class: "notice", role: "status" }, message) : null,
      this.mine && button(say("removePack"), () => void this.#remove(unit), "button button-plain"),
    );
  }

  #offer(pack: PackInfo, parts: Standing[], message: string): HTMLElement {
    const box = el("div", { class: "stack-tight" });
    const waiting = (pack.waiting ?? []).filter((one) => typeof one === "string" || !(one as { optional?: boolean }).optional);
    if (waiting.length) {
      const what = waiting.map((one) => (typeof one === "string" ? one : labelled((one as { label?: string }).label ?? one.name))).join(", ");
      append(box, [el("p", { class: "notice" }, say("waiting", { what }))]);
    }
    const optional = parts.filter(({ part, state }) => part.optional && state === "none");
    for (const { part } of optional) append(box, [this.#tick(part.name, `${labelled(part.label)} (${size(part.bytes)})`)]);
    const action = el("div", { class: "stack-tight" });
    this.#action = () => replace(action, ...this.#takes(pack, parts, message));
    this.#action();
    append(box, [action]);
    return box;
  }

  #action: () => void = () => undefined;

  #tick(name: string, words: string): HTMLElement {
    const input = el("input", { type: "checkbox", checked: this.#extra.has(name) });
    input.addEventListener("change", () => {
      if (input.checked) this.#extra.add(name);
      else this.#extra.delete(name);
      this.#action();
    });
    return el("label", { class: "tick" }, input, el("span", {}, `${say("optional")}: ${words}`));
  }

  #takes(pack: PackInfo, parts: Standing[], message: string): HTMLElement[] {
    const wanted = chosen(parts, this.#extra);
    if (!wanted.length) return this.mine ? [el("p", { class: "badge badge-good" }, say("upToDate"))] : [];
    const total = wanted.reduce((sum, { part }) => sum + part.bytes, 0);
    const come = wanted.reduce((sum, one) => sum + one.arrived, 0);
    const isNewer = wanted.some(({ state }) => state === "newer");
    const words = come && message ? say("resume", { size: size(total - come) }) : say(isNewer ? "update" : "download", { size: size(total) });
    const sizes = wanted.map(({ part }) => el("li", {}, `${labelled(part.label)}: ${size(part.bytes)}`));
    return [
      el("ul", { class: "plain soft small" }, ...sizes),
      button(words, () => void this.#take(pack, wanted), "button officer-wide", "download"),
    ];
  }

  async #take(pack: PackInfo, wanted: Standing[]): Promise<void> {
    this.#abort = new AbortController();
    const bar = el("progress", { max: 1, value: 0, "aria-label": pack.unit.name });
    const line = el("p", { class: "small", role: "status" });
    const stop = button(say("pause"), () => this.#abort?.abort(), "button button-quiet officer-wide");
    replace(this.element, el("h2", {}, pack.unit.name), bar, line, stop);
    // The first time something lies here that takes minutes to get again.
    void space(true);
    let message = "";
    try {
      await takeAll(pack, wanted, await now(), this.#abort.signal, ({ part, done, total }) => {
        bar.max = Math.max(1, total);
        bar.value = done;
        line.textContent = say("progress", { part: labelled(part.label), done: size(done), total: size(total) });
      });
    } catch (error) {
      message = why(error);
    }
    await held.load();
    await this.again(message);
  }

  async #remove(unit: string): Promise<void> {
    if (!this.mine || !window.confirm(say("removeSure", { unit }))) return;
    await remove(this.mine.unit);
    await held.load();
    await this.again();
  }
}

async function storageNote(): Promise<HTMLElement> {
  const { used, quota, kept } = await space();
  const box = el("section", { class: "stack-tight small" }, el("p", {}, say("storage", { used: size(used), quota: size(quota) })));
  append(box, [el("p", { class: "soft" }, say(kept ? "storageKept" : "storageLoose"))]);
  const ask = async (): Promise<void> => replace(box, ...(await space(true).then(storageNote)).childNodes);
  if (!kept) append(box, [button(say("storageAsk"), () => void ask(), "button button-quiet")]);
  return box;
}

async function paint(box: HTMLElement, message = "", about?: number): Promise<void> {
  let offered: PackInfo[] = [];
  let problem = "";
  try {
    offered = await list();
  } catch (error) {
    problem = error instanceof ApiError && error.code === "offline" ? say("listOffline") : why(error);
  }
  const mine = await heldPacks();
  for (const pack of offered) {
    const isNewest = mine.some(({ unit }) => unit === pack.unit.id) && (await standing(pack)).every(({ state }) => state !== "newer");
    if (isNewest) await stillNewest(pack, await now());
  }
  const fresh = await heldPacks();
  const units = new Map(offered.map((pack) => [pack.unit.id, pack]));
  const ids = [...new Set([...fresh.map(({ unit }) => unit), ...units.keys()])];
  const cards = ids.map((id) => {
    const card: Card = new Card(units.get(id) ?? null, fresh.find(({ unit }) => unit === id) ?? null, (said) => paint(box, said, id));
    return card;
  });
  await Promise.all(cards.map((card, i) => card.paint(ids[i] === about ? message : "")));
  replace(
    box,
    el("p", {}, say("packsWhy")),
    problem ? el("p", { class: "notice", role: "status" }, problem) : null,
    fresh.length ? button(say("toMap"), () => go("map"), "button officer-wide") : null,
    ...cards.map(({ element }) => element),
    !cards.length && !problem ? el("p", { class: "notice" }, say("noPacks")) : null,
    await storageNote(),
  );
}

export function packsPage(): Screen {
  const box = el("div", { class: "stack" }, el("div", { class: "skeleton officer-skeleton" }));
  void paint(box);
  return { title: say("packsTitle"), layout: "page", body: box };
}
