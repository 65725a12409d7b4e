// Auction lots on the map in the colours and words of today's stage. A tile is kept for ever and holds the word of
// its file and three dates; what the clock makes of them is said here as an expression of the style, over the same
// cases as ./stages.ts. What stewards entered since comes from /auctions/stages.json, by the lot's identity.
import type { LayerSpecification, Map as MapLibreMap, StyleSpecification } from "maplibre-gl";
import { BY_CLOCK, type Entry, localDay, localTime, type Said, stageAt } from "./stages";

export const LOTS = "auction-lots";
const LONGEST_WAIT = 12 * 3600_000;
const RETRY = 5 * 60_000;
const PATIENCE = 4000;
type Expression = unknown[];

export interface Stages {
  now: string;
  next_change: string | null;
  lots: { uid: string; file: Said; events: Entry[] }[];
}

/** The stage of a lot of the tiles at that moment, as an expression; `entered` is uid → stage. */
export function stageExpression(now: number, entered: ReadonlyMap<string, string>): Expression {
  const word: Expression = ["to-string", ["get", "status"]];
  const date = (name: string): Expression => ["to-string", ["get", name]];
  const missing = (name: string): Expression => ["==", date(name), ""];
  // Texts of one form and one offset: they compare as the moments do.
  const begun = (name: string): Expression => ["all", ["!", missing(name)], ["<=", date(name), localTime(now)]];
  const over = (name: string): Expression => ["<", ["slice", date(name), 0, 10], localDay(now)];
  const isDay = ["==", ["slice", date("reg_end"), 11, 19], "00:00:00"];
  const ended = ["case", missing("reg_end"), false, isDay, over("reg_end"), begun("reg_end")];
  const said = (stage: string, name: string): Expression => ["all", ["==", word, stage], missing(name)];
  const byClock: Expression = [
    "case",
    ["!", ["in", word, ["literal", BY_CLOCK]]],
    word,
    ["any", ["all", ["!", missing("auction_time")], over("auction_time")], said("session_over", "auction_time")],
    "session_over",
    ["any", begun("auction_time"), said("live", "auction_time")],
    "live",
    ["any", ended, said("closed", "reg_end")],
    "closed",
    ["any", begun("reg_start"), said("registration", "reg_start")],
    "registration",
    "announced",
  ];
  if (!entered.size) return byClock;
  return ["match", ["to-string", ["get", "uid"]], ...[...entered].flat(), byClock];
}

/** The same value with today's stage in the place of the file's word. */
export function restaged(value: unknown, stage: Expression): unknown {
  if (!Array.isArray(value)) return value;
  if (value.length === 2 && value[0] === "get" && value[1] === "status") return stage;
  return value.map((part) => restaged(part, stage));
}

export async function readStages(url: string): Promise<Stages | null> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE) });
    return response.ok ? ((await response.json()) as Stages) : null;
  } catch {
    return null;
  }
}

type Part = "paint" | "layout";
const PARTS: readonly Part[] = ["paint", "layout"];

function isOfLots(layer: LayerSpecification): boolean {
  return "source-layer" in layer && layer.source === LOTS && layer["source-layer"] === LOTS;
}

/** Keeps a style, and the maps made of it, at the stage of the moment. */
export class StageClock {
  readonly #url: string;
  readonly #style: StyleSpecification;
  readonly #written: Map<string, LayerSpecification>;
  #map: MapLibreMap | null = null;

  constructor(url: string, style: StyleSpecification) {
    this.#url = url;
    this.#style = style;
    const lots = style.layers.filter(isOfLots);
    this.#written = new Map(lots.map((layer) => [layer.id, structuredClone(layer)]));
  }

  /** Once before the map is made, then whenever a lot's stage changes. */
  async start(asked: Promise<Stages | null> = readStages(this.#url)): Promise<void> {
    const stages = await asked;
    if (!this.#written.size) return;
    const now = stages ? Date.parse(stages.now) : Date.now();
    const entered = new Map(stages?.lots.map(({ uid, file, events }) => [uid, stageAt(file, events, now)]));
    this.#write(stageExpression(now, entered));
    const next = stages?.next_change ? Date.parse(stages.next_change) - now + 1000 : LONGEST_WAIT;
    setTimeout(() => void this.start(), Math.min(next, stages ? LONGEST_WAIT : RETRY));
  }

  watch(map: MapLibreMap): void {
    this.#map = map;
  }

  #write(stage: Expression): void {
    for (const layer of this.#style.layers) {
      const written = this.#written.get(layer.id);
      if (!written) continue;
      for (const part of PARTS) this.#writePart(layer, written, part, stage);
    }
  }

  #writePart(layer: LayerSpecification, written: LayerSpecification, part: Part, stage: Expression): void {
    const values = { ...(written[part] as Record<string, unknown> | undefined) };
    for (const [name, value] of Object.entries(values)) {
      const today = restaged(value, stage);
      if (JSON.stringify(today) === JSON.stringify(value)) continue;
      values[name] = today;
      if (!this.#map?.getLayer(layer.id)) continue;
      if (part === "paint") this.#map.setPaintProperty(layer.id, name as "fill-color", today as string);
      else this.#map.setLayoutProperty(layer.id, name as "text-field", today as string);
    }
    if (written[part]) Object.assign(layer, { [part]: { ...(layer[part] as object), ...values } });
  }
}
