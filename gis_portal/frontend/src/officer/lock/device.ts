// #/device: who this device is for, how long it may go without the server, its storage, its PIN; locking and signing out.
import { askJson, type Me, signOut } from "../shell/api";
import { button, el, replace } from "../shell/dom";
import { day, number, size } from "../shell/format";
import { go } from "../shell/router";
import type { Screen } from "../shell/screen";
import { HOUR } from "../store/clock";
import { space } from "../store/db";
import * as vault from "../store/vault";
import "../../styles/officer-lock.css";
import { question, writtenHere } from "./forgotten";
import { changePin } from "./pin";
import { say } from "./words";

/** Other rooms' settings (language, theme) may stand in `more`. */
export async function deviceRoom(_args: string[] = [], ...more: Node[]): Promise<Screen> {
  const body = el("div", { class: "device" });
  await show(body, more);
  return { title: say("device"), layout: "page", body };
}

async function show(body: Element, more: Node[]): Promise<void> {
  const [left, room, known] = await Promise.all([vault.timeLeft(), space(), askJson<Me>("me").catch(() => null)]);
  const facts = el("dl", { class: "facts" });
  const fact = (name: string, value: string | null): void => {
    if (value) facts.append(el("div", {}, el("dt", {}, name), el("dd", {}, value)));
  };
  fact(say("user"), known?.user.name ?? null);
  fact(say("name"), known?.device.name ?? null);
  fact(say("expires"), known ? day(known.device.expires_at) : null);
  fact(say("left"), left && say("hours", { n: number(Math.floor(left.left / HOUR)) }));
  fact(say("storage"), `${say("used", { used: size(room.used), quota: size(room.quota) })} ${room.kept ? say("kept") : say("loose")}`);
  const askKept = async (): Promise<void> => {
    await space(true);
    await show(body, more);
  };
  const change = async (): Promise<void> => {
    const done = await changePin(body);
    await show(body, more);
    if (done) body.prepend(el("p", { class: "notice", role: "status" }, say("changed")));
  };
  replace(
    body,
    facts,
    el(
      "div",
      { class: "device-list" },
      button(say("lockNow"), () => void vault.lock("asked")),
      button(say("change"), () => void change(), "button button-quiet"),
      room.kept ? null : button(say("askKept"), () => void askKept(), "button button-quiet"),
      ...more,
      button(say("signOut"), () => void leave(body, more), "button button-quiet"),
    ),
  );
}

/** The server first, so that it knows; without it the device is wiped all the same. */
async function leave(body: Element, more: Node[]): Promise<void> {
  const written = await writtenHere();
  const words = [say("signOutWhy"), ...(written ? [say("signOutUnsent", { n: written })] : []), ...(navigator.onLine ? [] : [say("signOutOffline")])];
  const toOutbox = written ? [button(say("toOutbox"), () => go("outbox"), "button button-quiet")] : [];
  if (!(await question(body, say("signOutTitle"), words, say("signOut"), ...toOutbox))) return show(body, more);
  const isTold = await signOut().then(() => true, () => false);
  await vault.wipe("signed-out");
  if (!isTold) replace(body, el("p", { class: "notice notice-bad", role: "alert" }, say("signOutFailed")));
}
