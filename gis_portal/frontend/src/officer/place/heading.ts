// Which way the phone points: degrees from north, clockwise. Android says it against the earth; iOS has a name of its own for it
// and asks its owner first, which only a press of a button may do.
type OnHeading = (degrees: number) => void;

interface AppleOrientation {
  webkitCompassHeading?: number;
}
interface Asking {
  requestPermission?: () => Promise<"granted" | "denied">;
}

const listeners = new Set<OnHeading>();
let newest: number | null = null;

export const heading = (): number | null => newest;

/** Degrees of an event, corrected for a screen that is turned; null where it is not against north. */
export function headingOf(event: Pick<DeviceOrientationEvent, "alpha" | "absolute"> & AppleOrientation, screenAngle: number): number | null {
  if (typeof event.webkitCompassHeading === "number") return (event.webkitCompassHeading + screenAngle + 360) % 360;
  if (!event.absolute || event.alpha === null) return null;
  return (360 - event.alpha + screenAngle + 360) % 360;
}

function heard(event: DeviceOrientationEvent): void {
  const degrees = headingOf(event, screen.orientation?.angle ?? 0);
  if (degrees === null) return;
  newest = degrees;
  for (const fn of [...listeners]) fn(degrees);
}

/** Whether a press must ask before anything is heard (iOS). */
export function mustAsk(): boolean {
  return typeof DeviceOrientationEvent !== "undefined" && typeof (DeviceOrientationEvent as unknown as Asking).requestPermission === "function";
}

export async function askPermission(): Promise<boolean> {
  if (!mustAsk()) return true;
  return (await (DeviceOrientationEvent as unknown as Asking).requestPermission?.()) === "granted";
}

const EVENTS = ["deviceorientationabsolute", "deviceorientation"] as const;

export function followHeading(fn: OnHeading): () => void {
  if (!listeners.size) for (const name of EVENTS) window.addEventListener(name, heard as EventListener);
  listeners.add(fn);
  if (newest !== null) fn(newest);
  return () => {
    listeners.delete(fn);
    if (!listeners.size) for (const name of EVENTS) window.removeEventListener(name, heard as EventListener);
  };
}
