// The first opening: sign in, name the device, a PIN, then packs. Each step survives a reload: what was done is on the device or in
// the portal's own session.
import { wipedNotice } from "../lock/forgotten";
import { ApiError, register } from "./api";
import { button, el, replace } from "./dom";
import { facts } from "./facts";
import { say } from "./shell-words";

const STEPS = 4;
/** Set when the sign-in page is opened: whoever comes back has signed in. */
const SIGNING = "officer-signing-in";

function step(n: number, title: string, why: string | Node, ...more: (Node | null)[]): HTMLElement {
  return el(
    "section",
    { class: "officer-first stack" },
    el("p", { class: "soft" }, say("step", { n, of: STEPS })),
    el("h1", {}, title),
    typeof why === "string" ? el("p", {}, why) : why,
    ...more,
  );
}

function notice(words: string): HTMLElement | null {
  return words ? el("p", { class: "notice notice-bad", role: "alert" }, words) : null;
}

export function wordsOf(error: unknown): string {
  if (error instanceof ApiError) {
    if (error.code === "offline") return say("signInWhy");
    if (error.status === 403) return say("notOfficer");
    return error.detail || say("failed", { what: error.code });
  }
  return say("failed", { what: String(error) });
}

async function signIn(root: Element, problem = ""): Promise<void> {
  const wiped = await wipedNotice();
  return new Promise((done) => {
    const leave = (): void => sessionStorage.setItem(SIGNING, "1");
    const link = el("a", { class: "button officer-wide", href: facts().signInUrl, onclick: leave }, say("signIn"));
    const already = button(say("next"), () => done(), "button button-plain");
    const intro = el("p", { class: "lead" }, say("welcomeWhy"));
    replace(root, step(1, say("welcome"), intro, el("p", {}, say("signInWhy")), wiped, notice(problem), link, already));
  });
}

function platform(): string {
  const ua = navigator.userAgent;
  return /Android/.test(ua) ? "Android" : /iPhone|iPad/.test(ua) ? "iOS" : (navigator.platform ?? "");
}

function nameDevice(root: Element, problem: string): Promise<string> {
  return new Promise((done) => {
    const input = el("input", { id: "device-name", class: "officer-input", maxlength: 60, required: true, autocomplete: "off", value: platform() });
    const form = el(
      "form",
      {
        class: "stack",
        onsubmit: (event) => {
          event.preventDefault();
          if (input.value.trim()) done(input.value.trim());
        },
      },
      el("label", { for: "device-name" }, say("deviceName")),
      input,
      el("button", { class: "button officer-wide" }, say("next")),
    );
    replace(root, step(2, say("nameDevice"), say("nameDeviceWhy"), notice(problem), form));
  });
}

/** Resolves when the portal knows the device; until then nothing else is shown. */
export async function enrol(root: Element): Promise<void> {
  let problem = "";
  if (!sessionStorage.getItem(SIGNING)) await signIn(root);
  for (;;) {
    const name = await nameDevice(root, problem);
    try {
      await register(name, platform());
      sessionStorage.removeItem(SIGNING);
      return;
    } catch (error) {
      problem = wordsOf(error);
      if (error instanceof ApiError && error.status === 401) {
        sessionStorage.removeItem(SIGNING);
        await signIn(root, error.detail);
        problem = "";
      }
    }
  }
}
