// The dates of the imagery layers, asked for once and only when somebody wants pictures.
import { config } from "../config";
import { type Taken, taken } from "../state/permalink";

/** The pictures of one date, as a source and as a choice. */
export interface Pictures extends Taken {
  title: string;
  attribution: string;
  illustrative: boolean;
  resolution: number;
  tiles: string;
  tileSize: number;
  minzoom: number;
  maxzoom: number;
  bounds: [number, number, number, number];
}

interface Answer {
  title: string;
  tileSize: number;
  dates: {
    date: string;
    attribution: string;
    illustrative: boolean;
    resolution_m: number;
    bounds: [number, number, number, number];
    minzoom: number;
    maxzoom: number;
    tiles: string;
  }[];
}

let asked: Promise<Pictures[]> | null = null;

/** All dates of all imagery layers, the newest first. A failed question may be asked again. */
export function allPictures(): Promise<Pictures[]> {
  asked ??= Promise.all(config.imagery.map(({ slug, datesUrl }) => ask(slug, datesUrl)))
    .then((found) => found.flat().sort((a, b) => b.date.localeCompare(a.date)))
    .catch((error: unknown) => {
      asked = null;
      throw error;
    });
  return asked;
}

/** Forget what was answered: another version has become live. */
export function forgetPictures(): void {
  asked = null;
}

async function ask(layer: string, url: string): Promise<Pictures[]> {
  const response = await fetch(url, { cache: "no-cache" });
  if (!response.ok) throw new Error(`${response.status} ${url}`);
  const { title, tileSize, dates } = (await response.json()) as Answer;
  return dates.map(({ resolution_m: resolution, ...rest }) => ({
    ...rest,
    ...{ layer, title, tileSize, resolution },
  }));
}

export function find(all: readonly Pictures[], wanted: Taken): Pictures | null {
  return all.find((each) => taken(each) === taken(wanted)) ?? null;
}
