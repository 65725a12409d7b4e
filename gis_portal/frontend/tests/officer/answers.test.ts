// What the office answered: asked for once, kept sealed, asked for again when the key is gone.
import "fake-indexeddb/auto";
import "./quick-pins";
import { beforeEach, expect, test, vi } from "vitest";
import { answersByReport, refreshAnswers, type Said } from "../../src/officer/answers/answers";
import { open } from "../../src/officer/store/db";
import * as vault from "../../src/officer/store/vault";

const asked: string[] = [];
const said = (id: number, report: string, text: string): Said => ({
  id, report, kind: "answered", text, label: null, by: "steward", at: "2026-11-22T07:00:00Z",
});
const ALL = [said(3, "a", "CANARY-one"), said(5, "b", "two"), said(9, "a", "three")];

vi.stubGlobal("navigator", { onLine: true });
vi.stubGlobal("fetch", async (path: string) => {
  asked.push(path);
  const after = Number(path.split("after=")[1]);
  const answers = ALL.filter(({ id }) => id > after).slice(0, 2);
  return new Response(JSON.stringify({ answers, next: answers.at(-1)?.id ?? after, more: answers.length === 2 }));
});

beforeEach(async () => {
  await vault.wipe("forgotten");
  asked.length = 0;
  await vault.setPin("294716");
});

test("answers come page by page, stay sealed, and are asked for only once", async () => {
  expect(await refreshAnswers()).toBe(true);
  expect(asked).toEqual(["/officer/api/answers?after=0", "/officer/api/answers?after=5"]);
  const found = await answersByReport();
  expect(found.get("a")?.map(({ text }) => text)).toEqual(["CANARY-one", "three"]);
  expect(await refreshAnswers()).toBe(false);
  expect(asked.at(-1)).toBe("/officer/api/answers?after=9");
  const raw = new TextDecoder("latin1").decode((await (await open()).get("meta", "answers")) as Uint8Array);
  expect(raw).not.toContain("CANARY");
  await vault.lock();
  expect((await answersByReport()).size).toBe(0);
  expect(await refreshAnswers()).toBe(false);
});
