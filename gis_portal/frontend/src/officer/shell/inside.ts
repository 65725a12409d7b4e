// What opens behind the PIN: packs in memory, the frame with its rooms, the server heard. Loaded while the PIN is typed, so that the
// lock screen comes first (./app.ts).
import { refreshAnswers, say as answer } from "../answers/answers";
import * as held from "../packs/held";
import { list, standing } from "../packs/sync";
import { remove, stillNewest } from "../packs/install";
import { now } from "../packs/time";
import { ageOf } from "../packs/age";
import { startSending } from "../outbox/wake";
import { refreshChecklists } from "../report/kinds";
import * as vault from "../store/vault";
import { ApiError, type Me } from "./api";
import { el } from "./dom";
import { THEME_CHANGED } from "./device";
import { Frame } from "./frame";
import { hear } from "./hear";
import type { OfficerMap } from "../map/map";
import { current, go, onRoute } from "./router";
import { roomsOf } from "./rooms";
import { say } from "./shell-words";

export type Note = Parameters<Frame["note"]>;

let packs: Promise<void> | null = null;
let drawing: Promise<OfficerMap> | null = null;
// Stands hidden under the lock screen until the frame takes it.
const canvas = el("div", { class: "officer-canvas officer-ahead", inert: true });

const mapCode = (): Promise<typeof import("../map/map")> => import("../map/map");

/** Reads what is on the device in the clear; what failed is read again when the rooms open. */
function loaded(): Promise<void> {
  packs ??= held.load().catch((error: unknown) => {
    packs = null;
    throw error;
  });
  return packs;
}

/** The map, begun once; a map that could not be made is tried again. */
function mapIn(): Promise<OfficerMap> {
  drawing ??= mapCode()
    .then(({ createOfficerMap }) => createOfficerMap(canvas, (uid) => go("parcel", uid)))
    .catch((error: unknown) => {
      drawing = null;
      throw error;
    });
  return drawing;
}

/** While the PIN is typed: packs into memory, the map drawn where nobody sees it. Nothing here needs the keys. */
export async function prepare(): Promise<void> {
  const code = mapCode();
  await loaded();
  await code;
  if (!held.units().length) return;
  document.body.append(canvas);
  await mapIn();
}

/** A commune that is no longer in this officer's care: its pack goes. */
async function giveBack({ units }: Me): Promise<void> {
  const mine = new Set(units.map(({ id }) => id));
  const others = held.units().filter(({ pack }) => !mine.has(pack.unit));
  for (const { pack } of others) await remove(pack.unit);
  if (others.length) await held.load();
}

let frame: Frame | null = null;

/** The server was heard: the limit counts anew, and packs that are still the newest are known to be so. */
async function contact(): Promise<void> {
  if (!navigator.onLine) return;
  try {
    await giveBack(await hear());
    await refreshChecklists();
    const isTold = await refreshAnswers();
    if (isTold && current().name !== "outbox") frame?.note("answers", answer("newAnswers"), { words: say("look"), press: () => go("outbox") });
    let newer = false;
    for (const pack of await list()) {
      if (!held.units().some(({ pack: mine }) => mine.unit === pack.unit.id)) continue;
      if ((await standing(pack)).some(({ state }) => state === "newer")) newer = true;
      else await stillNewest(pack, await now());
    }
    frame?.note("newer", newer ? say("newer") : null, { words: say("packs"), press: () => go("packs") });
    await watchAge();
  } catch (error) {
    if (!(error instanceof ApiError)) console.warn("contact", error);
  }
}

async function watchAge(): Promise<void> {
  const { refreshDays } = await vault.limits();
  const time = await now();
  const ages = held.units().map(({ pack }) => ageOf(pack.checkedAt, time, refreshDays));
  const soon = ages.filter(({ over, left }) => !over && left <= 2).sort((a, b) => a.left - b.left)[0];
  frame?.note("age", soon ? say("dueSoon", { left: soon.left }) : null, { words: say("packs"), press: () => go("packs") });
}

function watchConnection(): void {
  const tell = (): void => void document.body.toggleAttribute("data-offline", !navigator.onLine);
  window.addEventListener("online", () => {
    tell();
    void contact();
  });
  window.addEventListener("offline", tell);
  tell();
}

/** Shows the rooms in `root`; `onFrame` is told how to note something from outside. */
export async function open(root: HTMLElement, onFrame: (note: (...note: Note) => void) => void): Promise<void> {
  await loaded();
  await held.recheck();
  canvas.classList.remove("officer-ahead");
  canvas.removeAttribute("inert");
  const made = new Frame(root, roomsOf(), canvas, mapIn);
  frame = made;
  // Where they are read, nothing more has to be said of them.
  onRoute(({ name }) => name === "outbox" && made.note("answers", null));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => void made.refreshMap());
  addEventListener(THEME_CHANGED, () => void made.refreshMap());
  held.onLoad(() => void made.refreshMap());
  made.start();
  onFrame((...note) => made.note(...note));
  watchConnection();
  await watchAge();
  startSending();
  void contact();
}
