// Locks by itself: after minutes without a touch, when the time limit is over. Started once by the shell.
import { me, type Me } from "../shell/api";
import * as vault from "../store/vault";

const MINUTE = 60_000;
let touched = Date.now();
let started = false;

/** What the server says about this device and now; the time limit counts from here. Keep calling it whenever there is a network. */
export async function hearServer(): Promise<Me> {
  const answer = await me();
  const { limits } = answer;
  await vault.contact(Date.parse(answer.now), {
    offlineHours: limits.offline_hours,
    refreshDays: limits.refresh_days,
    wrongPins: limits.wrong_pins,
    keepDays: limits.keep_days,
  });
  return answer;
}

export function startWatch(): void {
  if (started) return;
  started = true;
  touched = Date.now();
  for (const kind of ["pointerdown", "keydown", "input"]) addEventListener(kind, () => (touched = Date.now()), { capture: true, passive: true });
  document.addEventListener("visibilitychange", () => {
    // Timers sleep while the phone is in the pocket.
    if (!document.hidden) void look();
  });
  setInterval(() => void look(), MINUTE / 2);
}

async function look(): Promise<void> {
  if (!vault.isOpen()) return;
  const { lockMinutes } = await vault.limits();
  const before = await vault.state();
  if (Date.now() - touched > lockMinutes * MINUTE) await vault.lock("idle");
  else if ((await vault.isLate()) && before === "open") await vault.lock("late");
}
