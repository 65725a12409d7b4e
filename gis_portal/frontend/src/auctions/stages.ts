// The life cycle of a lot in the browser: the twin of gis_portal/auctions/stages.py over the same stages
// (life_cycle.json) and the same cases (tests/data/auction_stages.json). Tiles never change; the clock does.
import cycle from "../../../auctions/life_cycle.json";

export interface Stage {
  value: string;
  vi: string;
  en: string;
  colour: string;
  group: string;
  next: string[];
  date?: string;
}

/** What is said of a lot; moments as ISO 8601 with their offset. */
export interface Said {
  status: string;
  round: number;
  on: string | null;
  reg_start: string | null;
  reg_end: string | null;
  auction_time: string | null;
}

export interface Entry {
  id: number;
  stage: string;
  round: number;
  at: string;
  corrects: number | null;
  reg_start?: string | null;
  reg_end?: string | null;
  auction_time?: string | null;
}

export const STAGES: ReadonlyMap<string, Stage> = new Map((cycle as Stage[]).map((stage) => [stage.value, stage]));
export const BY_CLOCK = ["announced", "registration", "closed", "live", "session_over"];
const ANEW = new Set(["failed>announced", "result_cancelled>planned", "result_cancelled>announced", "cancelled>planned"]);
const DATES = ["reg_start", "reg_end", "auction_time"] as const;
// Vietnam keeps one offset all year.
const OFFSET = 7 * 3600_000;
const DAY = 24 * 3600_000;

/** Where a lot stands: its file's word, the entries in order of number, the clock. */
export function stageAt(lot: Said, events: readonly Entry[], now: number): string {
  return byClock(said(lot, events), now);
}

/** The entries that hold: a correction in the place of what it corrects. */
export function standing(events: readonly Entry[]): Entry[] {
  const place = new Map<number, number>();
  const held: Entry[] = [];
  for (const event of events) {
    const of = event.corrects === null ? undefined : place.get(event.corrects);
    if (of === undefined) {
      place.set(event.id, held.length);
      held.push(event);
    } else {
      place.delete(event.corrects as number);
      place.set(event.id, of);
      held[of] = event;
    }
  }
  return held;
}

/** File and entries settled into one. */
export function said(word: Said, events: readonly Entry[]): Said {
  const lot = STAGES.has(word.status) ? word : { ...word, status: "planned" };
  const held = standing(events);
  const latest = Math.max(0, ...held.map(({ round }) => round));
  if (lot.round > latest) return lot;
  const nothing = { reg_start: null, reg_end: null, auction_time: null };
  const now: Said = lot.round === latest ? { ...lot } : { ...lot, ...nothing, round: latest };
  for (const event of held) {
    if (event.round !== latest) continue;
    for (const name of DATES) now[name] = event[name] ?? now[name];
  }
  const last = held.findLast(({ stage }) => stage);
  if (!last || (lot.round === latest && goesOn(lot, last))) return now;
  return { ...now, status: last.stage };
}

function goesOn(lot: Said, last: Entry): boolean {
  return lot.on !== null && lot.on > localDay(Date.parse(last.at)) && onward(last.stage).has(lot.status);
}

/** Every stage that may follow without beginning anew. */
export function onward(stage: string): Set<string> {
  const found = new Set<string>();
  const waiting = [stage];
  for (let here = waiting.pop(); here; here = waiting.pop()) {
    for (const next of STAGES.get(here)?.next ?? []) {
      if (ANEW.has(`${here}>${next}`) || found.has(next)) continue;
      found.add(next);
      waiting.push(next);
    }
  }
  return found;
}

/** When the clock moves this lot, earliest first. */
export function boundaries(lot: Said): { at: number; stage: string }[] {
  if (!BY_CLOCK.includes(lot.status)) return [];
  const found: { at: number; stage: string }[] = [];
  if (lot.reg_start) found.push({ at: Date.parse(lot.reg_start), stage: "registration" });
  if (lot.reg_end) found.push({ at: endOf(lot.reg_end), stage: "closed" });
  if (lot.auction_time) {
    const session = Date.parse(lot.auction_time);
    found.push({ at: session, stage: "live" }, { at: dayAfter(session), stage: "session_over" });
  }
  return found.sort((one, other) => one.at - other.at);
}

export function byClock(lot: Said, now: number): string {
  if (!BY_CLOCK.includes(lot.status)) return lot.status;
  const date = STAGES.get(lot.status)?.date as (typeof DATES)[number] | undefined;
  // The word counts where the date that would decide is missing.
  const word = !date || lot[date] === null ? lot.status : "announced";
  const reached = boundaries(lot).filter(({ at }) => at <= now);
  const places = [word, ...reached.map(({ stage }) => stage)].map((stage) => BY_CLOCK.indexOf(stage));
  return BY_CLOCK[Math.max(...places)] as string;
}

/** What the clock does next, if anything. */
export function nextChange(lot: Said, now: number): { at: number; stage: string } | null {
  const here = BY_CLOCK.indexOf(byClock(lot, now));
  return boundaries(lot).find(({ at, stage }) => at > now && BY_CLOCK.indexOf(stage) > here) ?? null;
}

/** The moment from which a deadline has passed: a day without an hour lasts until its end. */
export function endOf(deadline: string): number {
  const at = Date.parse(deadline);
  return (at + OFFSET) % DAY === 0 ? dayAfter(at) : at;
}

function dayAfter(at: number): number {
  return (Math.floor((at + OFFSET) / DAY) + 1) * DAY - OFFSET;
}

/** The date in Vietnam at that moment, as 2026-07-05. */
export function localDay(at: number): string {
  return localTime(at).slice(0, 10);
}

/** The moment as tiles write moments: 2026-07-05T17:00:00+07:00. */
export function localTime(at: number): string {
  return `${new Date(at + OFFSET).toISOString().slice(0, 19)}+07:00`;
}
