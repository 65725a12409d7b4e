// Once a day: does the server still have what it acknowledged? One that was restored from an older backup has lost what came since;
// this device still has it for the days it is kept, and offers it again. Numbers are the same, so what was not lost is not doubled.
import { open as openDatabase, type OutboxRecord, write } from "../store/db";
import { meta, setMeta } from "../store/vault";
import { changed } from "./outbox";
import type { Ask } from "./send";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const KEPT = "rechecked";
/** What the server reads of one address. */
const MOST_IDS = 100;
const ANSWER_MILLISECONDS = 30_000;

interface Known {
  id: string;
  /** Photos that are there whole. */
  photos_here?: number;
}

/** A clock that was set back must not put it off for years. */
export async function isDue(now = Date.now()): Promise<boolean> {
  const last = await meta<number>(KEPT);
  if (last === undefined) await setMeta(KEPT, now);
  return last !== undefined && Math.abs(now - last) >= DAY;
}

/** Resolves with how many go again. Throws where the server does not answer as ours does. */
export async function recheck(ask: Ask, now = Date.now()): Promise<number> {
  // Where the answer does not come it is asked again in an hour; nothing waits for it.
  await setMeta(KEPT, now - DAY + HOUR);
  const records = await (await openDatabase()).getAllFromIndex("outbox", "seq");
  const acknowledged = records.filter(({ state }) => state === "received" || state === "conflict");
  let again = 0;
  for (let from = 0; from < acknowledged.length; from += MOST_IDS) {
    const some = acknowledged.slice(from, from + MOST_IDS);
    const known = await knownOf(ask, some);
    for (const record of some) {
      const there = known.get(record.id);
      if (!there) again += await offer(record.id, true);
      else if ((there.photos_here ?? record.photosReceived) < record.photosReceived) again += await offer(record.id, false);
    }
  }
  await setMeta(KEPT, now);
  if (again) changed();
  return again;
}

async function knownOf(ask: Ask, some: OutboxRecord[]): Promise<Map<string, Known>> {
  const ids = some.map(({ id }) => id).join(",");
  const answer = await ask(`operations?ids=${ids}`, { signal: AbortSignal.timeout(ANSWER_MILLISECONDS) });
  const { receipts } = ((await answer.json()) ?? {}) as { receipts?: unknown };
  if (!Array.isArray(receipts)) throw new Error("no receipts");
  return new Map((receipts as Known[]).map((one) => [one.id, one]));
}

/** Operation and photos, or its photos only, wait again. */
async function offer(id: string, whole: boolean): Promise<number> {
  return write(["outbox", "photos"], async (tx) => {
    const record = await tx.objectStore("outbox").get(id);
    if (!record || record.state === "waiting") return 0;
    const next: OutboxRecord = { ...record, photosReceived: 0, settledAt: null };
    await tx.objectStore("outbox").put(whole ? { ...next, state: "waiting", receipt: null } : next);
    for (const photo of await tx.objectStore("photos").index("operation").getAll(id)) {
      if (photo.state === "received") await tx.objectStore("photos").put({ ...photo, state: "waiting", receipt: null });
    }
    return 1;
  });
}
