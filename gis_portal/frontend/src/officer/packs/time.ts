// The server's time as far as the device knows it: a clock that was set wrong makes no pack young.
import type { ClockRecord } from "../store/clock";
import { serverTime } from "../store/clock";
import { meta } from "../store/vault";

export async function now(): Promise<number> {
  return serverTime((await meta<ClockRecord>("clock")) ?? null, Date.now());
}
