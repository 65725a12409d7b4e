// Counts on in `<time data-countdown>` what the server wrote, by the same steps (gis_portal/auctions/moments.py).
const MINUTE = 60_000;

interface Words {
  days?: string;
  hours?: string;
  minutes?: string;
  over?: string;
}

export function left(until: number, now: number, words: Words): string {
  const minutes = Math.floor((until - now) / MINUTE);
  if (until <= now) return words.over ?? "";
  const say = (template: string | undefined, n: number): string => (template ?? "").replace("{n}", String(n));
  if (minutes >= 48 * 60) return say(words.days, Math.floor(minutes / (24 * 60)));
  if (minutes >= 120) return say(words.hours, Math.floor(minutes / 60));
  return say(words.minutes, Math.max(1, minutes));
}

export function startCountdowns(): void {
  const words: Words = { ...document.getElementById("countdown-words")?.dataset };
  const times = [...document.querySelectorAll<HTMLTimeElement>("time[data-countdown]")];
  if (!times.length) return;
  const tick = (): void => {
    for (const time of times) {
      const until = Date.parse(time.dateTime);
      if (Number.isNaN(until)) continue;
      const said = left(until, Date.now(), words);
      if (time.textContent !== said) time.textContent = said;
    }
  };
  tick();
  setInterval(tick, MINUTE / 2);
  document.addEventListener("visibilitychange", tick);
}
