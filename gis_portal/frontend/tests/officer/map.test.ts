// The map over many packs: as many layers as over one, each tile drawn once, what changed left out once.
import type { StyleSpecification } from "maplibre-gl";
import { expect, it, vi } from "vitest";
import { type Archive, ROWS, styleOver } from "../../src/officer/map/style";
import { firstTile } from "../../src/officer/map/tiles";
import type { HeldUnit } from "../../src/officer/packs/held";

vi.mock("maplibre-gl", () => ({ addProtocol: () => undefined }));

const LAYER = "public-land-parcels";
const BASE = {
  version: 8,
  sources: { [LAYER]: { type: "vector" }, communes: { type: "vector" } },
  layers: [
    { id: "background", type: "background", paint: {} },
    { id: "land", type: "fill", metadata: { "portal:layer": LAYER }, source: LAYER, "source-layer": LAYER, filter: ["has", "uid"] },
    { id: "edge", type: "line", source: "communes", "source-layer": "communes" },
    { id: "elsewhere", type: "line", source: "communes", "source-layer": "not-taken-along" },
  ],
} as unknown as StyleSpecification;

function packs(count: number): [HeldUnit[], Archive[]] {
  const units = Array.from({ length: count }, (_, i) => ({
    pack: { unit: i, as_of: `2026-11-${String(10 + i)}`, parts: {} },
    document: { layer: LAYER, rows: [], hide: [`changed-${i}`, "changed-twice"] },
  })) as unknown as HeldUnit[];
  const archives = units.flatMap((unit, i): Archive[] => [
    { unit, part: "tiles", raster: false, zooms: [10, 16], box: [100 + i, 10, 101 + i, 11], layers: new Set([LAYER, "communes"]) },
    { unit, part: "imagery", raster: true, zooms: [12, 18], box: [100 + i, 10, 101 + i, 11], layers: new Set() },
  ]);
  return [units, archives];
}

it("has as many layers over 12 packs as over one", () => {
  const [one, twelve] = [styleOver(BASE, ...packs(1)), styleOver(BASE, ...packs(12))];
  expect(twelve.layers.map(({ id }) => id)).toEqual(one.layers.map(({ id }) => id));
  expect(twelve.layers.map(({ id }) => id)).toEqual(["background", "imagery-18", "land@tiles-16", `land@${ROWS}`, "edge@tiles-16"]);
  expect(Object.keys(twelve.sources)).toEqual(["tiles-16", "imagery-18", ROWS]);
  expect(twelve.sources["tiles-16"]).toMatchObject({ bounds: [100, 10, 112, 11], minzoom: 10, maxzoom: 16, tiles: ["pack://tiles-16/{z}/{x}/{y}"] });
  expect(twelve.layers.filter(({ type }) => type === "fill").map(({ paint }) => (paint as { "fill-opacity": number })["fill-opacity"])).toEqual([0.3, 0.3]);
  const land = twelve.layers.find(({ id }) => id === "land@tiles-16") as { filter: unknown[] };
  expect(land.filter[1]).toEqual(["has", "uid"]);
  expect((land.filter[2] as unknown[])[2]).toHaveLength(13);
});

it("takes a tile from the first pack that has it, and past one that is broken", async () => {
  const asked: string[] = [];
  const pack = (name: string, bytes: number) => async () => ({
    getZxy: async () => (asked.push(name), bytes < 0 ? undefined : { data: new ArrayBuffer(bytes) }),
  });
  const broken = async (): Promise<never> => Promise.reject(new Error("cut"));
  const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  const tile = await firstTile([broken, pack("none", -1), pack("empty", 0), pack("here", 7), pack("never", 9)], [14, 1, 2]);
  expect(tile.byteLength).toBe(7);
  expect(asked).toEqual(["none", "empty", "here"]);
  expect(warn).toHaveBeenCalledOnce();
  expect((await firstTile([], [14, 1, 2])).byteLength).toBe(0);
});
