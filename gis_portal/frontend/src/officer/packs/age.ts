// How old a pack is, and when it may no longer be worked with. Pure.
const DAY = 24 * 3_600_000;

export interface Age {
  /** Whole days since the server last said that it is the newest. */
  days: number;
  /** Days left until it must be refreshed; 0 or less: it must be now. */
  left: number;
  /** The pack may not be worked with before it was refreshed. */
  over: boolean;
}

export function ageOf(checkedAt: number, now: number, refreshDays: number): Age {
  const passed = Math.max(0, now - checkedAt);
  const left = Math.ceil((refreshDays * DAY - passed) / DAY);
  return { days: Math.floor(passed / DAY), left, over: passed >= refreshDays * DAY };
}
