// A sample of the answer, at once: the numbers are estimates and say so.
import { text } from "../../config";
import { distance, number } from "../../format";
import { el, replace } from "../../officer/shell/dom";
import { plannerConfig, type Question } from "../document";
import { askServer } from "./builder";
import { MADE } from "./spec";

const ROWS = 30;

interface Column {
  name: string;
  kind: string;
  layer?: string | null;
  field?: string;
  label?: { vi: string; en: string } | string;
}
interface Preview {
  columns?: Column[];
  rows?: Record<string, unknown>[];
  /** How many of how many were looked at; none of it where all were. */
  sample?: { size: number | null; of: number | null } | null;
  detail?: string;
  title?: string;
  hint?: string;
  /** The place of a document that is wrong: its box says what to do. */
  at?: string;
}

export async function showPreview(question: Question): Promise<void> {
  const box = document.getElementById("preview-box");
  const table = document.getElementById("preview-table");
  if (!box || !table) return;
  box.hidden = false;
  say(text("w-previewing"));
  try {
    const response = await askServer(plannerConfig().previewUrl, { document: question });
    const answer = (await response.json()) as Preview & { summary?: Preview };
    const found = answer.summary ?? answer;
    if (!response.ok) {
      say((answer.at ? [answer.detail || answer.title] : [answer.title, answer.detail, answer.hint]).filter(Boolean).join(" – "));
      table.replaceChildren();
      return;
    }
    const { size, of } = found.sample ?? {};
    const rows = found.rows?.length ?? 0;
    say(size && of ? text("w-sample", { n: number(size, 0), of: number(of, 0) }) : rows ? text("w-whole") : text("w-nothing"));
    replace(table, tableOf(found));
  } catch {
    say(text("w-failed"));
  }
  box.scrollIntoView({ block: "nearest" });
}

function say(words: string): void {
  const note = document.getElementById("preview-note");
  if (note) note.textContent = words;
}

function tableOf({ columns: all = [], rows = [], sample }: Preview): HTMLElement | null {
  const isSample = Boolean(sample?.size);
  // A share of what was found by chance says nothing of the whole.
  const columns = all.filter(({ kind, name }) => !(isSample && kind === "measure" && name === "share"));
  if (!rows.length) return null;
  const head = el("tr", {}, ...columns.map((column) => el("th", { scope: "col", class: column.kind === "measure" ? "right" : "" }, labelOf(column))));
  const body = rows.slice(0, ROWS).map((row) => el("tr", {}, ...columns.map((column) => cell(column, row, isSample))));
  return el("div", { class: "table-scroll", tabindex: 0, role: "group", "aria-labelledby": "preview-title" }, el("table", { class: "table" }, el("thead", {}, head), el("tbody", {}, ...body)));
}

function labelOf({ name, kind, label, layer, field = "" }: Column): string {
  if (kind === "measure") return text(`measure-${name}`);
  if (!layer && Object.values(MADE).flat().includes(field)) return text(`made-${field}`);
  if (typeof label === "string") return label;
  if (label) return document.documentElement.lang === "en" ? label.en : label.vi;
  const unit = plannerConfig().units.find(({ value }) => value === name);
  return unit?.label ?? name;
}

/** A code by its name, as the result will have it. */
function valueWords({ layer, field = "" }: Column, value: unknown): string {
  if (!layer && field === "layer") return plannerConfig().layers.find(({ slug }) => slug === value)?.title ?? String(value);
  const known = plannerConfig().layers.find(({ slug }) => slug === layer)?.fields.find(({ name }) => name === field);
  const choice = known?.choices.find(({ value: code }) => code === String(value));
  if (choice) return choice.label;
  const made = field === "covered" || field === "change" ? text(`${field}-${String(value)}`) : "";
  return made || String(value);
}

/** One unit in the column, whatever the size: estimates need no more digits. */
function hectares(squareMetres: number): string {
  return `${number(squareMetres / 10_000, 2)} ha`;
}

/** Between what and what it lies, to two digits: more than that nobody knows of a sample. */
function rangeWords(name: string, amount: number, margin: unknown): string {
  const off = typeof margin === "number" ? margin : 0;
  const by = name === "area_m2" ? 10_000 : name === "length_m" ? 1000 : 1;
  const unit = name === "area_m2" ? " ha" : name === "length_m" ? " km" : "";
  const [low, high] = [Math.max(0, amount - off) / by, (amount + off) / by].map((value) => shortNumber(value, name === "count")) as [string, string];
  return low === high ? text("w-about", { n: `${high}${unit}` }) : text("w-between", { low, high: `${high}${unit}` });
}

function shortNumber(value: number, isWhole: boolean): string {
  const short = Number(value.toPrecision(2));
  return number(short, isWhole || short >= 10 ? 0 : short >= 1 ? 1 : 2);
}

function cell(column: Column, row: Record<string, unknown>, isSample: boolean): HTMLElement {
  const value = row[column.name];
  if (column.kind !== "measure") {
    const words = row[`${column.name}_name`] ?? value;
    return el("td", {}, words === null || words === undefined ? text("w-unknown") : valueWords(column, words));
  }
  const amount = typeof value === "number" ? value : 0;
  if (isSample) return el("td", { class: "right" }, rangeWords(column.name, amount, row[`${column.name}_margin`]));
  const shown = column.name === "area_m2" ? hectares(amount) : column.name === "length_m" ? distance(amount) : column.name === "share" ? `${number(100 * amount, 1)} %` : number(amount, 0);
  return el("td", { class: "right" }, shown);
}
