// Numbers, sizes, days as Vietnamese readers write them.
import { language } from "./words";

const locale = (): string => (language() === "vi" ? "vi-VN" : "en-GB");

export function number(value: number, digits = 0): string {
  return new Intl.NumberFormat(locale(), { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
}

/** 812 kB, 11,4 MB. */
export function size(bytes: number): string {
  if (bytes < 1_000_000) return `${number(Math.max(1, Math.round(bytes / 1000)))} kB`;
  if (bytes < 1_000_000_000) return `${number(bytes / 1_000_000, bytes < 10_000_000 ? 1 : 0)} MB`;
  return `${number(bytes / 1_000_000_000, 1)} GB`;
}

/** A distance to go: centimetres count near the corner only. */
export function metres(value: number): string {
  if (value < 10) return `${number(value, 2)} m`;
  if (value < 1000) return `${number(value, 1)} m`;
  return `${number(value / 1000, 2)} km`;
}

export function area(squareMetres: number): string {
  return squareMetres < 100_000 ? `${number(squareMetres, 1)} m²` : `${number(squareMetres / 10_000, 2)} ha`;
}

/** 2026-03-15… → 15/03/2026 */
export function day(date: string | null | undefined): string {
  const found = /^(\d{4})-(\d{2})-(\d{2})/.exec(date ?? "");
  if (!found) return date ?? "";
  return `${found[3]}/${found[2]}/${found[1]}`;
}
