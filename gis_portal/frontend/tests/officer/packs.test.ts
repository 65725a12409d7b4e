// Packs: what a delta leaves, how old is too old, and a download over a line that breaks.
import { describe, expect, it } from "vitest";
import { ageOf } from "../../src/officer/packs/age";
import { readJson, sha256, writeJson } from "../../src/officer/packs/bytes";
import { applied } from "../../src/officer/packs/delta";
import { BrokenPart, download, type Fetcher, type Pieces, together } from "../../src/officer/packs/download";
import type { Delta, Held, ParcelsDocument, PartInfo, Row } from "../../src/officer/packs/shapes";
import { chosen, stateOf } from "../../src/officer/packs/sync";

const row = (uid: string, number: string): Row => ({
  uid, unit: 1, sheet: "1", number, at: [107, 10], crs: "EPSG:5899", rings: [], area: 1, p: {},
});
const DOCUMENT: ParcelsDocument = {
  layer: "public-land-parcels", version: 1, number: 1, data_date: null, as_of: "2026-11-01", fields: [], rows: ["a", "b", "c"].map((uid) => row(uid, "1")),
};
const DELTA: Delta = { from: "x", to: "y", version: 2, as_of: "2026-11-20", upsert: [row("d", "2"), row("b", "2")], remove: ["a"] };

describe("delta", () => {
  it("changes, adds, removes; applied twice it is the same; the held document stays", () => {
    const next = applied(DOCUMENT, DELTA);
    expect(next.rows.map(({ uid, number }) => uid + number)).toEqual(["b2", "c1", "d2"]);
    expect(next).toMatchObject({ version: 2, as_of: "2026-11-20" });
    expect(new Set(next.hide)).toEqual(new Set(["a", "b", "d"]));
    expect(applied(next, DELTA).rows).toEqual(next.rows);
    expect(DOCUMENT.rows).toHaveLength(3);
  });

  it("goes through gzip and back", async () => {
    expect(await readJson(await writeJson(DOCUMENT))).toEqual(DOCUMENT);
    expect(await readJson(new Blob([JSON.stringify(DOCUMENT)]))).toEqual(DOCUMENT);
  });
});

describe("age", () => {
  const day = 24 * 3_600_000;
  it.each([
    [0, 0, 7, false],
    [6.5 * day, 6, 1, false],
    [7 * day, 7, 0, true],
    [-day, 0, 7, false],
  ])("%d ms after the last comparison", (passed, days, left, over) => {
    expect(ageOf(1e12, 1e12 + passed, 7)).toEqual({ days, left, over });
  });
});

const PART: PartInfo = { name: "tiles", kind: "tiles", label: "", bytes: 3_000_000, sha256: "", url: "/t", optional: false, as_of: "2026-11-01" };
const BYTES = Uint8Array.from({ length: PART.bytes }, (_, i) => (i * 31 + (i >> 8)) % 251);

function shelf(): Pieces & { kept: Map<number, Blob> } {
  const kept = new Map<number, Blob>();
  return {
    kept,
    list: async () => [...kept].map(([from, data]) => ({ from, data })),
    put: async (from, data) => void kept.set(from, data),
    clear: async () => kept.clear(),
  };
}

/** A server that gives `lengths[n]` bytes at the n-th asking, then breaks. */
function line(lengths: number[], asked: number[] = [], bytes = BYTES): Fetcher {
  return async (_url, from) => {
    asked.push(from);
    const end = from + (lengths[asked.length - 1] ?? Infinity);
    const whole = end >= bytes.length;
    const body = new ReadableStream({
      start(controller) {
        for (let i = from; i < Math.min(end, bytes.length); i += 65_536) controller.enqueue(bytes.slice(i, Math.min(i + 65_536, end)));
        if (whole) controller.close();
      },
      pull(controller) {
        if (!whole) controller.error(new TypeError("network"));
      },
    });
    return new Response(body, { status: from ? 206 : 200 });
  };
}

describe("download", () => {
  const signal = new AbortController().signal;

  it("goes on where it broke and is whole in the end", async () => {
    const part = { ...PART, sha256: await sha256(new Blob([BYTES])) };
    const [pieces, asked] = [shelf(), [] as number[]];
    const fetcher = line([1_200_000, 900_000], asked);
    await expect(download(part, pieces, fetcher, signal, () => undefined)).rejects.toThrow("network");
    await expect(download(part, pieces, fetcher, signal, () => undefined)).rejects.toThrow("network");
    const seen: number[] = [];
    const whole = await download(part, pieces, fetcher, signal, ({ done }) => seen.push(done));
    expect(await sha256(whole)).toBe(part.sha256);
    expect(asked[0]).toBe(0);
    expect(asked[1]).toBeGreaterThan(1_000_000);
    expect(asked[2]).toBeGreaterThan(asked[1] as number);
    expect(seen.at(-1)).toBe(part.bytes);
  });

  it("throws away what does not match its hash, so that the next time is a new one", async () => {
    const pieces = shelf();
    await expect(download({ ...PART, sha256: "0".repeat(64) }, pieces, line([]), signal, () => undefined)).rejects.toBeInstanceOf(BrokenPart);
    expect(pieces.kept.size).toBe(0);
  });

  it("does not trust pieces behind a gap, nor a server that begins anew", async () => {
    expect(together([{ from: 4, data: new Blob(["late"]) }, { from: 0, data: new Blob(["ab"]) }]).length).toBe(2);
    const pieces = shelf();
    await pieces.put(0, new Blob([BYTES.slice(0, 1000)]));
    const anew: Fetcher = async () => new Response(BYTES, { status: 200 });
    const part = { ...PART, sha256: await sha256(new Blob([BYTES])) };
    expect((await download(part, pieces, anew, signal, () => undefined)).size).toBe(part.bytes);
  });
});

describe("what to take", () => {
  const held = { parts: { tiles: { sha256: "old", as_of: "1" }, private: { sha256: "", as_of: "1" } } } as unknown as Held;
  it("knows held, newer and missing parts", () => {
    expect(stateOf({ ...PART, sha256: "old" }, held)).toBe("held");
    expect(stateOf({ ...PART, sha256: "new" }, held)).toBe("newer");
    expect(stateOf({ ...PART, name: "imagery" }, held)).toBe("none");
    expect(stateOf({ ...PART, name: "private", sha256: "", as_of: "2" }, held)).toBe("newer");
  });

  it("leaves out what is extra until it is asked for, and takes the parcels first", () => {
    const standing = (name: string, kind: PartInfo["kind"], optional = false) => ({ part: { ...PART, name, kind, optional }, state: "none" as const, arrived: 0 });
    const all = [standing("tiles", "tiles"), standing("imagery", "imagery", true), standing("parcels", "parcels")];
    expect(chosen(all, new Set()).map(({ part }) => part.name)).toEqual(["parcels", "tiles"]);
    expect(chosen(all, new Set(["imagery"])).map(({ part }) => part.name)).toEqual(["parcels", "tiles", "imagery"]);
  });
});
