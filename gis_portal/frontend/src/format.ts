// Numbers as Vietnamese readers write them: 2.159,6.
import { config } from "./config";

const formats = new Map<number, Intl.NumberFormat>();

/** A number with exactly `digits` decimals in the page's language. */
export function number(value: number, digits: number): string {
  let format = formats.get(digits);
  if (!format) {
    const locale = config.lang === "vi" ? "vi-VN" : "en-GB";
    format = new Intl.NumberFormat(locale, {
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    });
    formats.set(digits, format);
  }
  return format.format(value);
}

/** m² up to ten hectares, hectares above, as the server writes them: 2.159,6 m², 11.104,2 ha. */
export function area(squareMetres: number): string {
  if (squareMetres < 100_000) return `${number(squareMetres, squareMetres < 10_000 ? 1 : 0)} m²`;
  return `${number(squareMetres / 10_000, 1)} ha`;
}

/** A distance for people: 350 m, 1,2 km. */
export function distance(metres: number): string {
  if (metres < 1000) return `${number(Math.round(metres), 0)} m`;
  const kilometres = metres / 1000;
  return `${number(kilometres, kilometres < 10 && kilometres % 1 ? 1 : 0)} km`;
}

/** A date as the server's pages write it: 2026-03-15 → 15/03/2026, in English 15 March 2026. */
export function day(date: string): string {
  if (config.lang === "vi") return date.split("-").reverse().join("/");
  const parts = { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" } as const;
  return new Date(date).toLocaleDateString("en-GB", parts);
}
