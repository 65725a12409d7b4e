// The packs of the server beside those of the device: what to take, how many bytes, and the taking.
import { askJson } from "../shell/api";
import { arrived, heldPack, stillNewest, take, takeDelta } from "./install";
import type { Progress } from "./download";
import type { Held, PackInfo, PartInfo } from "./shapes";

export type PartState = "none" | "held" | "newer";

export interface Standing {
  part: PartInfo;
  state: PartState;
  /** Bytes that came before a break. */
  arrived: number;
}

export const list = async (): Promise<PackInfo[]> => (await askJson<{ packs: PackInfo[] }>("packs")).packs;

export async function standing(pack: PackInfo): Promise<Standing[]> {
  const held = await heldPack(pack.unit.id);
  return Promise.all(pack.parts.map(async (part) => ({ part, state: stateOf(part, held), arrived: await arrived(pack.unit.id, part) })));
}

/** Pure. A part without a hash of its own (private) is newer when its date is. */
export function stateOf(part: PartInfo, held: Held | undefined): PartState {
  const mine = held?.parts[part.name];
  if (!mine) return "none";
  const same = part.sha256 ? mine.sha256 === part.sha256 : mine.as_of === part.as_of;
  return same ? "held" : "newer";
}

/** What is taken when nothing is said: all that is not optional, and optional ones that are held already. Parcels first. */
export function chosen(all: Standing[], extra: ReadonlySet<string>): Standing[] {
  const wanted = all.filter(({ part, state }) => state !== "held" && (!part.optional || state === "newer" || extra.has(part.name)));
  const first = (s: Standing): number => ["parcels", "private", "handbook", "layers", "tiles", "imagery"].indexOf(s.part.kind);
  return wanted.sort((a, b) => first(a) - first(b));
}

export interface Sum extends Progress {
  /** The part that is coming. */
  part: PartInfo;
}

/** Takes the parts one after the other. AbortError when paused: what came stays. */
export async function takeAll(pack: PackInfo, parts: Standing[], now: number, signal: AbortSignal, say: (sum: Sum) => void): Promise<void> {
  const total = parts.reduce((sum, { part }) => sum + part.bytes, 0);
  let before = 0;
  for (const { part, state } of parts) {
    signal.throwIfAborted();
    // A delta of the parcels brings the personal part up to date, too.
    const came = part.kind === "private" && stateOf(part, await heldPack(pack.unit.id)) === "held";
    const small = came || (part.kind === "parcels" && state === "newer" && (await takeDelta(pack, part, now, signal)));
    if (!small) await take(pack, part, now, signal, ({ done }) => say({ part, done: before + done, total }));
    before += part.bytes;
    say({ part, done: before, total });
  }
  await stillNewest(pack, now);
}
