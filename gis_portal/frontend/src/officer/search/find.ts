// Offline search over the rows of all held packs: unit, sheet, number (new and old), manager, name, address. Pure; all of it
// fits in memory: 7,571 rows are gone through in a few milliseconds.
import type { Row } from "../packs/shapes";
import { fold, words } from "./fold";

export interface Found {
  row: Row;
  /** The former number that was meant, in words, where it was one. */
  old: string | null;
}

interface Entry {
  row: Row;
  sheet: string;
  number: string;
  old: { sheet: string; number: string; words: string; said: string }[];
  /** Everything else that may be typed, between blanks. */
  text: string;
  /** Former names of the unit: whoever has the present name comes first. */
  former: string;
}

export interface Asked {
  sheet: string | null;
  number: string | null;
  words: string[];
}

const SHEET = /(?:^|\s)(?:to(?:\s+ban\s+do)?(?:\s+so)?|sheet)\s*:?\s*([\p{N}\p{L}][\p{L}\p{N}\-.]*)/u;
const NUMBER = /(?:^|\s)(?:thua(?:\s+dat)?(?:\s+so)?|parcel)\s*:?\s*([\p{N}][\p{L}\p{N}\-.]*)/u;
const PAIR = /(?:^|\s)([\p{L}\p{N}-]+)\s*[/.]\s*(\p{N}[\p{L}\p{N}]*)(?=\s|$)/u;

/** “tờ 5 thửa 12 vũng tàu”, “5/12”, “12”: what is meant. */
export function asked(text: string): Asked {
  let rest = ` ${fold(text).replace(/[,;]/g, " ")} `;
  let sheet: string | null = null;
  let number: string | null = null;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    const found = pattern.exec(rest);
    if (found) rest = rest.replace(found[0], " ");
    return found;
  };
  // The parcel first: “to 5 thua 12” must not read “thua” as a sheet.
  number = take(NUMBER)?.[1] ?? null;
  const named = take(SHEET);
  if (named && /\p{N}/u.test(named[1] ?? "")) sheet = named[1] ?? null;
  else if (named) rest = `${rest} ${named[0]}`;
  if (!sheet && !number) {
    const pair = take(PAIR);
    if (pair) [sheet, number] = [pair[1] ?? null, pair[2] ?? null];
  }
  return { sheet: bare(sheet), number: bare(number), words: words(rest) };
}

/** “05” and “5” are the same sheet; “TĐ03-2014” stays. */
function bare(value: string | null): string | null {
  return value === null ? null : value.replace(/^0+(?=\d)/, "");
}

function clean(value: string | null | undefined): string {
  return bare(fold(String(value ?? "").trim())) ?? "";
}

export class Index {
  readonly #entries: Entry[];

  /** `unitName` says what a row's unit is called; `textFields` are the fields whose words may be typed. */
  constructor(rows: readonly Row[], unitName: (row: Row) => string, textFields: readonly string[], formerNames: (row: Row) => readonly string[] = () => []) {
    this.#entries = rows.map((row) => {
      const said = textFields.map((name) => row.p[name]).filter((value) => typeof value === "string");
      return {
        row,
        sheet: clean(row.sheet),
        number: clean(row.number),
        old: (row.old ?? []).map(({ unit, sheet, number }) => ({
          sheet: clean(sheet),
          number: clean(number),
          words: spaced(String(unit ?? "")),
          said: [unit, sheet && `tờ ${sheet}`, number && `thửa ${number}`].filter(Boolean).join(", "),
        })),
        text: [unitName(row), ...said].map((one) => spaced(String(one))).join(""),
        former: formerNames(row).map(spaced).join(""),
      };
    });
  }

  find(text: string, limit = 30): Found[] {
    const wish = asked(text);
    if (!wish.sheet && !wish.number && !wish.words.length) return [];
    const found: (Found & { rank: number })[] = [];
    for (const entry of this.#entries) {
      const hit = match(entry, wish);
      if (hit) found.push({ row: entry.row, ...hit });
    }
    found.sort((a, b) => a.rank - b.rank || order(a.row, b.row));
    return found.slice(0, limit).map(({ row, old }) => ({ row, old }));
  }
}

/** A register says the same words again and again. */
const known = new Map<string, string>();

function spaced(text: string): string {
  let found = known.get(text);
  if (found === undefined) {
    found = ` ${words(text).join(" ")} `;
    known.set(text, found);
  }
  return found;
}

const NUMERIC = new Intl.Collator("vi", { numeric: true });

function order(a: Row, b: Row): number {
  return NUMERIC.compare(a.sheet, b.sheet) || NUMERIC.compare(a.number, b.number);
}

const starts = (text: string, word: string): boolean => text.includes(` ${word}`);

/** The smaller the rank the better: the present number, then a former one; a number that only begins so is last. */
function match(entry: Entry, wish: Asked): { old: string | null; rank: number } | null {
  const wordsFit = (more: string): boolean => wish.words.every((word) => starts(entry.text, word) || starts(more, word));
  const fits = (sheet: string, number: string): boolean =>
    (wish.sheet === null || wish.sheet === sheet) && (wish.number === null || wish.number === number);
  if (wish.sheet !== null || wish.number !== null) {
    if (fits(entry.sheet, entry.number) && wordsFit("")) return { old: null, rank: 0 };
    if (fits(entry.sheet, entry.number) && wordsFit(entry.former)) return { old: null, rank: 0.5 };
    const former = entry.old.find((old) => fits(old.sheet, old.number) && wordsFit(old.words));
    return former ? { old: former.said, rank: 1 } : null;
  }
  const [only] = wish.words;
  if (wish.words.length === 1 && only && /^\d/.test(only)) {
    if (entry.number === bare(only)) return { old: null, rank: 0 };
    const former = entry.old.find((old) => old.number === bare(only));
    if (former) return { old: former.said, rank: 1 };
  }
  if (wordsFit("")) return { old: null, rank: 2 };
  if (wordsFit(entry.former)) return { old: null, rank: 2.5 };
  const former = entry.old.find((old) => wordsFit(old.words));
  return former ? { old: former.said, rank: 3 } : null;
}
