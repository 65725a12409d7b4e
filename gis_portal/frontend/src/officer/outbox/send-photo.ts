// One photo, in pieces. The server says how far it is, so that a cut link goes on where it was cut; it says "received" only when it
// has hashed the whole.
import { ApiError } from "../shell/api";
import type { PhotoRecord } from "../store/db";
import type { Bytes } from "../store/keys";
import { pictureOf, settlePhoto } from "./outbox";
import type { Ask } from "./send";

export const PIECE = 256 * 1024;
const ANSWER_MILLISECONDS = 60_000;
const BELIEVED_AFTER = 3;

const refusals = new Map<string, number>();
/** Photos that this window has begun: of any other the server is not asked first, it starts at nothing. */
const begun = new Set<string>();

/** Resolves when the receipt, or a refusal that came several times, lies on the disk. */
export async function sendPhoto(ask: Ask, photo: PhotoRecord, count: number): Promise<void> {
  const name = `${photo.operation}/${photo.index}`;
  try {
    const bytes = await pictureOf(photo.seal);
    let offset = begun.has(name) ? await heldByServer(ask, name, photo) : 0;
    begun.add(name);
    while (offset !== null) offset = await sendPiece(ask, name, photo, bytes, offset, count);
    begun.delete(name);
    refusals.delete(name);
  } catch (error) {
    if (!(error instanceof ApiError) || ![400, 404, 410, 413, 415, 422].includes(error.status)) throw error;
    const times = (refusals.get(name) ?? 0) + 1;
    refusals.set(name, times);
    if (times < BELIEVED_AFTER) throw error;
    await settlePhoto(photo.operation, photo.index, "refused", { code: error.code, detail: error.detail });
  }
}

/** How many bytes the server has; null when it has all and said so. */
async function heldByServer(ask: Ask, name: string, photo: PhotoRecord): Promise<number | null> {
  const answer = await ask(`photos/${name}`, { method: "HEAD", signal: AbortSignal.timeout(ANSWER_MILLISECONDS) });
  const receipt = answer.headers.get("X-Receipt");
  if (!receipt) return offsetOf(answer, photo);
  await received(photo, JSON.parse(receipt));
  return null;
}

/** A receipt counts for the bytes that are here, and for no others. */
async function received(photo: PhotoRecord, receipt: { sha256?: unknown }): Promise<void> {
  if (receipt.sha256 !== photo.sha256) throw new Error("receipt of another photo");
  await settlePhoto(photo.operation, photo.index, "received", receipt);
}

function offsetOf(answer: Response, photo: PhotoRecord): number {
  const said = answer.headers.get("Upload-Offset");
  const offset = Number(said);
  if (said === null || !Number.isInteger(offset) || offset < 0 || offset > photo.bytes) throw new Error("no offset");
  return offset;
}

/** The next offset; null when the photo has its receipt. */
async function sendPiece(ask: Ask, name: string, photo: PhotoRecord, bytes: Bytes, offset: number, count: number): Promise<number | null> {
  const headers = {
    "Content-Type": "application/octet-stream",
    "Upload-Offset": String(offset),
    "Upload-Length": String(photo.bytes),
    "X-Sha256": photo.sha256,
    "X-Count": String(count),
  };
  const body = bytes.subarray(offset, offset + PIECE);
  let answer: Response;
  try {
    answer = await ask(`photos/${name}`, { method: "PATCH", headers, body, signal: AbortSignal.timeout(ANSWER_MILLISECONDS) });
  } catch (error) {
    // A piece that came twice, or whose answer was lost: go on where the server is.
    if (!(error instanceof ApiError) || error.status !== 409) throw error;
    const held = await heldByServer(ask, name, photo);
    if (held === offset) throw error;
    return held;
  }
  if (answer.status !== 201) return offsetOf(answer, photo);
  await received(photo, (await answer.json()) as { sha256?: unknown });
  return null;
}
