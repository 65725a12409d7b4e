// What is being written, kept as it is typed: a killed process loses at most the letter under the finger. Its number becomes the
// operation's, its photos do not move when it is sent.
import { pictureOf, type Base, encoded, decoded, openWork, sealPhoto, sealWork } from "../outbox/outbox";
import { type Json, uuid7 } from "../outbox/canonical";
import { type DraftPhotoRecord, open as openDatabase, write } from "../store/db";
import * as vault from "../store/vault";

export interface Place {
  lon: number;
  lat: number;
  /** null: a touch on the map, or coordinates that were typed. */
  accuracy_m: number | null;
  heading: number | null;
}

export interface Person {
  name: string;
  phone: string;
}

export interface Draft {
  id: string;
  type: "observation" | "proposal" | "answer";
  base: Base | null;
  /** What the reader calls it: sheet and number, or where it is. */
  title: string;
  kind: string;
  state: string;
  note: string;
  people: Person[];
  place: Place | null;
  sketch: GeoJSON.LineString | GeoJSON.Polygon | null;
  sketchAccuracy: number | null;
  checklist: { [id: string]: Json };
  field: string;
  old: Json;
  new: Json;
  /** The report that an answer is about. */
  report?: string;
  /** When it was begun, ISO. */
  at: string;
  /** Seals of its photos in the order in which they are shown. */
  photos: string[];
}

/** What was known when a photo was taken. */
export interface PhotoFacts {
  [key: string]: Json;
  taken_at: string;
  lon: number | null;
  lat: number | null;
  accuracy_m: number | null;
  bearing: number | null;
}

export interface DraftPhoto {
  seal: string;
  sha256: string;
  bytes: number;
  facts: PhotoFacts;
}

const about = (id: string): string => `draft/${id}`;

export function newDraft(values: Partial<Draft>): Draft {
  return {
    id: uuid7(), type: "observation", base: null, title: "", kind: "", state: "", note: "", people: [], place: null, sketch: null,
    sketchAccuracy: null, checklist: {}, field: "", old: null, new: null, at: new Date().toISOString(), photos: [], ...values,
  };
}

/** It was finished in another window: what is typed here would come back as a draft that can never be sent. */
export class DraftGone extends Error {
  readonly code = "gone";
}

export async function save(draft: Draft): Promise<void> {
  const sealed = await sealWork(draft, about(draft.id));
  await write(["drafts", "outbox"], async (tx) => {
    if (await tx.objectStore("outbox").getKey(draft.id)) throw new DraftGone();
    await tx.objectStore("drafts").put({ id: draft.id, sealed, changedAt: Date.now() });
  });
}

export async function load(id: string): Promise<Draft | null> {
  const record = await (await openDatabase()).get("drafts", id);
  return record ? openWork<Draft>(record.sealed, about(id)) : null;
}

/** The latest first. */
export async function list(): Promise<Draft[]> {
  const records = await (await openDatabase()).getAll("drafts");
  records.sort((a, b) => b.changedAt - a.changedAt);
  return Promise.all(records.map(({ id, sealed }) => openWork<Draft>(sealed, about(id))));
}

/** Only when the officer throws it away. */
export async function remove(id: string): Promise<void> {
  await write(["drafts", "draftPhotos", "pictures"], async (tx) => {
    await tx.objectStore("drafts").delete(id);
    for (const seal of await tx.objectStore("draftPhotos").index("draft").getAllKeys(id)) {
      await tx.objectStore("pictures").delete(seal);
      await tx.objectStore("draftPhotos").delete(seal);
    }
  });
}

/** Bytes and facts, sealed, together with the draft that now names the photo. */
export async function addPhoto(draft: Draft, file: File, facts: PhotoFacts): Promise<DraftPhoto> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const { seal, sealed, sha256, bytes: size } = await sealPhoto({ bytes, facts });
  const record: DraftPhotoRecord = { seal, draft: draft.id, sha256, bytes: size, facts: await vault.seal(encoded(facts), `facts/${seal}`, "work") };
  const sealedDraft = await sealWork({ ...draft, photos: [...draft.photos, seal] }, about(draft.id));
  await write(["drafts", "draftPhotos", "pictures", "outbox"], async (tx) => {
    if (await tx.objectStore("outbox").getKey(draft.id)) throw new DraftGone();
    await tx.objectStore("pictures").add(sealed, seal);
    await tx.objectStore("draftPhotos").add(record);
    await tx.objectStore("drafts").put({ id: draft.id, sealed: sealedDraft, changedAt: Date.now() });
  });
  draft.photos.push(seal);
  return { seal, sha256, bytes: size, facts };
}

export async function removePhoto(draft: Draft, seal: string): Promise<void> {
  draft.photos = draft.photos.filter((other) => other !== seal);
  await save(draft);
  await write(["draftPhotos", "pictures"], async (tx) => {
    await tx.objectStore("draftPhotos").delete(seal);
    await tx.objectStore("pictures").delete(seal);
  });
}

/** In the draft's order; a photo that the draft does not name, since the process died in between, comes last. */
export async function photosOf(draft: Draft): Promise<DraftPhoto[]> {
  const records = await (await openDatabase()).getAllFromIndex("draftPhotos", "draft", draft.id);
  const place = (seal: string): number => (draft.photos.includes(seal) ? draft.photos.indexOf(seal) : draft.photos.length);
  records.sort((a, b) => place(a.seal) - place(b.seal));
  return Promise.all(
    records.map(async ({ seal, sha256, bytes, facts }) => ({
      seal, sha256, bytes, facts: decoded<PhotoFacts>(await vault.open(facts, `facts/${seal}`, "work")),
    })),
  );
}

export { pictureOf };
