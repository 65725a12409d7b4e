// Photos of a report: taken or chosen, on the disk before they are shown, byte for byte as the camera wrote them.
import { heading } from "../place/heading";
import { last } from "../place/position";
import { button, el, icon, replace } from "../shell/dom";
import { size } from "../shell/format";
import { addPhoto, type Draft, type DraftPhoto, type PhotoFacts, photosOf, pictureOf, removePhoto } from "./drafts";
import { problem, say } from "./words";

export const MOST = 200;
/** What the server takes of one photo. */
export const MOST_BYTES = 12 * 2 ** 20;
const FRESH = 60_000;
const SIDE = 160;

export interface Photos {
  element: HTMLElement;
  /** Rejects when a photo could not be kept. */
  settled(): Promise<void>;
}

export async function photosPart(draft: Draft, touch: () => void): Promise<Photos> {
  const kept = await photosOf(draft);
  const list = el("ul", { class: "report-photos" });
  const said = el("p", { class: "hint", role: "status" });
  // Chosen or taken, and not on the disk: the browser may hold the only copy, so they stay here until they are kept or given up.
  const unkept: { file: File; facts: PhotoFacts }[] = [];
  const ways = el("div", { class: "report-buttons" });
  let trouble: unknown = null;
  let work: Promise<void> = Promise.resolve();

  function show(): void {
    replace(list, ...kept.map((photo, n) => thumbnail(photo, n + 1, () => void drop(photo, n + 1))));
  }

  async function drop(photo: DraftPhoto, n: number): Promise<void> {
    if (!confirm(`${say("removePhotoSure")} (${say("photo", { n })})`)) return;
    await removePhoto(draft, photo.seal);
    kept.splice(kept.indexOf(photo), 1);
    touch();
    show();
  }

  async function take(files: File[], isTakenNow: boolean): Promise<void> {
    said.textContent = say("keepingPhotos");
    const problems: string[] = [];
    for (const file of files) {
      const refusal = kept.length >= MOST ? say("tooMany", { n: MOST }) : await refused(file);
      if (refusal) problems.push(refusal);
      else unkept.push({ file, facts: factsNow(file, isTakenNow) });
    }
    await keep();
    said.textContent = [said.textContent, ...problems].filter(Boolean).join(" ");
  }

  /** In order; after the first that fails the others wait, too. */
  async function keep(): Promise<void> {
    trouble = null;
    try {
      for (let next = unkept[0]; next; next = unkept[0]) {
        kept.push(await addPhoto(draft, next.file, next.facts));
        unkept.shift();
        show();
      }
      said.textContent = "";
    } catch (error) {
      trouble = error;
      said.textContent = `${say("photosUnkept", { n: unkept.length })} ${problem(error)}`;
    }
    const again = (): void => void (work = work.then(keep));
    const giveUp = (): void => {
      if (!confirm(say("photosGiveUpSure"))) return;
      unkept.splice(0);
      void (work = work.then(keep));
    };
    replace(ways, ...(unkept.length ? [button(say("photosAgain"), again), button(say("photosGiveUp"), giveUp, "button button-quiet")] : []));
  }

  function choosing(label: string, isTakenNow: boolean): HTMLElement {
    const input = el("input", { type: "file", accept: "image/jpeg,image/png,image/webp,image/heic", class: "visually-hidden", autocomplete: "off" });
    if (isTakenNow) input.setAttribute("capture", "environment");
    else input.multiple = true;
    input.addEventListener("change", () => {
      const files = [...(input.files ?? [])];
      work = work.then(() => take(files, isTakenNow)).catch((error: unknown) => {
        said.textContent = problem(error);
      });
      // The files are held in `unkept`, not by the box.
      void work.then(() => (input.value = ""));
    });
    return el("label", { class: isTakenNow ? "button" : "button button-quiet" }, icon("photo"), label, input);
  }

  show();
  const element = el(
    "section",
    { class: "report-part" },
    el("h2", {}, say("photos")),
    el("p", { class: "hint" }, say("photosHelp")),
    list,
    said,
    ways,
    el("div", { class: "report-buttons" }, choosing(say("takePhoto"), true), choosing(say("choosePhotos"), false)),
  );
  const settled = async (): Promise<void> => {
    await work;
    if (unkept.length) throw trouble ?? new Error(say("photosUnkept", { n: unkept.length }));
  };
  return { element, settled };
}

/** Empty when it may come along. */
async function refused(file: File): Promise<string> {
  if (file.size > MOST_BYTES) return say("photoTooLarge", { name: file.name, most: size(MOST_BYTES) });
  const head = String.fromCharCode(...new Uint8Array(await file.slice(0, 12).arrayBuffer()));
  const isPhoto = head.startsWith("\xff\xd8\xff") || head.startsWith("\x89PNG") || /^RIFF....WEBP/s.test(head) || head.slice(4, 8) === "ftyp";
  return isPhoto ? "" : say("photoKind", { name: file.name });
}

/** Of a photo from the album only its own time is known: where the phone is now says nothing about it. */
function factsNow(file: File, isTakenNow: boolean): PhotoFacts {
  const now = Date.now();
  const fix = isTakenNow ? last() : null;
  const place = fix && now - fix.at < FRESH ? fix : null;
  const taken = isTakenNow ? now : file.lastModified || now;
  return {
    taken_at: new Date(taken).toISOString(),
    lon: place?.lon ?? null,
    lat: place?.lat ?? null,
    accuracy_m: place?.accuracy ?? null,
    bearing: isTakenNow ? heading() : null,
  };
}

function thumbnail(photo: DraftPhoto, n: number, drop: () => void): HTMLElement {
  const canvas = el("canvas", { width: SIDE, height: SIDE, role: "img", "aria-label": say("photo", { n }) });
  void paint(canvas, photo.seal).catch(() => canvas.classList.add("report-unseen"));
  const erase = button("", drop, "report-drop", "close");
  erase.setAttribute("aria-label", say("removePhoto", { n }));
  return el("li", {}, canvas, el("span", {}, size(photo.bytes)), erase);
}

/** Onto a canvas and not as an address of a blob: a large blob the browser may write to the disk, in the open. */
export async function paint(canvas: HTMLCanvasElement, seal: string): Promise<void> {
  const picture = await createImageBitmap(new Blob([await pictureOf(seal)]), { imageOrientation: "from-image" });
  const scale = Math.max(SIDE / picture.width, SIDE / picture.height);
  const [width, height] = [picture.width * scale, picture.height * scale];
  canvas.getContext("2d")?.drawImage(picture, (SIDE - width) / 2, (SIDE - height) / 2, width, height);
  picture.close();
}
