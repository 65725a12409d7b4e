// "Mở tệp đã lưu": a sealed file comes back into the outbox of the person who wrote it, on this or another device of theirs. Numbers
// are kept, so nothing comes twice, neither here nor at the server. What is in it: ./sealed-file.ts.
import { ApiError, askJson } from "../shell/api";
import { type DraftPhotoRecord, type DraftRecord, open as openDatabase, type OutboxRecord, type PhotoRecord, type Sealed, write } from "../store/db";
import { type Bytes, openWith, workKeyOf } from "../store/keys";
import * as vault from "../store/vault";
import { type Json, sha256, sha256OfJson } from "./canonical";
import { changed, decoded, encoded, type Operation, sealWork } from "./outbox";
import { HEAD_LENGTH_BYTES, MARK, readBack, type SealedHead } from "./sealed-file";

/** No such file; cut on its way; of another account; the key has to be asked for; nothing in it opens. */
export type FileErrorCode = "file-unknown" | "file-cut" | "file-other" | "file-offline" | "file-damaged";

export class FileError extends Error {
  constructor(readonly code: FileErrorCode) {
    super(code);
    this.name = "FileError";
  }
}

export interface Reopened {
  reports: number;
  drafts: number;
  /** Was here already. */
  known: number;
  /** Could not be read whole: reports, drafts or photos that are damaged in the file. */
  damaged: number;
}

type Asking = (device: string) => Promise<Bytes[]>;

const MOST_HEAD = 256 * 2 ** 20;

/** The office's keys for that device, the present one first. */
export async function rescueKeys(device: string): Promise<[Bytes, ...Bytes[]]> {
  const { key, former } = await askJson<{ key: string; former?: string[] }>(`rescue/${encodeURIComponent(device)}`);
  const read = (text: string): Bytes => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  return [read(key), ...(former ?? []).map(read)];
}

class Pictures {
  private readonly places = new Map<string, Blob>();

  constructor(pictures: SealedHead["pictures"], body: Blob) {
    let from = 0;
    for (const [seal, length] of pictures) {
      this.places.set(seal, body.slice(from, from + length));
      from += length;
    }
    if (from !== body.size) throw new FileError("file-cut");
  }

  async sealed(seal: string): Promise<Sealed> {
    const found = this.places.get(seal);
    if (!found) throw new FileError("file-damaged");
    return new Uint8Array(await found.arrayBuffer());
  }
}

async function read(file: Blob): Promise<{ head: SealedHead; pictures: Pictures }> {
  const begin = await file.slice(0, MARK.length + HEAD_LENGTH_BYTES).arrayBuffer();
  const mark = new TextDecoder().decode(begin.slice(0, MARK.length));
  if (mark !== MARK) throw new FileError("file-unknown");
  if (begin.byteLength < MARK.length + HEAD_LENGTH_BYTES) throw new FileError("file-cut");
  const length = new DataView(begin).getUint32(MARK.length);
  const from = begin.byteLength + length;
  if (length > MOST_HEAD || from > file.size) throw new FileError("file-cut");
  const head = parsed(await file.slice(begin.byteLength, from).text());
  return { head, pictures: new Pictures(head.pictures, file.slice(from)) };
}

function parsed(text: string): SealedHead {
  let head: SealedHead;
  try {
    head = JSON.parse(text, readBack) as SealedHead;
  } catch {
    throw new FileError("file-cut");
  }
  const lists = [head.outbox, head.photos, head.drafts, head.draftPhotos, head.pictures];
  if (!lists.every(Array.isArray)) throw new FileError("file-unknown");
  return head;
}

/** Opens what one record sealed, whichever device sealed it. */
type Opening = (sealed: Sealed, about: string) => Promise<Bytes>;

/** This device's own key where it is the same; else the office gives it, to the same person only. */
async function opening(head: SealedHead, asking: Asking): Promise<Opening> {
  const own: Opening = (sealed, about) => vault.open(sealed, about, "work");
  const probe = firstOf(head);
  if (!probe || (await own(...probe).then(() => true, () => false))) return own;
  if (!head.rescue) throw new FileError("file-damaged");
  let keys: Bytes[];
  try {
    keys = await asking(head.rescue.device);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) throw new FileError("file-other");
    if (error instanceof ApiError && error.code === "offline") throw new FileError("file-offline");
    throw error;
  }
  const { wrapped } = head.rescue;
  try {
    const key = await Promise.any(keys.map((one) => workKeyOf(wrapped, one)));
    return (sealed, about) => openWith(key, sealed, about);
  } catch {
    throw new FileError("file-damaged");
  }
}

function firstOf({ outbox, drafts }: SealedHead): [Sealed, string] | null {
  const [report] = outbox;
  if (report) return [report.sealed, `operation/${report.id}`];
  const [draft] = drafts;
  return draft ? [draft.sealed, `draft/${draft.id}`] : null;
}

