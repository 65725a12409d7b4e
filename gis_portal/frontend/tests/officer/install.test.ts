// Packs onto the device while somebody else writes: nothing that came is taken back, nothing removed comes again.
import "fake-indexeddb/auto";
import { expect, test, vi } from "vitest";
import { arrived, heldPack, partData, remove, stillNewest, take } from "../../src/officer/packs/install";
import type { PackInfo, PartInfo } from "../../src/officer/packs/shapes";
import { write } from "../../src/officer/store/db";

const part = (name: string, kind: PartInfo["kind"], sha256 = ""): PartInfo => ({
  name, kind, label: name, bytes: 5, sha256, url: `/officer/api/packs/1/${name}`, optional: false, as_of: "2026-11-01",
});
const PARTS = [part("parcels", "parcels"), part("tiles", "tiles"), part("imagery", "imagery")];
const PACK: PackInfo = { unit: { id: 1, code: "1", name: "A", bbox: null }, as_of: "2026-11-01", total_bytes: 15, parts: PARTS };
const signal = new AbortController().signal;

vi.stubGlobal("location", { origin: "http://here" });
vi.stubGlobal("fetch", async () => new Response("12345"));

test("parts taken at once, and a look at what is newest in between, all count", async () => {
  await write(["parts"], (tx) => tx.objectStore("parts").put({ unit: 1, name: "tiles~former", from: 0, kind: "piece", data: new Blob(["123"]) }));
  await Promise.all([...PARTS.map((one) => take(PACK, one, 5, signal, () => undefined)), stillNewest(PACK, 7)]);
  expect(Object.keys((await heldPack(1))?.parts ?? {}).sort()).toEqual(["imagery", "parcels", "tiles"]);
  expect(await (await partData(1, "tiles"))?.text()).toBe("12345");
  expect(await arrived(1, part("tiles", "tiles", "former"))).toBe(0);
});

test("a pack that was removed is not brought back by a look at it", async () => {
  await take(PACK, part("parcels", "parcels"), 5, signal, () => undefined);
  await Promise.all([remove(1), stillNewest(PACK, 9)]);
  expect(await heldPack(1)).toBeUndefined();
});
