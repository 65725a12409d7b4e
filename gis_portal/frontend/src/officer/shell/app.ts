// The handbook's beginning and end: device, PIN, worker; what comes when the server says that it is over. All else is ./inside.ts.
import { askPin } from "../lock/pin";
import { startWatch } from "../lock/watch";
import { setUpPin } from "../lock/setup";
import * as vault from "../store/vault";
import { onRefusal, type Me } from "./api";
import { applyTheme } from "./device";
import { el, replace } from "./dom";
import { enrol } from "./first";
import { hear } from "./hear";
import type { Note } from "./inside";
import { go } from "./router";
import { say } from "./shell-words";
import { startWorker } from "./update";
import { language } from "./words";

function root(): HTMLElement {
  const found = document.getElementById("app");
  if (!found) throw new Error("#app is missing");
  return found;
}

let rooms: ((...note: Note) => void) | null = null;
const early: Note[] = [];

/** A line under the bar, at once or as soon as there is one. */
function note(...line: Note): void {
  if (rooms) rooms(...line);
  else early.push(line);
}

type Inside = typeof import("./inside");
let inside: Promise<Inside> | null = null;

function insideCode(): Promise<Inside> {
  inside ??= import("./inside").catch((error: unknown) => {
    inside = null;
    throw error;
  });
  return inside;
}

/** While somebody types: what needs no key is made ready, once the keypad is on the screen. */
function readAhead(): void {
  const begin = (): void => void insideCode().then((code) => code.prepare()).catch((error: unknown) => console.warn("ahead", error));
  requestAnimationFrame(() => setTimeout(begin));
}

// The device, or the officer's part in these rooms, was taken away.
const TAKEN_AWAY = new Set(["device-revoked", "not-an-officer"]);
const OVER = new Set(["device-unknown", "device-expired"]);

/** Taken away: nothing of the server's stays on the device. A session that only ended takes nothing: signing in again is enough. */
function watchRefusals(): void {
  onRefusal(({ code }) => {
    if (TAKEN_AWAY.has(code)) void takenAway();
    if (code === "second-factor-needed") {
      note("session", say("secondFactor"), { words: say("setUp"), press: () => location.assign("/accounts/2fa/") });
    }
    if (OVER.has(code)) note("session", say("signInAgain"), { words: say("signIn"), press: () => void signInAgain() });
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
    const answer = askPin(box);
    readAhead();
    if ((await answer) === "wiped") {
      location.reload();
      await new Promise(() => undefined);
    }
  }
}

const RELOADED = "officer-reloaded";

/** Another window took a new version over: this one's files are gone. What is typed is saved, so it begins anew; once. */
function watchFiles(): void {
  addEventListener("vite:preloadError", () => {
    if (sessionStorage.getItem(RELOADED)) return;
    sessionStorage.setItem(RELOADED, "1");
    location.reload();
  });
}

export async function start(): Promise<void> {
  watchFiles();
  document.documentElement.lang = language();
  applyTheme();
  watchRefusals();
  startWorker((takeOver) => {
    note("version", say("newVersion"), { words: say("reload"), press: takeOver });
  }).catch((error: unknown) => console.warn("worker", error));
  try {
    await letIn();
    startWatch();
    vault.onLock(() => location.reload());
    await (await insideCode()).open(root(), (tell) => {
      rooms = tell;
      for (const line of early.splice(0)) tell(...line);
    });
    sessionStorage.removeItem(RELOADED);
  } catch (error) {
    console.error(error);
    replace(root(), el("p", { class: "notice notice-bad officer-start", role: "alert" }, say("failed", { what: String(error) })));
  }
}
