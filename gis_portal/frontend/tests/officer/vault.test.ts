// PIN, lock, time limit and wipe: nothing an officer wrote is lost, nothing personal stays.
import "fake-indexeddb/auto";
import { asked } from "./quick-pins";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import * as outbox from "../../src/officer/outbox/outbox";
import { heard, HOUR, seen, timeLeft } from "../../src/officer/store/clock";
import { open as openDatabase, write } from "../../src/officer/store/db";
import * as vault from "../../src/officer/store/vault";
import { discardCapsule } from "../../src/officer/store/wiping";

const PIN = "294716";
const RESCUE = new Uint8Array(32).fill(7);
const rescue = { device: "d1", key: RESCUE };
const bytes = new TextEncoder().encode("CANARY-owner") as Uint8Array<ArrayBuffer>;

async function keepPrivate(): Promise<void> {
  const sealed = await vault.seal(bytes, "row/u1");
  await write(["privates"], (tx) => tx.objectStore("privates").put({ uid: "u1", unit: 1, sealed }));
}

const writeReport = (): Promise<string> => outbox.add({ kind: "observation", base: null, payload: { note: "đã viết" } });

beforeEach(async () => {
  await discardCapsule();
  await vault.wipe("forgotten");
});

afterEach(() => {
  vi.useRealTimers();
});

test("a PIN has six digits and is none of the first that anybody tries", async () => {
  expect(["12345", "12a456", "111111", "123456", "987654", "294716"].map(vault.weakness)).toEqual([
    "pin-short", "pin-short", "pin-simple", "pin-simple", "pin-simple", null,
  ]);
  await expect(vault.setPin("123456")).rejects.toThrow("pin-simple");
});

test("sealed bytes open only as what they are, and not while locked", async () => {
  await vault.setPin(PIN);
  expect(Math.min(...asked)).toBeGreaterThanOrEqual(600_000);
  const sealed = await vault.seal(bytes, "row/u1");
  expect(await vault.open(sealed, "row/u1")).toEqual(bytes);
  await expect(vault.open(sealed, "row/u2")).rejects.toThrow();
  await expect(vault.open(sealed, "row/u1", "work")).rejects.toThrow();
  const told: string[] = [];
  const saved: boolean[] = [];
  const stop = [vault.onLock((why) => told.push(why)), vault.beforeLock(async () => saved.push(vault.isOpen()))];
  await vault.lock("idle");
  for (const end of stop) end();
  expect([told, saved]).toEqual([["idle"], [true]]);
  await expect(vault.open(sealed, "row/u1")).rejects.toThrow("vault-locked");
  expect(await vault.unlock(PIN)).toEqual({ ok: true, late: false });
  expect(await vault.open(sealed, "row/u1")).toEqual(bytes);
});

test("another PIN opens the same", async () => {
  await vault.setPin(PIN);
  const sealed = await vault.seal(bytes);
  expect(await vault.changePin("000001", "505050")).toEqual({ ok: false, left: 4 });
  expect(await vault.changePin(PIN, "505050")).toEqual({ ok: true, late: false });
  await vault.lock();
  expect((await vault.unlock(PIN)).ok).toBe(false);
  expect((await vault.unlock("505050")).ok).toBe(true);
  expect(await vault.open(sealed)).toEqual(bytes);
});

test("five wrong PINs: the register's data is gone, reports stay for whom the office gives its key", async () => {
  await vault.setPin(PIN, rescue);
  await keepPrivate();
  const id = await writeReport();
  await vault.lock();
  const left = [];
  for (let n = 0; n < 5; n++) left.push(await vault.unlock("100002"));
  expect(left.map((answer) => !answer.ok && answer.left)).toEqual([4, 3, 2, 1, 0]);
  expect(await vault.state()).toBe("unset");
  expect(await vault.capsule()).toMatchObject({ why: "pins", device: "d1", reports: 1 });
  expect(await (await openDatabase()).count("privates")).toBe(0);
  await expect(vault.unlock(PIN)).rejects.toThrow("vault-locked");
  await expect(vault.setPin(PIN)).rejects.toThrow("capsule-waiting");
  await expect(vault.recover("505050", [new Uint8Array(32)])).rejects.toThrow();
  await vault.recover("505050", [new Uint8Array(32), RESCUE]);
  expect((await outbox.list()).map((item) => [item.id, item.operation.payload["note"]])).toEqual([[id, "đã viết"]]);
});

test("a wipe with nothing unsent leaves nothing", async () => {
  await vault.setPin(PIN, rescue);
  await keepPrivate();
  expect(await vault.wipe("signed-out")).toBeNull();
  const database = await openDatabase();
  const counts = await Promise.all([...database.objectStoreNames].map(async (name) => [name, await database.count(name)] as const));
  expect(counts.filter(([, count]) => count)).toEqual([["meta", 1]]);
  expect(await vault.wiped()).toMatchObject({ why: "signed-out", reports: 0 });
});

test("after the time limit personal fields are gone, what was written can still be read and sent", async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: 1_000_000_000_000 });
  await vault.setPin(PIN);
  await vault.contact(Date.now(), { offlineHours: 72 });
  await keepPrivate();
  await writeReport();
  vi.setSystemTime(Date.now() + 71 * HOUR);
  expect(await vault.isLate()).toBe(false);
  vi.setSystemTime(Date.now() + 2 * HOUR);
  expect(await vault.isLate()).toBe(true);
  expect(await vault.state()).toBe("late");
  expect(await (await openDatabase()).count("privates")).toBe(0);
  await expect(vault.seal(bytes)).rejects.toThrow("vault-late");
  await vault.lock();
  expect(await vault.unlock(PIN)).toEqual({ ok: true, late: true });
  expect(await outbox.list()).toHaveLength(1);
  await vault.contact(Date.now());
  await vault.lock();
  expect(await vault.unlock(PIN)).toEqual({ ok: true, late: false });
  await keepPrivate();
});

test("turning the clock back buys no time, a flat battery costs no data", async () => {
  const clock = heard(5 * HOUR, 100 * HOUR, 72);
  expect(timeLeft(clock, 110 * HOUR)).toEqual({ left: 62 * HOUR, turnedBack: false });
  expect(timeLeft(clock, 99 * HOUR)).toEqual({ left: 0, turnedBack: true });
  const later = seen(clock, 160 * HOUR);
  expect(timeLeft(later, 159.9 * HOUR)).toEqual({ left: 12 * HOUR, turnedBack: false });
  expect(timeLeft(later, 101 * HOUR)).toEqual({ left: 0, turnedBack: true });

  vi.useFakeTimers({ toFake: ["Date"], now: 1_000_000_000_000 });
  await vault.setPin(PIN);
  await vault.contact(Date.now());
  await keepPrivate();
  await vault.lock();
  vi.setSystemTime(0);
  expect(await vault.unlock(PIN)).toEqual({ ok: true, late: true });
  expect(await (await openDatabase()).count("privates")).toBe(1);
  await vault.lock();
  vi.setSystemTime(1_000_000_000_000 + HOUR);
  expect(await vault.unlock(PIN)).toEqual({ ok: true, late: false });
});
