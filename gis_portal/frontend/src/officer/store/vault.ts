// When the device's keys may be used: PIN, lock, time limit, wipe. The keys live in this module's memory only while it is unlocked,
// as keys that no script can read out. What lies in the database is sealed (./keys.ts); decision 0038 says against whom.
import { type ClockRecord, heard, seen, type TimeLeft, timeLeft as leftOf } from "./clock";
import { open as openDatabase, type Sealed, write } from "./db";
import { type Bytes, type KeyName, type Keys, makeKeys, openWith, rescueKeys, rewrap, sealWith, unwrapKeys, type Wrapped } from "./keys";
import { type Capsule, emptyAll, privateGone } from "./wiping";

export interface Limits {
  offlineHours: number;
  refreshDays: number;
  wrongPins: number;
  keepDays: number;
  lockMinutes: number;
}

export const LIMITS: Limits = { offlineHours: 72, refreshDays: 7, wrongPins: 5, keepDays: 30, lockMinutes: 10 };
export const SHORTEST_PIN = 6;

/** `unset`: no PIN yet; `open`: everything; `late`: the time is over, only what the officer wrote can be opened and sent. */
export type VaultState = "unset" | "locked" | "open" | "late";
export type WipeReason = "pins" | "revoked" | "signed-out" | "forgotten";
export type VaultErrorCode = "vault-locked" | "vault-late" | "pin-short" | "pin-simple" | "capsule-waiting";

export class VaultError extends Error {
  constructor(readonly code: VaultErrorCode) {
    super(code);
    this.name = "VaultError";
  }
}

export type Unlocked = { ok: true; late: boolean } | { ok: false; left: number };

interface Rescue {
  device: string;
  wrapped: Bytes;
}

type Listener = (why: string) => void;

let keys: Keys | null = null;
const onLocks = new Set<Listener>();
const onUnlocks = new Set<() => void>();
const flushes = new Set<() => Promise<unknown>>();
let channel: BroadcastChannel | null = null;

/** Called when the keys are gone: take away what is on the screen. Returns how to stop listening. */
export function onLock(listener: Listener): () => void {
  onLocks.add(listener);
  return () => onLocks.delete(listener);
}

export function onUnlock(listener: () => void): () => void {
  onUnlocks.add(listener);
  return () => onUnlocks.delete(listener);
}

/** Called while the keys are still there: save what is half typed. It has FLUSH_MILLISECONDS. */
export function beforeLock(flush: () => Promise<unknown>): () => void {
  flushes.add(flush);
  return () => flushes.delete(flush);
}

const FLUSH_MILLISECONDS = 1500;

export async function meta<T>(key: string): Promise<T | undefined> {
  return (await (await openDatabase()).get("meta", key)) as T | undefined;
}

export async function setMeta(key: string, value: unknown): Promise<void> {
  await write(["meta"], (tx) => tx.objectStore("meta").put(value, key));
}

export async function state(): Promise<VaultState> {
  if (keys) return keys.pack ? "open" : "late";
  return (await meta("vault")) ? "locked" : "unset";
}

export const isOpen = (): boolean => keys !== null;

export async function limits(): Promise<Limits> {
  return { ...LIMITS, ...(await meta<Partial<Limits>>("limits")) };
}

/** Too short, one digit repeated, or digits in a row: the first ones that anybody tries. */
export function weakness(pin: string): VaultErrorCode | null {
  if (!/^\d+$/.test(pin) || pin.length < SHORTEST_PIN) return "pin-short";
  const steps = new Set([...pin].slice(1).map((digit, i) => Number(digit) - Number(pin[i])));
  return steps.size === 1 && [-1, 0, 1].includes([...steps][0] ?? 9) ? "pin-simple" : null;
}

function check(pin: string): void {
  const weak = weakness(pin);
  if (weak) throw new VaultError(weak);
}

/**
 * The first PIN of a device. `rescue`: the office's key for this device, asked for once and forgotten again; with it the office can
 * give back what was written here after the PIN was forgotten.
 */
export async function setPin(pin: string, rescue: { device: string; key: Bytes } | null = null): Promise<void> {
  check(pin);
  if (await capsule()) throw new VaultError("capsule-waiting");
  const made = await makeKeys(pin, rescue?.key ?? null);
  await settle(made.wrapped, rescue && made.rescued ? { device: rescue.device, wrapped: made.rescued } : null);
  opened(made.keys);
}

/** After a wipe: a new PIN for the reports that stayed sealed. Throws where none of `rescue` is the key of that device. */
export async function recover(pin: string, rescue: Bytes[]): Promise<void> {
  check(pin);
  const kept = await meta<Rescue>("rescue");
  if (!kept) throw new VaultError("vault-locked");
  const made = await Promise.any(rescue.map((key) => rescueKeys(pin, kept.wrapped, key)));
  await settle(made.wrapped, kept);
  opened(made.keys);
}

async function settle(wrapped: Wrapped, rescue: Rescue | null): Promise<void> {
  await write(["meta"], async (tx) => {
    const store = tx.objectStore("meta");
    await Promise.all([store.put(wrapped, "vault"), store.put(0, "wrong"), store.delete("wiped")]);
    if (rescue) await store.put(rescue, "rescue");
  });
}

