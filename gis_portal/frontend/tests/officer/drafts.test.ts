// Drafts in two windows and on a full device; a day's thousand reports.
import "fake-indexeddb/auto";
import "./quick-pins";
import { beforeEach, expect, test } from "vitest";
import * as outbox from "../../src/officer/outbox/outbox";
import { addPhoto, type Draft, list, newDraft, photosOf, save } from "../../src/officer/report/drafts";
import { open } from "../../src/officer/store/db";
import * as vault from "../../src/officer/store/vault";

const FACTS = { taken_at: "", lon: null, lat: null, accuracy_m: null, bearing: null };
const picture = (): File => new File([new Uint8Array(2000).fill(7)], "a.jpg");
const finish = (draft: Draft): Promise<string> => outbox.add({ kind: "observation", base: null, draft: draft.id, payload: { note: draft.note } });

beforeEach(async () => {
  await vault.wipe("forgotten");
  await vault.setPin("294716");
});

test("what was finished in one window does not come back as a draft from another", async () => {
  const here = newDraft({ note: "một" });
  await save(here);
  const there = { ...here, note: "hai" };
  await finish(here);
  await expect(save(there)).rejects.toMatchObject({ code: "gone" });
  await expect(addPhoto(there, picture(), FACTS)).rejects.toMatchObject({ code: "gone" });
  await expect(finish(there)).rejects.toThrow();
  expect(await list()).toEqual([]);
  expect((await outbox.list()).map(({ operation }) => operation.payload["note"])).toEqual(["một"]);
});

test("a photo for which there is no room is not in the draft, and can be kept later", async () => {
  const draft = newDraft({});
  await save(draft);
  const database = await open();
  const real = database.transaction.bind(database);
  database.transaction = (() => {
    throw new DOMException("full", "QuotaExceededError");
  }) as unknown as typeof database.transaction;
  await expect(addPhoto(draft, picture(), FACTS)).rejects.toMatchObject({ code: "storage-full" });
  database.transaction = real;
  expect([draft.photos, await photosOf(draft)]).toEqual([[], []]);
  await addPhoto(draft, picture(), FACTS);
  expect((await photosOf(draft)).map(({ seal }) => seal)).toEqual(draft.photos);
});

test("a thousand reports are listed and batched without being read more than needed", async () => {
  for (let n = 0; n < 1000; n++) await outbox.add({ kind: "observation", base: null, payload: { note: String(n) } });
  const first = await outbox.waiting(50);
  expect(first.map(({ payload }) => payload["note"])).toEqual([...Array(50).keys()].map(String));
  expect(await outbox.list()).toHaveLength(1000);
  expect(await outbox.counts()).toMatchObject({ unsent: 1000 });
});
