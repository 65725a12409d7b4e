// How long ago the server was heard, with a clock that its owner can set. The server's own time, taken at each contact, is the
// measure; the device's clock only counts on from there, and turning it back buys no time: the highest reading stays.
export const HOUR = 3_600_000;
/** A clock may be set right by this much without being called turned back. */
const TOLERANCE = 10 * 60_000;

export interface ClockRecord {
  /** The server's time at the last contact. */
  server: number;
  /** The device's time then. */
  device: number;
  /** The latest time that the device ever showed since. */
  highest: number;
  limitHours: number;
}

export interface TimeLeft {
  /** Milliseconds until personal fields may no longer be shown. */
  left: number;
  /** The device's clock stands before a time that it has shown: what passed since cannot be known. */
  turnedBack: boolean;
}

export function heard(server: number, device: number, limitHours: number): ClockRecord {
  return { server, device, highest: device, limitHours };
}

/** The record with the present reading in it; write it back now and then, or turning back works while nobody looks. */
export function seen(clock: ClockRecord, device: number): ClockRecord {
  return device > clock.highest ? { ...clock, highest: device } : clock;
}

/** Nothing is left once the clock was turned back: a phone whose battery died says 1970, and so does a thief's. */
export function timeLeft(clock: ClockRecord, device: number): TimeLeft {
  const turnedBack = device < clock.highest - TOLERANCE || device < clock.device - TOLERANCE;
  const passed = Math.max(device, clock.highest) - clock.device;
  return { left: turnedBack ? 0 : Math.max(0, clock.limitHours * HOUR - passed), turnedBack };
}

/** The time as the server would say it, for what is written down in the field. */
export function serverTime(clock: ClockRecord | null, device: number): number {
  return clock ? clock.server + (device - clock.device) : device;
}
