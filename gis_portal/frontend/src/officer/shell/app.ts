// The handbook's beginning and end: device, PIN, packs in memory, frame, worker; what comes when the server says that it is over.
import * as held from "../packs/held";
import { list, standing } from "../packs/sync";
import { remove, stillNewest } from "../packs/install";
import { now } from "../packs/time";
import { ageOf } from "../packs/age";
import { askPin } from "../lock/pin";
import { hearServer, startWatch } from "../lock/watch";
import { setUpPin } from "../lock/setup";
import { startSending } from "../outbox/wake";
import { refreshChecklists } from "../report/kinds";
import * as vault from "../store/vault";
import { ApiError, onRefusal, type Me } from "./api";
import { applyTheme } from "./device";
import { el, replace } from "./dom";
import { enrol } from "./first";
import { Frame } from "./frame";
import { go } from "./router";
import { roomsOf } from "./rooms";
import { say } from "./shell-words";
import { startWorker } from "./update";
import { language } from "./words";

function root(): HTMLElement {
  const found = document.getElementById("app");
  if (!found) throw new Error("#app is missing");
  return found;
}

/** Who uses the device, kept for when there is no network. */
async function hear(): Promise<Me> {
  const answer = await hearServer();
  await vault.setMeta("me", answer);
  return answer;
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

// The device, or the officer's part in these rooms, was taken away.
const TAKEN_AWAY = new Set(["device-revoked", "not-an-officer"]);
const OVER = new Set(["device-unknown", "device-expired"]);

/** Taken away: nothing of the server's stays on the device. A session that only ended takes nothing: signing in again is enough. */
function watchRefusals(): void {
  onRefusal(({ code }) => {
    if (TAKEN_AWAY.has(code)) void takenAway();
    if (code === "second-factor-needed") {
      frame?.note("session", say("secondFactor"), { words: say("setUp"), press: () => location.assign("/accounts/2fa/") });
    }
    if (OVER.has(code)) frame?.note("session", say("signInAgain"), { words: say("signIn"), press: () => void signInAgain() });
  });
}

async function takenAway(): Promise<void> {
  // Whoever signs in here for the first time has nothing to lose.
  if (!(await vault.meta("me")) && !(await vault.meta("user-before"))) return;
  await vault.wipe("revoked");
  location.reload();
}

async function signInAgain(): Promise<void> {
  const before = await vault.meta<Me>("me");
  await vault.setMeta("user-before", before?.user.name ?? null);
  await vault.setMeta("me", null);
  location.reload();
}

/** Somebody else signed in on this device: what the officer before took along is not theirs. */
async function wipeOfAnother(): Promise<void> {
  const before = await vault.meta<string | null>("user-before");
  if (!before) return;
  const now = await vault.meta<Me>("me");
  if (now?.user.name === before) return vault.setMeta("user-before", null);
  await vault.wipe("signed-out");
  await hear();
}

/** Leaves the vault open, or never resolves: the page is loaded anew after a wipe. */
async function letIn(): Promise<void> {
  const box = root();
  document.body.dataset["state"] = "first";
  if (!(await vault.meta("me"))) {
    await enrol(box);
    await hear();
    await wipeOfAnother();
  }
  const state = await vault.state();
  if (state === "unset") {
    await setUpPin(box);
    go("packs");
  } else if (state === "locked") {
    document.body.dataset["state"] = "locked";
    if ((await askPin(box)) === "wiped") {
      location.reload();
      await new Promise(() => undefined);
    }
  }
}

async function open(): Promise<void> {
  await held.load();
  frame = new Frame(root(), roomsOf(), async (box) => {
    const { createOfficerMap } = await import("../map/map");
    return createOfficerMap(box, (uid) => go("parcel", uid));
  });
  held.onLoad(() => void frame?.refreshMap());
  frame.start();
  watchConnection();
  await watchAge();
  startSending();
  void contact();
}

export async function start(): Promise<void> {
  document.documentElement.lang = language();
  applyTheme();
  watchRefusals();
  startWorker((takeOver) => {
    frame?.note("version", say("newVersion"), { words: say("reload"), press: takeOver });
  }).catch((error: unknown) => console.warn("worker", error));
  try {
    await letIn();
    startWatch();
    vault.onLock(() => location.reload());
    await open();
  } catch (error) {
    console.error(error);
    replace(root(), el("p", { class: "notice notice-bad officer-start", role: "alert" }, say("failed", { what: String(error) })));
  }
}
