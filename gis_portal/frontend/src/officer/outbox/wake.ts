// When sending begins by itself: unlocked, back in the network, back on the screen, and when the browser's background sync wakes the
// service worker, which wakes an open window. A window that is locked or gone sends nothing: the keys are nowhere else.
import { finishSigningIn } from "../lock/again";
import * as vault from "../store/vault";
import { counts } from "./outbox";
import { isDue } from "./recheck";
import { sendAll, status, stopped } from "./send";

const TAG = "officer-outbox";
/** What the service worker says to its windows on a sync event. */
export const WAKE = "send-outbox";
const LOOK_MILLISECONDS = 60_000;
let started = false;

interface Syncing {
  sync?: { register(tag: string): Promise<void> };
}

/** Asks the browser to wake us when there is a network; nothing where it cannot. */
export async function wakeLater(): Promise<void> {
  const worker = (await navigator.serviceWorker?.getRegistration?.().catch(() => undefined)) as Syncing | undefined;
  await worker?.sync?.register(TAG).catch(() => undefined);
}

async function look(): Promise<void> {
  if (!vault.isOpen() || !navigator.onLine || status().state === "sending") return;
  const { unsent } = await counts();
  if (unsent || (await isDue())) await sendAll();
}

/** Started once by the shell. */
export function startSending(): void {
  if (started) return;
  started = true;
  vault.onUnlock(() => void look());
  addEventListener("online", () => void look());
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) void look();
  });
  navigator.serviceWorker?.addEventListener("message", ({ data }: MessageEvent) => {
    if (data === WAKE) void look();
  });
  setInterval(() => void look(), LOOK_MILLISECONDS);
  void begin();
}

async function begin(): Promise<void> {
  if ((await finishSigningIn()) === "other") stopped("other-account");
  else await look();
}
