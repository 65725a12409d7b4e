// The one text of a JSON value (RFC 8785), its SHA-256, and identifiers that sort by time (RFC 9562, version 7).
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json | undefined };

/** Keys in the order of their UTF-16 units; numbers and strings as ECMAScript writes them, which is what the RFC says. */
export function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const keys = Object.keys(value).filter((key) => value[key] !== undefined).sort();
    return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key] as Json)}`).join(",")}}`;
  }
  if (typeof value === "number" && !Number.isFinite(value)) throw new RangeError("JSON has no such number");
  return JSON.stringify(value);
}

/** Half a pair of surrogates, as a cut emoji leaves it, has no UTF-8: it becomes the replacement character. */
export function wellFormed(value: Json): Json {
  if (typeof value === "string") return new TextDecoder().decode(new TextEncoder().encode(value));
  if (Array.isArray(value)) return value.map(wellFormed);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).flatMap(([key, inner]) => (inner === undefined ? [] : [[key, wellFormed(inner)]])));
}

export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
}

export const sha256OfJson = (value: Json): Promise<string> => sha256(new TextEncoder().encode(canonical(value)) as Uint8Array<ArrayBuffer>);

const hex = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

let last = 0;
let count = 0;

/** 48 bits of time, a counter of 12 bits, 62 random bits: two of one millisecond keep their order. */
export function uuid7(now = Date.now()): string {
  count = now > last ? 0 : count + 1;
  last = Math.max(now, last);
  if (count > 0xfff) [last, count] = [last + 1, 0];
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, Math.floor(last / 0x10000));
  view.setUint16(4, last % 0x10000);
  view.setUint16(6, 0x7000 | count);
  view.setUint8(8, 0x80 | (view.getUint8(8) & 0x3f));
  return hex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
