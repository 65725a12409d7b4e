// Sends what ./outbox.ts keeps: operations in order, then photos one by one, each until its receipt lies on the disk. A link that
// drops, delays, doubles or cuts costs time and nothing else: the server knows each number once, and what it said last counts.
import { ApiError, ask } from "../shell/api";
import { isOpen, limits, VaultError } from "../store/vault";
import * as outbox from "./outbox";
import { isDue, recheck } from "./recheck";
import { sendPhoto } from "./send-photo";

const LOCK = "officer-outbox";
const MOST_OPERATIONS = 50;
const MOST_BYTES = 512 * 1024;
const ANSWER_MILLISECONDS = 30_000;
/** A refusal without a receipt may be that of a cut request: it is believed when it comes again. */
export const BELIEVED_AFTER = 3;
const FIRST_WAIT = 500;
const LONGEST_WAIT = 60_000;

export type Ask = (path: string, init?: RequestInit) => Promise<Response>;

/** What sending needs of the world; tests bring their own. */
export interface Line {
  ask: Ask;
  wait(milliseconds: number): Promise<void>;
  random(): number;
  online(): boolean;
}

export interface Sending {
  state: "idle" | "sending" | "waiting" | "stopped";
  /** Why it stopped or waits: a code of the server's, `offline`, `vault-locked`. */
  code: string | null;
  /** When it is tried again, in milliseconds since 1970. */
  again: number | null;
}

let sending: Sending = { state: "idle", code: null, again: null };
let running: Promise<void> | null = null;
let wanted = false;
let wake: () => void = () => undefined;
const refusals = new Map<string, number>();

export const status = (): Sending => sending;

function say(state: Sending["state"], code: string | null = null, again: number | null = null): void {
  sending = { state, code, again };
  outbox.changed();
}

/** Somebody else signed in on this device: nothing is sent in their name. */
export function stopped(code: string): void {
  say("stopped", code);
}

const real: Line = {
  ask,
  wait: (milliseconds) =>
    new Promise((done) => {
      const timer = setTimeout(done, milliseconds);
      wake = () => {
        clearTimeout(timer);
        done();
      };
    }),
  random: Math.random,
  online: () => navigator.onLine,
};

/** Sends until nothing waits, the server refuses the device, or there is no network; one sender over all windows. */
export function sendAll(line: Line = real): Promise<void> {
  wanted = true;
  wake();
  running ??= alone(() => untilDone(line)).finally(() => {
    running = null;
  });
  return running;
}

async function alone(work: () => Promise<void>): Promise<void> {
  const locks = globalThis.navigator?.locks;
  await (locks ? locks.request(LOCK, work) : work());
}

async function untilDone(line: Line): Promise<void> {
  let failures = 0;
  while (wanted || failures > 0) {
    wanted = false;
    if (!isOpen()) return say("stopped", "vault-locked");
    try {
      say("sending");
      if (await isDue()) await recheck(line.ask).catch((error: unknown) => (stops(error) ? Promise.reject(error) : 0));
      if (await sendSome(line)) wanted = true;
      failures = 0;
    } catch (error) {
      const code = codeOf(error);
      if (stops(error) || !line.online()) return say("stopped", code);
      failures += 1;
      const pause = pauseAfter(failures, line.random());
      say("waiting", code, Date.now() + pause);
      await line.wait(pause);
    }
  }
  await outbox.tidy((await limits()).keepDays);
  say("idle");
}

/** Full jitter: a fleet that comes back into the network does not knock all at once. */
export function pauseAfter(failures: number, random: number): number {
  return Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (failures - 1)) * (0.25 + 0.75 * random);
}

const codeOf = (error: unknown): string => (error instanceof ApiError || error instanceof VaultError ? error.code : "unknown-answer");

/** The device is refused, or the keys are gone: trying again helps nobody. */
function stops(error: unknown): boolean {
  return error instanceof VaultError || (error instanceof ApiError && (error.status === 401 || error.status === 403));
}

/** A batch of operations, or one photo; false when nothing was left to send. */
async function sendSome(line: Line): Promise<boolean> {
  const waiting = await outbox.waiting(MOST_OPERATIONS);
  if (waiting.length) {
    await sendOperations(line, batch(waiting));
    return true;
  }
  const photos = await outbox.waitingPhotos();
  // One that will not go must not hold up the others: the next is the oldest of those that failed least.
  const next = photos.reduce<(typeof photos)[number] | null>((best, one) => (best && triesOf(best) <= triesOf(one) ? best : one), null);
  if (!next) return false;
  tries.set(next.photo.seal, triesOf(next) + 1);
  await sendPhoto(line.ask, next.photo, next.count);
  return true;
}

const tries = new Map<string, number>();
const triesOf = ({ photo }: { photo: { seal: string } }): number => tries.get(photo.seal) ?? 0;

/** The oldest ones that fit; after a refusal of the whole they go one by one, so that one bad one does not hold up the rest. */
function batch(waiting: outbox.Operation[]): outbox.Operation[] {
  const result: outbox.Operation[] = [];
  let bytes = 0;
  for (const operation of waiting) {
    bytes += outbox.encoded(operation).length;
    const isSuspect = refusals.has(operation.id);
    if (result.length && (bytes > MOST_BYTES || isSuspect || result.length === MOST_OPERATIONS)) break;
    result.push(operation);
    if (isSuspect) break;
  }
  return result;
}

async function sendOperations(line: Line, operations: outbox.Operation[]): Promise<void> {
  const ids = operations.map(({ id }) => id);
  outbox.markSending(ids, true);
  try {
    const body = JSON.stringify({ operations });
    const headers = { "Content-Type": "application/json" };
    const answer = await line.ask("operations", { method: "POST", headers, body, signal: AbortSignal.timeout(ANSWER_MILLISECONDS) });
    await takeReceipts(await answer.json(), new Set(ids));
  } catch (error) {
    if (!isRefusal(error)) throw error;
    for (const id of ids) refusals.set(id, (refusals.get(id) ?? 0) + 1);
    const [only] = ids;
    if (ids.length > 1 || !only || (refusals.get(only) ?? 0) < BELIEVED_AFTER) throw error;
    await outbox.keepReceipts([{ id: only, state: "refused", code: error.code, detail: error.detail }]);
  } finally {
    outbox.markSending(ids, false);
  }
}

const isRefusal = (error: unknown): error is ApiError => error instanceof ApiError && [400, 413, 415, 422].includes(error.status);

async function takeReceipts(answer: unknown, asked: Set<string>): Promise<void> {
  const { receipts } = (answer ?? {}) as { receipts?: unknown };
  const found = (Array.isArray(receipts) ? receipts : []).filter((one): one is outbox.Receipt => isReceipt(one) && asked.has(one.id));
  // An answer without a single receipt is not ours: a portal of a hotel, or another page.
  if (!found.length) throw new Error("no receipts");
  for (const { id } of found) refusals.delete(id);
  await outbox.keepReceipts(found);
}

function isReceipt(value: unknown): value is outbox.Receipt {
  const { id, state } = (value ?? {}) as Partial<outbox.Receipt>;
  return typeof id === "string" && (state === "received" || state === "refused" || state === "conflict");
}
