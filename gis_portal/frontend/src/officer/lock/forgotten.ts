// "Forgot the PIN": what goes, what stays, then the wipe.
import * as outbox from "../outbox/outbox";
import { saveSealed } from "../outbox/sealed-file";
import { button, el, replace } from "../shell/dom";
import { me, signOut } from "../shell/api";
import { open as openDatabase } from "../store/db";
import * as vault from "../store/vault";
import { say } from "./words";

/** How many reports and drafts exist on this device alone. */
export async function writtenHere(): Promise<number> {
  const { unsent, refused } = await outbox.counts();
  return unsent + refused + (await (await openDatabase()).count("drafts"));
}

/** A way out for what is unsent, without the PIN; says what became of it. */
export function sealedWayOut(): HTMLElement {
  const said = el("p", { role: "status" });
  const save = async (): Promise<void> => {
    try {
      said.textContent = say("sealedSaved", { name: await saveSealed() });
    } catch (error) {
      said.textContent = say("sealedFailed", { why: String(error) });
    }
  };
  return el("div", {}, button(say("saveSealed"), () => void save(), "button button-quiet"), said);
}

/** Asks; true when everything was wiped. */
export async function confirmWipe(root: Element): Promise<boolean> {
  const written = await writtenHere();
  const sure = await question(root, say("forgottenTitle"), [
    say("forgottenWhy"),
    written ? say("forgottenKept", { n: written }) : say("forgottenNone"),
  ], say("wipe"), ...(written ? [sealedWayOut()] : []));
  if (sure) await vault.wipe("forgotten");
  return sure;
}

const WHY = { pins: "wipedPins", revoked: "wipedRevoked", "signed-out": "wipedSignedOut", forgotten: "wipedForgotten" } as const;

/** What the first screen says after a wipe: why, and what of the officer's own is still here. */
export async function wipedNotice(): Promise<HTMLElement | null> {
  const last = await vault.wiped();
  if (!last) return (await isCleared()) ? notice(say("cleared")) : null;
  // Wiped without a network: the portal hears of it now, that this device is no longer one.
  void signOut().catch(() => null);
  const left = last.reports + last.drafts;
  return notice(say(WHY[last.why as keyof typeof WHY] ?? "wipedForgotten"), left ? say("capsule", { n: left }) : "");
}

/** The portal knows this device, and nothing is on it, nor a word of a wipe: the browser has cleared it. */
async function isCleared(): Promise<boolean> {
  const known = me().then(() => true, () => false);
  return Promise.race([known, new Promise<boolean>((done) => setTimeout(done, 3000, false))]);
}

const notice = (...lines: string[]): HTMLElement => el("div", { class: "notice", role: "status" }, el("div", {}, ...lines.filter(Boolean).map((line) => el("p", {}, line))));

/** One question on a screen of its own. */
export function question(root: Element, title: string, words: string[], yes: string, ...more: Node[]): Promise<boolean> {
  return new Promise((done) => {
    replace(
      root,
      el(
        "section",
        { class: "lock" },
        el("h1", {}, title),
        ...words.map((line) => el("p", {}, line)),
        ...more,
        el("div", { class: "lock-choices" }, button(yes, () => done(true)), button(say("cancel"), () => done(false), "button button-quiet")),
      ),
    );
  });
}
