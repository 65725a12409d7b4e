// One part of a pack onto the device: piece by piece, so that a break costs one piece, and whole only when its hash is right.
// What is personal is never laid down in pieces: it comes in one go and is sealed by whoever asked (./install.ts).
import { sha256 } from "./bytes";
import type { PartInfo } from "./shapes";

export const PIECE = 1 << 20;

/** Where pieces lie while a part is coming. */
export interface Pieces {
  list(): Promise<{ from: number; data: Blob }[]>;
  put(from: number, data: Blob): Promise<void>;
  clear(): Promise<void>;
}

/** The bytes from `from` on: 206 with the rest, or 200 with all of it. */
export type Fetcher = (url: string, from: number, signal: AbortSignal) => Promise<Response>;

export class BrokenPart extends Error {
  readonly code = "pack-broken";
}

export interface Progress {
  done: number;
  total: number;
}

/** What is there already, without a gap; later pieces behind a gap do not count. */
export function together(pieces: { from: number; data: Blob }[]): { blobs: Blob[]; length: number } {
  const blobs: Blob[] = [];
  let length = 0;
  for (const { from, data } of [...pieces].sort((a, b) => a.from - b.from)) {
    if (from !== length) break;
    blobs.push(data);
    length += data.size;
  }
  return { blobs, length };
}

/** Reads `response` and hands out pieces of PIECE bytes and a rest. */
async function inPieces(response: Response, use: (data: Blob) => Promise<void>): Promise<void> {
  const reader = response.body?.getReader();
  if (!reader) return use(await response.blob());
  let waiting: BlobPart[] = [];
  let size = 0;
  const flush = async (): Promise<void> => {
    if (!size) return;
    const data = new Blob(waiting);
    waiting = [];
    size = 0;
    await use(data);
  };
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      waiting.push(value as Uint8Array<ArrayBuffer>);
      size += value.byteLength;
      if (size >= PIECE) await flush();
    }
  } finally {
    // Also when it broke off or was paused: what came is kept.
    await flush();
  }
}

/** The whole part, its hash checked. Rejects with AbortError when paused; the pieces stay for the next time. */
export async function download(
  part: PartInfo,
  pieces: Pieces,
  fetcher: Fetcher,
  signal: AbortSignal,
  say: (progress: Progress) => void,
): Promise<Blob> {
  let { length: done } = together(await pieces.list());
  say({ done, total: part.bytes });
  if (done < part.bytes || part.bytes === 0) {
    const response = await fetcher(part.url, done, signal);
    if (done > 0 && response.status !== 206) {
      await pieces.clear();
      done = 0;
    }
    await inPieces(response, async (data) => {
      await pieces.put(done, data);
      done += data.size;
      say({ done, total: part.bytes });
    });
  }
  const { blobs, length } = together(await pieces.list());
  const whole = new Blob(blobs);
  if (length < part.bytes) throw new TypeError(`${length} of ${part.bytes} bytes came`);
  if (part.sha256 && (await sha256(whole)) !== part.sha256) {
    await pieces.clear();
    throw new BrokenPart(part.name);
  }
  return whole;
}
