// The outbox as a zip: reports as JSON, photos byte for byte, receipts, and a list to read. For handing in by hand.
import { downloadZip } from "client-zip";
import { open as openDatabase } from "../store/db";
import { list, pictureOf } from "./outbox";
import { saveFile } from "./save-file";

interface Entry {
  name: string;
  input: Uint8Array<ArrayBuffer> | string;
  lastModified?: Date;
}

const ENDS: [RegExp, string][] = [[/^\xff\xd8/, "jpg"], [/^\x89PNG/, "png"], [/^RIFF/, "webp"], [/^....ftyp/s, "heic"]];

function ending(bytes: Uint8Array): string {
  const head = String.fromCharCode(...bytes.subarray(0, 12));
  return ENDS.find(([start]) => start.test(head))?.[1] ?? "bin";
}

/** Unsent, refused, in conflict and received ones that are still here; photos are read one at a time. */
export async function* entries(told: (n: number, of: number) => void = () => undefined): AsyncGenerator<Entry> {
  const items = await list();
  const database = await openDatabase();
  const summary = items.map(({ seq, state, operation, photos, photosReceived, receipt }) => ({
    folder: folderOf(seq, operation.id), state, photos, photosReceived, receipt, operation,
  }));
  yield { name: "outbox.json", input: JSON.stringify({ format: "officer-outbox-1", exported_at: new Date().toISOString(), items: summary }, null, 1) };
  for (const [n, { seq, operation }] of items.entries()) {
    told(n + 1, items.length);
    for (const { index, seal } of await database.getAllFromIndex("photos", "operation", operation.id)) {
      // One photo that cannot be read must not keep all others from being saved.
      const bytes = await pictureOf(seal).catch(() => null);
      if (bytes) yield { name: `${folderOf(seq, operation.id)}/photo-${String(index + 1).padStart(3, "0")}.${ending(bytes)}`, input: bytes };
    }
  }
}

const folderOf = (seq: number, id: string): string => `${String(seq).padStart(4, "0")}-${id}`;

/** In the open, for handing in by hand. Resolves with the file's name. */
export async function exportOutbox(told: (n: number, of: number) => void): Promise<string> {
  const name = `so-tay-bao-cao-${new Date().toISOString().slice(0, 16).replace(/\D/g, "")}.zip`;
  await saveFile(await downloadZip(entries(told)).blob(), name);
  return name;
}
