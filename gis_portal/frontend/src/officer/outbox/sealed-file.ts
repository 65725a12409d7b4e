// What is here as a sealed file: what officers wrote leaves the device as it lies on it, so the file can be saved while the handbook
// is locked, too. ./reopen.ts opens it again, for the same person and nobody else.
//
//   "officer-sealed-1" | length of the head (4 bytes, the highest first) | head: JSON in UTF-8 | the sealed photos, one after the other
//
// In the head are the records of the stores, bytes in them as {"base64": …}, and `pictures`: [seal, length] of each photo in order.
import { type DraftPhotoRecord, type DraftRecord, open as openDatabase, type OutboxRecord, type PhotoRecord, type Sealed } from "../store/db";
import { saveFile } from "./save-file";

export const MARK = "officer-sealed-1";
export const HEAD_LENGTH_BYTES = 4;
const STORES = ["outbox", "photos", "drafts", "draftPhotos"] as const;

export interface SealedHead {
  /** Whose key opens it: the device that wrote, and the work key under the office's key for that device. */
  rescue: { device: string; wrapped: Sealed } | null;
  exported_at: string;
  outbox: OutboxRecord[];
  photos: PhotoRecord[];
  drafts: DraftRecord[];
  draftPhotos: DraftPhotoRecord[];
  pictures: [seal: string, length: number][];
}

function base64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}

const written = (_key: string, value: unknown): unknown => (value instanceof Uint8Array ? { base64: base64(value) } : value);

/** For `JSON.parse`: what `written` made of bytes. */
export function readBack(_key: string, value: unknown): unknown {
  const text = (value as { base64?: unknown } | null)?.base64;
  return typeof text === "string" ? Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)) : value;
}

/** Every record as it lies here; plain are only numbers, times, sizes, states, hashes of photos. Needs no PIN. */
export async function sealedFile(): Promise<Blob> {
  const database = await openDatabase();
  const stores = await Promise.all(STORES.map(async (name) => [name, await database.getAll(name)] as const));
  const pictures: SealedHead["pictures"] = [];
  const bodies: Blob[] = [];
  for (const seal of await database.getAllKeys("pictures")) {
    const sealed = await database.get("pictures", seal);
    if (!sealed) continue;
    pictures.push([seal, sealed.length]);
    // A blob, which the browser may keep outside of memory: photos of a day are many.
    bodies.push(new Blob([sealed]));
  }
  const rescue = (await database.get("meta", "rescue")) ?? null;
  const head = { rescue, exported_at: new Date().toISOString(), ...Object.fromEntries(stores), pictures };
  const text = new TextEncoder().encode(JSON.stringify(head, written));
  const length = new DataView(new ArrayBuffer(HEAD_LENGTH_BYTES));
  length.setUint32(0, text.length);
  return new Blob([MARK, length.buffer, text, ...bodies], { type: "application/octet-stream" });
}

/** Resolves with the file's name. */
export async function saveSealed(): Promise<string> {
  const name = `so-tay-niem-phong-${new Date().toISOString().slice(0, 16).replace(/\D/g, "")}.sotay`;
  await saveFile(await sealedFile(), name);
  return name;
}