/** A wrong PIN counts before it is tried: killing the app in between does not give it back. */
export async function unlock(pin: string): Promise<Unlocked> {
  const wrapped = await meta<Wrapped>("vault");
  if (!wrapped) throw new VaultError("vault-locked");
  const { wrongPins } = await limits();
  const wrong = await write(["meta"], async (tx) => {
    const store = tx.objectStore("meta");
    const next = Number((await store.get("wrong")) ?? 0) + 1;
    await store.put(next, "wrong");
    return next;
  });
  const found = wrong <= wrongPins ? await unwrapKeys(pin, wrapped) : null;
  if (!found) {
    if (wrong >= wrongPins) await wipe("pins");
    return { ok: false, left: Math.max(0, wrongPins - wrong) };
  }
  await setMeta("wrong", 0);
  if (await isLate()) opened({ ...found, pack: null });
  else opened(found.pack ? found : await withPack(pin, wrapped, found));
  return { ok: true, late: !keys?.pack };
}

/** The time limit took the pack key, the server was heard since: a new one, for packs that are loaded again. */
async function withPack(pin: string, wrapped: Wrapped, found: Keys): Promise<Keys> {
  const again = await rewrap(pin, pin, wrapped);
  if (!again) return found;
  await setMeta("vault", again.wrapped);
  return again.keys;
}

/** How many tries are left; a wipe follows the last. */
export async function triesLeft(): Promise<number> {
  return (await limits()).wrongPins - Number((await meta("wrong")) ?? 0);
}

export async function changePin(old: string, next: string): Promise<Unlocked> {
  check(next);
  const first = await unlock(old);
  const wrapped = await meta<Wrapped>("vault");
  if (!first.ok || !wrapped) return first;
  const again = await rewrap(old, next, wrapped);
  if (!again) return { ok: false, left: await triesLeft() };
  await setMeta("vault", again.wrapped);
  opened(first.late ? { ...again.keys, pack: null } : again.keys);
  return first;
}

function opened(now: Keys): void {
  keys = now;
  listen();
  for (const listener of onUnlocks) listener();
}

/** Saves what is half typed, forgets the keys, tells every window. */
export async function lock(why = "asked", everywhere = true): Promise<void> {
  if (keys) {
    const flushed = Promise.allSettled([...flushes].map((flush) => flush()));
    await Promise.race([flushed, new Promise((done) => setTimeout(done, FLUSH_MILLISECONDS))]);
  }
  forget(why);
  if (everywhere) tell({ lock: why });
}

function forget(why: string): void {
  keys = null;
  for (const listener of onLocks) listener(why);
}

/** Of what came from the server unless `which` says otherwise. `about` names the record: it must be the same when opening. */
export async function seal(bytes: Bytes, about = "", which: KeyName = "pack"): Promise<Sealed> {
  return sealWith(keyFor(which), bytes, about);
}

export async function open(sealed: Sealed, about = "", which: KeyName = "pack"): Promise<Bytes> {
  return openWith(keyFor(which), sealed, about);
}

function keyFor(which: KeyName): CryptoKey {
  if (!keys) throw new VaultError("vault-locked");
  const key = keys[which];
  if (!key) throw new VaultError("vault-late");
  return key;
}

/** The server was heard at `server` (its own time); the limit counts anew. A pack key that the limit took comes again with a PIN. */
export async function contact(server: number, now: Partial<Limits> = {}): Promise<void> {
  const all = { ...(await limits()), ...now };
  await write(["meta"], async (tx) => {
    const store = tx.objectStore("meta");
    await Promise.all([store.put(all, "limits"), store.put(heard(server, Date.now(), all.offlineHours), "clock")]);
  });
}

export async function timeLeft(): Promise<TimeLeft | null> {
  const clock = await meta<ClockRecord>("clock");
  return clock ? leftOf(clock, Date.now()) : null;
}

/** Reads the clock, keeps its highest reading, and takes the personal fields off the device when the time is over. */
export async function isLate(): Promise<boolean> {
  const clock = await meta<ClockRecord>("clock");
  if (!clock) return false;
  const now = Date.now();
  const { left, turnedBack } = leftOf(clock, now);
  const next = seen(clock, now);
  if (next !== clock) await setMeta("clock", next);
  if (left > 0) return false;
  // A clock turned back may be a flat battery: the fields stay closed, but they stay.
  if (!turnedBack) await privateGone();
  if (keys?.pack) keys = { ...keys, pack: null };
  return true;
}

/**
 * Destroys the keys, then everything that they opened. Reports that no server has stay as they lie, sealed, when the office holds a
 * key to them: the device itself can no longer read them.
 */
export async function wipe(why: WipeReason, everywhere = true): Promise<Capsule | null> {
  keys = null;
  const left = await emptyAll(why);
  forget(why);
  if (everywhere) tell({ wipe: why });
  return left;
}

/** Why the device was wiped, while no PIN is set since. */
export async function wiped(): Promise<Capsule | null> {
  return (await meta<Capsule>("wiped")) ?? null;
}

/** What a wipe left sealed. */
export async function capsule(): Promise<Capsule | null> {
  const last = await wiped();
  return last && last.reports + last.drafts > 0 ? last : null;
}

interface Told {
  lock?: string;
  wipe?: WipeReason;
}

function listen(): void {
  if (channel || typeof BroadcastChannel === "undefined") return;
  channel = new BroadcastChannel("officer-vault");
  channel.onmessage = ({ data }: MessageEvent<Told>) => {
    if (data.wipe) forget(data.wipe);
    else if (data.lock) void lock(data.lock, false);
  };
}

function tell(what: Told): void {
  listen();
  channel?.postMessage(what);
}
