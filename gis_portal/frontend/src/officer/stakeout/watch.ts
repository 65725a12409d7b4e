// The tools of the field look at the phone's position together with the parcel's grid: one fix, its age, in metres.
import { follow, type Position, type PositionError } from "../place/position";
import { say } from "../parcel/field-words";
import { toPoint } from "../parcel/shape";
import type { Fix } from "./rule";

const TICK = 1000;

export function fixOf(position: Position, crs: string, now = Date.now()): Fix | null {
  const at = toPoint(position.lon, position.lat, crs);
  return at && { at, accuracy: position.accuracy, age: now - position.at };
}

/** Calls `fn` at each fix and each second after it, so that a position grows old before one's eyes. */
export function watchFix(crs: string, fn: (fix: Fix, position: Position) => void, onError: (words: string) => void): () => void {
  let newest: Position | null = null;
  const tell = (): void => {
    const fix = newest && fixOf(newest, crs);
    if (fix && newest) fn(fix, newest);
  };
  const stop = follow(
    (position) => {
      newest = position;
      tell();
    },
    (error) => onError(errorWords(error)),
  );
  const timer = window.setInterval(tell, TICK);
  return () => {
    stop();
    window.clearInterval(timer);
  };
}

export function errorWords(error: PositionError): string {
  return say(error === "failed" ? "noFix" : error);
}
