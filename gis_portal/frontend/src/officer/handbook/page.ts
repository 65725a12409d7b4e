// The guide: procedures, land codes with their colours, legal texts, as the office wrote them into the pack.
import { readJson } from "../packs/bytes";
import { heldPacks, partData } from "../packs/install";
import { fold } from "../search/fold";
import { el, replace } from "../shell/dom";
import { day } from "../shell/format";
import { address } from "../shell/router";
import type { Screen } from "../shell/screen";
import { say as shell } from "../shell/shell-words";
import { language, labelled, speaker } from "../shell/words";
import { type Block, blocks } from "./blocks";

const say = speaker({
  none: ["Cẩm nang đi cùng dữ liệu địa bàn. Hãy tải dữ liệu trước.", "The guide comes with the data of your area. Download that first."],
  codes: ["Mã loại đất", "Land-use codes"],
  laws: ["Văn bản pháp luật", "Legal texts"],
  filter: ["Lọc theo mã hoặc tên", "Filter by code or name"],
  procedure: ["Quy trình", "Procedures"],
  land: ["Thửa đất và hồ sơ", "Parcels and records"],
  law: ["Văn bản", "Legal texts"],
  lookUp: ["Tra cứu nhanh", "Look up"],
  changed: ["Cập nhật ngày {day}", "Updated {day}"],
  missing: ["Không có trang này.", "There is no such page."],
});

type Both<T> = T | { vi?: T; en?: T };

interface Guide {
  pages?: { slug: string; section: Both<string>; title: Both<string>; blocks: Both<Block[]>; changed_at?: string }[];
  codes?: { code: string; name: Both<string>; colour?: string | null }[];
  laws?: { number: string; date?: string | null; title: Both<string>; note?: Both<string> | null }[];
}

async function read(): Promise<Guide | null> {
  for (const pack of await heldPacks()) {
    const name = Object.entries(pack.parts).find(([, { kind }]) => kind === "handbook")?.[0];
    const data = name ? await partData(pack.unit, name) : null;
    if (data) return readJson<Guide>(data);
  }
  return null;
}

const words = (label: Both<string> | null | undefined): string => labelled(label as string);

function inLanguage(all: Both<Block[]>): Block[] {
  return Array.isArray(all) ? all : (all[language()] ?? all.vi ?? []);
}

function link(slug: string, title: string): HTMLElement {
  return el("li", {}, el("a", { class: "officer-row", href: address("handbook", slug) }, el("strong", {}, title)));
}

function sectionName(section: Both<string>): string {
  return section === "procedure" || section === "land" || section === "law" ? say(section) : words(section);
}

function contents(guide: Guide): Node {
  const sections = new Map<string, HTMLElement[]>();
  for (const page of guide.pages ?? []) {
    const name = sectionName(page.section);
    sections.set(name, [...(sections.get(name) ?? []), link(page.slug, words(page.title))]);
  }
  const lists = [...sections].map(([name, links]) => el("section", {}, name ? el("h2", {}, name) : null, el("ul", { class: "officer-list" }, ...links)));
  const more = [guide.codes?.length ? link("codes", say("codes")) : null, guide.laws?.length ? link("laws", say("laws")) : null];
  return el("div", { class: "stack" }, ...lists, el("section", {}, el("h2", {}, say("lookUp")), el("ul", { class: "officer-list" }, ...more)));
}

/** A list that is narrowed by typing, accents or not. */
function filtered<T>(all: readonly T[], textOf: (one: T) => string, show: (one: T) => HTMLElement): Node {
  const input = el("input", { id: "guide-filter", type: "search", class: "officer-input", autocomplete: "off" });
  const list = el("ul", { class: "officer-list" });
  const paint = (): void => {
    const wanted = fold(input.value.trim());
    replace(list, ...all.filter((one) => fold(textOf(one)).includes(wanted)).map(show));
  };
  input.addEventListener("input", paint);
  paint();
  return el("div", { class: "stack" }, el("label", { for: "guide-filter" }, say("filter")), input, list);
}

function codeLine({ code, name, colour }: NonNullable<Guide["codes"]>[number]): HTMLElement {
  const swatch = el("span", { class: "officer-swatch", "aria-hidden": "true" });
  swatch.style.background = /^#[0-9a-f]{6}$/i.test(colour ?? "") ? (colour as string) : "transparent";
  return el("li", { class: "officer-code" }, swatch, el("strong", {}, code), el("span", {}, words(name)));
}

function lawLine({ number, date, title, note }: NonNullable<Guide["laws"]>[number]): HTMLElement {
  return el("li", { class: "officer-law" }, el("strong", {}, number), date ? ` (${day(date)})` : null, el("p", {}, words(title)), note ? el("p", { class: "soft small" }, words(note)) : null);
}

export async function guidePage([slug]: string[]): Promise<Screen> {
  const guide = await read();
  const page = (title: string, body: Node): Screen => ({ title, layout: "page", body });
  if (!guide) return page(shell("guide"), el("p", { class: "notice" }, say("none")));
  if (!slug) return page(shell("guide"), contents(guide));
  if (slug === "codes") return page(say("codes"), filtered(guide.codes ?? [], ({ code, name }) => `${code} ${words(name)}`, codeLine));
  if (slug === "laws") return page(say("laws"), filtered(guide.laws ?? [], ({ number, title }) => `${number} ${words(title)}`, lawLine));
  const found = guide.pages?.find((one) => one.slug === slug);
  if (!found) return page(shell("guide"), el("p", {}, say("missing")));
  const changed = found.changed_at ? el("p", { class: "soft small" }, say("changed", { day: day(found.changed_at) })) : null;
  return page(words(found.title), el("article", { class: "officer-prose" }, changed, ...blocks(inLanguage(found.blocks))));
}