/** Every report in a transaction of its own: killed in between, the file is opened again and goes on. */
export async function reopen(file: Blob, asking: Asking = rescueKeys, told: (n: number, of: number) => void = () => undefined): Promise<Reopened> {
  const { head, pictures } = await read(file);
  const open = await opening(head, asking);
  const done: Reopened = { reports: 0, drafts: 0, known: 0, damaged: 0 };
  const of = head.outbox.length + head.drafts.length;
  let n = 0;
  const each = async (work: () => Promise<boolean>, what: "reports" | "drafts"): Promise<void> => {
    told((n += 1), of);
    try {
      done[(await work()) ? what : "known"] += 1;
    } catch (error) {
      // Sealed bytes that do not open are an OperationError; a full disk is not theirs.
      if (!(error instanceof FileError) && (error as { name?: unknown }).name !== "OperationError" && !(error instanceof SyntaxError)) throw error;
      done.damaged += 1;
    }
  };
  const photos = new PhotosIn(pictures, open, done);
  for (const record of [...head.outbox].sort((a, b) => a.seq - b.seq)) {
    await each(() => report(record, head.photos.filter(({ operation }) => operation === record.id), open, photos), "reports");
  }
  const isOther = head.rescue?.device !== (await vault.meta<{ device: string }>("rescue"))?.device;
  for (const record of head.drafts) {
    await each(async () => draft(record, head.draftPhotos.filter((photo) => photo.draft === record.id), open, photos, isOther), "drafts");
  }
  changed();
  return done;
}

class PhotosIn {
  constructor(
    private readonly pictures: Pictures,
    private readonly opening: Opening,
    private readonly done: Reopened,
  ) {}

  /** Sealed anew for this device; null where the file does not have it as it was. */
  async again({ seal, sha256: hash }: { seal: string; sha256: string }): Promise<Sealed | null> {
    try {
      const bytes = await this.opening(await this.pictures.sealed(seal), `photo/${seal}`);
      if ((await sha256(bytes)) === hash) return await vault.seal(bytes, `photo/${seal}`, "work");
    } catch (error) {
      if (!(error instanceof FileError) && (error as { name?: unknown }).name !== "OperationError") throw error;
    }
    this.done.damaged += 1;
    return null;
  }
}

/** false: it is here already. */
async function report(record: OutboxRecord, mine: PhotoRecord[], open: Opening, photos: PhotosIn): Promise<boolean> {
  const { id } = record;
  const database = await openDatabase();
  if (await database.get("outbox", id)) return false;
  const operation = decoded<Operation>(await open(record.sealed, `operation/${id}`));
  if (operation.id !== id || (await sha256OfJson(operation.payload)) !== operation.sha256) throw new FileError("file-damaged");
  const sealed = await sealWork(operation, `operation/${id}`);
  const receipt = record.receipt && (await vault.seal(await open(record.receipt, `receipt/${id}`), `receipt/${id}`, "work"));
  const brought: { photo: PhotoRecord; picture: Sealed | null }[] = [];
  for (const photo of mine) {
    const picture = await photos.again(photo);
    const about = `photo-receipt/${id}/${photo.index}`;
    const said = photo.receipt && (await vault.seal(await open(photo.receipt, about), about, "work"));
    // A photo that is lost must not keep its report from being done; the counter tells of it.
    const state = picture || photo.state === "received" ? photo.state : "refused";
    brought.push({ photo: { ...photo, state, receipt: said }, picture });
  }
  return write(["outbox", "photos", "pictures", "drafts", "draftPhotos", "meta"], async (tx) => {
    if (await tx.objectStore("outbox").get(id)) return false;
    const meta = tx.objectStore("meta");
    const seq = Number((await meta.get("seq")) ?? 0) + 1;
    await meta.put(seq, "seq");
    await tx.objectStore("outbox").add({ ...record, seq, sealed, receipt });
    for (const { photo, picture } of brought) {
      if (picture) await tx.objectStore("pictures").put(picture, photo.seal);
      await tx.objectStore("photos").put(photo);
      await tx.objectStore("draftPhotos").delete(photo.seal);
    }
    // It was finished after this device had it as a draft.
    await tx.objectStore("drafts").delete(id);
    return true;
  });
}

/** On another device under a number of its own: both may be finished, each is a report. The same file gives the same number. */
async function draft(record: DraftRecord, mine: DraftPhotoRecord[], open: Opening, photos: PhotosIn, isOther: boolean): Promise<boolean> {
  const database = await openDatabase();
  const id = isOther ? await numberHere(record.id) : record.id;
  if ((await database.get("drafts", id)) || (await database.get("outbox", id))) return false;
  const words = decoded<{ [key: string]: Json }>(await open(record.sealed, `draft/${record.id}`));
  const sealed = await vault.seal(encoded({ ...words, id }), `draft/${id}`, "work");
  const brought: { photo: DraftPhotoRecord; picture: Sealed }[] = [];
  for (const photo of mine) {
    const picture = await photos.again(photo);
    const about = `facts/${photo.seal}`;
    if (picture) brought.push({ picture, photo: { ...photo, draft: id, facts: await vault.seal(await open(photo.facts, about), about, "work") } });
  }
  await write(["drafts", "draftPhotos", "pictures"], async (tx) => {
    await tx.objectStore("drafts").put({ ...record, id, sealed });
    for (const { photo, picture } of brought) {
      await tx.objectStore("pictures").put(picture, photo.seal);
      await tx.objectStore("draftPhotos").put(photo);
    }
  });
  return true;
}

async function numberHere(id: string): Promise<string> {
  const device = (await vault.meta<{ device: string }>("rescue"))?.device ?? "";
  return `${id.slice(0, 24)}${(await sha256(new TextEncoder().encode(`${id} ${device}`) as Bytes)).slice(0, 12)}`;
}
