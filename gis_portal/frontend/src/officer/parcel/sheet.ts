// The sheet of one parcel: what the pack says of it, and what can be done there.
import * as held from "../packs/held";
import { privateOf } from "../packs/install";
import type { FieldInfo, Row } from "../packs/shapes";
import { append, button, el, replace } from "../shell/dom";
import { facts } from "../shell/facts";
import { area, day, number } from "../shell/format";
import { address, go } from "../shell/router";
import type { Screen } from "../shell/screen";
import { say as shell } from "../shell/shell-words";
import { labelled, language } from "../shell/words";
import { signedArea } from "../stakeout/geometry";
import { cornerTable } from "./corners";
import { say } from "./field-words";
import { codesOf, mapErrorOf, ringsOf, scaleOf, useOf } from "./shape";
import { say as reportWord } from "../report/words";

export function parcelTitle(row: Row): string {
  return say("parcel", { number: row.number, sheet: row.sheet });
}

/** Facts shown elsewhere on the sheet. */
const ELSEWHERE = /^(commune_code|sheet_no|parcel_no|sheet_no_old|parcel_no_old|old_commune|land_use_current|area_measured|scale)$/;

function valueOf(field: FieldInfo, value: unknown): string {
  if (value === true || value === false) return language() === "vi" ? (value ? "Có" : "Không") : value ? "Yes" : "No";
  if (Array.isArray(value)) return value.map((one) => valueOf(field, one)).join(", ");
  const choice = field.choices?.find((candidate) => candidate.value === value);
  if (choice) return labelled({ vi: choice.vi, en: choice.en });
  if (field.type === "date") return day(String(value));
  if (field.type === "land_use") return useWords(String(value));
  if (typeof value === "number") {
    const words = number(value, Number.isInteger(value) ? 0 : 1);
    return field.unit ? `${words} ${field.unit}` : words;
  }
  return String(value);
}

function useWords(use: string): string {
  const { landUses } = facts();
  return codesOf(use).map((code) => (landUses[code] ? `${code}: ${landUses[code][language()]}` : code)).join("; ");
}

function fact(name: string, value: string): HTMLElement[] {
  return [el("dt", {}, name), el("dd", {}, value)];
}

export function factList(fields: readonly FieldInfo[], values: Record<string, unknown>, left: RegExp = ELSEWHERE): HTMLElement {
  const list = el("dl", { class: "officer-facts" });
  for (const field of fields) {
    const value = values[field.name];
    if (left.test(field.name) || value === null || value === undefined || value === "") continue;
    append(list, fact(labelled(field.label) || field.name, valueOf(field, value)));
  }
  return list;
}

function landUse(row: Row): HTMLElement | null {
  const codes = codesOf(useOf(row));
  if (!codes.length) return null;
  const { landUses } = facts();
  const items = codes.map((code) => {
    const swatch = el("span", { class: "officer-swatch", "aria-hidden": "true" });
    swatch.style.background = landUses[code]?.colour || "transparent";
    return el("li", {}, swatch, el("strong", {}, code), " ", landUses[code]?.[language()] ?? "");
  });
  return el("section", {}, el("h3", {}, say("landUse")), el("ul", { class: "officer-uses" }, ...items));
}

function areas(row: Row): HTMLElement {
  const drawn = Math.abs(ringsOf(row).length === 1 ? signedArea(ringsOf(row)[0] ?? []) : drawnArea(row));
  const list = el("dl", { class: "officer-facts" });
  const field = held.unitOf(row.uid)?.document.fields.find(({ name }) => name === "area_measured");
  if (row.area !== null) append(list, fact(labelled(field?.label) || say("areas"), area(row.area)));
  append(list, fact(say("areaDrawn"), area(drawn)));
  return el("section", {}, el("h3", {}, say("areas")), list);
}

/** Shells less holes: where the pack names its shells by them, else by what lies in what. */
function drawnArea(row: Row): number {
  const shells = new Set(row.shells ?? [0]);
  return ringsOf(row).reduce((sum, ring, i) => sum + (shells.has(i) ? 1 : -1) * Math.abs(signedArea(ring)), 0);
}

function personal(row: Row): HTMLElement {
  const unit = held.unitOf(row.uid);
  const box = el("section", { class: "stack-tight" });
  const show = async (): Promise<void> => {
    try {
      const values = await privateOf(row.uid);
      const list = values ? factList(unit?.pack.privateFields ?? [], values, /^$/) : null;
      replace(box, el("h3", {}, say("personal")), list?.children.length ? list : el("p", {}, say("personalNone")));
    } catch {
      replace(box, el("h3", {}, say("personal")), el("p", { class: "notice notice-bad" }, say("personalLate")));
    }
  };
  append(box, [
    button(say("personalShow"), () => void show(), "button button-quiet officer-wide"),
    el("p", { class: "soft small" }, say("personalLogged")),
  ]);
  return box;
}

function actions(row: Row): HTMLElement {
  const link = (words: string, name: string, ...more: string[]): HTMLElement =>
    el("a", { class: "button button-quiet", href: address(name, row.uid, ...more) }, words);
  return el(
    "div",
    { class: "officer-actions" },
    el("a", { class: "button", href: address("stakeout", row.uid) }, say("stakeOut")),
    link(say("check"), "check"),
    el("a", { class: "button button-quiet", href: address("report", "parcel", row.uid) }, say("report")),
    el("a", { class: "button button-quiet", href: address("report", "proposal", row.uid) }, reportWord("proposal")),
    link(say("goThere"), "there"),
  );
}

export function asOfLine(uid: string): HTMLElement {
  const unit = held.unitOf(uid);
  return el("p", { class: "officer-asof" }, shell("asOf", { day: day(unit?.document.as_of ?? unit?.pack.as_of) }));
}

function errorNote(row: Row): HTMLElement {
  const scale = scaleOf(row);
  const words = scale ? say("scale", { n: number(scale) }) : say("scaleUnknown");
  return el("p", { class: "soft small" }, say("mapErrorNote", { m: number(mapErrorOf(row), 2), scale: words }));
}

export function gone(): Screen {
  const body = el("div", { class: "stack" }, el("p", {}, say("parcelGone")), button(shell("search"), () => go("search")));
  return { title: shell("map"), layout: "sheet", body };
}

export function parcelSheet([uid = ""]: string[]): Screen {
  const row = held.row(uid);
  const unit = held.unitOf(uid);
  if (!row || !unit) return gone();
  // A former commune alone, which is the present one, says nothing.
  const old = (row.old ?? []).flatMap(({ unit: was, sheet, number: no }) => {
    const named = sheet || no ? say("parcel", { number: no ?? "?", sheet: sheet ?? "?" }) : "";
    return named || (was && was !== unit.pack.name) ? [[was, named].filter(Boolean).join(": ")] : [];
  });
  const body = el(
    "article",
    { class: "stack officer-parcel", "data-uid": uid },
    el("p", { class: "officer-where" }, unit.pack.name),
    asOfLine(uid),
    actions(row),
    old.length ? el("section", {}, el("h3", {}, say("oldNumbers")), el("ul", { class: "plain" }, ...old.map((words) => el("li", {}, words)))) : null,
    areas(row),
    landUse(row),
    el("section", {}, el("h3", {}, say("papers")), factList(unit.document.fields, row.p)),
    Object.values(unit.pack.parts).some(({ kind }) => kind === "private") ? personal(row) : null,
    cornerTable(row),
    errorNote(row),
  );
  return {
    title: parcelTitle(row),
    layout: "sheet",
    body,
    onMap: (map) => map.choose(row),
    leave: (map) => map?.choose(null),
  };
}
