// The screens that ask for a PIN: a new one, the present one, another one. Each resolves when the vault is open (or was wiped).
import { el, replace } from "../shell/dom";
import { signOut } from "../shell/api";
import * as outbox from "../outbox/outbox";
import * as vault from "../store/vault";
import "../../styles/officer-lock.css";
import { confirmWipe, sealedWayOut } from "./forgotten";
import { keypad } from "./keypad";
import { say } from "./words";

interface Sheet {
  title: HTMLElement;
  why: HTMLElement;
  /** What went wrong, read out. */
  problem: HTMLElement;
  foot: HTMLElement;
  /** Ends the asking without an answer. */
  leave(): void;
}

type Entered = (pin: string, sheet: Sheet) => Promise<boolean>;

/** Shows the keypad in `root` until `entered` says that it is done; false when it was left. */
function asking(root: Element, title: string, why: string, entered: Entered, begin: (sheet: Sheet) => unknown = () => undefined): Promise<boolean> {
  return new Promise((done, failed) => {
    const end = (settle: () => void): void => {
      pad.end();
      settle();
    };
    const sheet: Sheet = {
      title: el("h1", {}, title),
      why: el("p", { class: "lock-why" }, why),
      problem: el("p", { class: "lock-problem", role: "alert" }),
      foot: el("div", { class: "lock-foot" }),
      leave: () => end(() => done(false)),
    };
    const pad = keypad(vault.SHORTEST_PIN, (pin) => {
      pad.reset(true);
      sheet.problem.textContent = "";
      entered(pin, sheet)
        .then((isDone) => (isDone ? end(() => done(true)) : pad.reset(false)))
        .catch((error: unknown) => end(() => failed(error)));
    });
    replace(root, el("section", { class: "lock" }, sheet.title, sheet.why, sheet.problem, pad.element, sheet.foot));
    begin(sheet);
  });
}

/** A new PIN, typed twice; `set` is what makes it count. */
export async function choosePin(root: Element, set: (pin: string) => Promise<unknown> = (pin) => vault.setPin(pin)): Promise<void> {
  let first: string | null = null;
  await asking(root, say("choose"), say("chooseWhy"), async (pin, sheet) => {
    const weak = vault.weakness(pin);
    if (first === null && weak) {
      sheet.problem.textContent = say(weak === "pin-short" ? "pin-short" : "pin-simple");
    } else if (first === null) {
      first = pin;
      [sheet.title.textContent, sheet.why.textContent] = [say("again"), say("againWhy")];
    } else if (first !== pin) {
      first = null;
      [sheet.title.textContent, sheet.why.textContent] = [say("choose"), say("chooseWhy")];
      sheet.problem.textContent = say("different");
    } else {
      await set(pin);
      return true;
    }
    return false;
  });
}

export function wrongWords(left: number): string {
  return left === 1 ? say("wrongLast") : say("wrong", { n: left });
}

/** The lock screen. `wiped`: the last try was wrong, or the officer gave the PIN up. */
export async function askPin(root: Element): Promise<"open" | "late" | "wiped"> {
  for (;;) {
    const answered = await asking(root, say("unlock"), say("unlockWhy"), tryPin, lockedFoot);
    const state = await vault.state();
    if (state === "open" || state === "late") return state;
    if (answered || (await confirmWipe(root))) {
      await endDevice();
      return "wiped";
    }
  }
}

/** What was wiped must not come again by the cookie that is left: the portal ends it, at once or when it is next heard. */
async function endDevice(): Promise<void> {
  await Promise.race([signOut().catch(() => null), new Promise((done) => setTimeout(done, 3000))]);
}

async function tryPin(pin: string, sheet: Sheet): Promise<boolean> {
  sheet.why.textContent = say("working");
  const answer = await vault.unlock(pin);
  sheet.why.textContent = say("unlockWhy");
  if (!answer.ok && answer.left > 0) sheet.problem.textContent = wrongWords(answer.left);
  return answer.ok || answer.left === 0;
}

async function lockedFoot(sheet: Sheet): Promise<void> {
  sheet.foot.append(el("button", { type: "button", class: "button button-plain", onclick: sheet.leave }, say("forgotten")));
  const [{ unsent }, left, { wrongPins }] = await Promise.all([outbox.counts(), vault.triesLeft(), vault.limits()]);
  if (unsent) sheet.foot.prepend(el("p", {}, say("unsent", { n: unsent })), sealedWayOut());
  if (left < wrongPins) sheet.problem.textContent = wrongWords(left);
}

/** The old one, then a new one twice. Resolves false where the wrong ones ran out and the device was wiped. */
export async function changePin(root: Element): Promise<boolean> {
  let old = "";
  await asking(root, say("old"), "", async (pin, sheet) => {
    const answer = await vault.unlock(pin);
    if (answer.ok) old = pin;
    else if (answer.left > 0) sheet.problem.textContent = wrongWords(answer.left);
    return answer.ok || answer.left === 0;
  });
  if (!old) return false;
  await choosePin(root, (pin) => vault.changePin(old, pin));
  return true;
}
