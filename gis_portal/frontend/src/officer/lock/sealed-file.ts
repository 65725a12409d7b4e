// What is unsent as a sealed file: for a device that cannot open it any more. Whoever wrote it opens it again with the office's key.
import { saveFile } from "../outbox/save-file";
import { open as openDatabase } from "../store/db";

const FORMAT = "officer-sealed-1";
const STORES = ["outbox", "photos", "drafts", "draftPhotos"] as const;

function base64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}

const written = (_key: string, value: unknown): unknown => (value instanceof Uint8Array ? { base64: base64(value) } : value);

/** Every record as it lies here; only the seals' names and sizes can be read in it. */
export async function saveSealed(): Promise<void> {
  const database = await openDatabase();
  const pieces: string[] = [`{"format":"${FORMAT}","rescue":${JSON.stringify(await database.get("meta", "rescue"), written)}`];
  for (const store of STORES) pieces.push(`,"${store}":${JSON.stringify(await database.getAll(store), written)}`);
  pieces.push(',"pictures":{');
  for (const [n, key] of (await database.getAllKeys("pictures")).entries()) {
    pieces.push(`${n ? "," : ""}${JSON.stringify(key)}:${JSON.stringify(await database.get("pictures", key), written)}`);
  }
  pieces.push("}}");
  await saveFile(new Blob(pieces, { type: "application/json" }), `so-tay-niem-phong-${new Date().toISOString().slice(0, 10)}.json`);
}
