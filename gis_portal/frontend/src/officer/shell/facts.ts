// What the page itself says, the same for everybody: mirrors gis_portal/officer/shell/facts.py.
import type { CrsDefinition } from "../../config";
import type { Language } from "./words";

export interface LandUse {
  vi: string;
  en: string;
  colour: string;
  agricultural: boolean;
}

export interface MapError {
  scale: number;
  metres: number;
  agricultural: number;
}

export interface Facts {
  name: Record<Language, string>;
  signInUrl: string;
  worker: string;
  styles: Record<Language, Record<"light" | "dark", string>>;
  homeView: [number, number, number];
  grids: CrsDefinition[];
  landUses: Record<string, LandUse>;
  mapErrors: MapError[];
}

let read: Facts | null = null;

export function facts(): Facts {
  if (!read) {
    const block = document.getElementById("officer-facts");
    if (!block?.textContent) throw new Error("officer-facts is missing");
    read = JSON.parse(block.textContent) as Facts;
  }
  return read;
}

/** The definition of a row's grid; files name it with or without "EPSG:". */
export function gridOf(crs: string | number): CrsDefinition | null {
  const code = String(crs).replace(/^EPSG:/i, "");
  return facts().grids.find((grid) => grid.code.replace(/^EPSG:/i, "") === code) ?? null;
}
