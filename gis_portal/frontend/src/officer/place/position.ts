// Where the phone is: one watch for the whole handbook, started by the first listener and stopped after the last.
export interface Position {
  lon: number;
  lat: number;
  /** Radius of 95 %, metres, as the phone says. */
  accuracy: number;
  /** Direction of travel, degrees from true north; null while standing. */
  course: number | null;
  /** `Date.now()` of the fix. */
  at: number;
}

export type PositionError = "refused" | "failed" | "unsupported";
type OnFix = (position: Position) => void;
type OnError = (error: PositionError) => void;

const EXACT: PositionOptions = { enableHighAccuracy: true, maximumAge: 0, timeout: 30_000 };
const listeners = new Map<OnFix, OnError>();
// Phones that lie still say nothing more; a fix that grows old is asked for again.
const ASK_AFTER = 6000;
let asking = 0;
let watch: number | null = null;
let newest: Position | null = null;
let failed: PositionError | null = null;

/** The newest fix, however old; look at its `at`. */
export const last = (): Position | null => newest;

export function follow(onFix: OnFix, onError: OnError = () => undefined): () => void {
  listeners.set(onFix, onError);
  // However old: who asks looks at its age.
  if (newest) onFix(newest);
  // The watch that others began will not say it again.
  if (failed && watch !== null) onError(failed);
  start();
  return () => {
    listeners.delete(onFix);
    if (!listeners.size) stopWatch();
  };
}

function stopWatch(): void {
  if (watch !== null) navigator.geolocation.clearWatch(watch);
  window.clearInterval(asking);
  watch = null;
}

function start(): void {
  if (watch !== null) return;
  if (!("geolocation" in navigator)) {
    for (const onError of listeners.values()) onError("unsupported");
    return;
  }
  watch = navigator.geolocation.watchPosition(
    heard,
    (error) => {
      const kind = error.code === error.PERMISSION_DENIED ? "refused" : "failed";
      failed = kind;
      for (const onError of [...listeners.values()]) onError(kind);
      // Refused is refused until somebody asks anew: allowed in the settings since, a new watch hears it.
      if (kind === "refused") stopWatch();
    },
    EXACT,
  );
  asking = window.setInterval(() => {
    if (newest && Date.now() - newest.at > ASK_AFTER) navigator.geolocation.getCurrentPosition(heard, () => undefined, EXACT);
  }, ASK_AFTER / 2);
}

function heard({ coords, timestamp }: GeolocationPosition): void {
  // A phone's fix may come late from a cache: its own time counts, never one from the future.
  const at = Math.min(Date.now(), timestamp || Date.now());
  // An older one is nothing new; unless the device's clock was turned back in between.
  if (newest && at < newest.at && newest.at <= Date.now()) return;
  failed = null;
  const course = typeof coords.heading === "number" && Number.isFinite(coords.heading) ? coords.heading : null;
  newest = { lon: coords.longitude, lat: coords.latitude, accuracy: coords.accuracy, course, at };
  for (const onFix of [...listeners.keys()]) onFix(newest);
}
