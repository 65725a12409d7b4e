// The step after signing in: the office's key for this device, then a PIN; or, after a wipe, the PIN that opens what was left.
import { ApiError, askJson } from "../shell/api";
import { button, el, replace } from "../shell/dom";
import type { Bytes } from "../store/keys";
import * as vault from "../store/vault";
import { discardCapsule } from "../store/wiping";
import { question } from "./forgotten";
import { choosePin } from "./pin";
import { saveSealed } from "./sealed-file";
import { hearServer } from "./watch";
import { say } from "./words";

/** The office's key for that device; then those of the portal's former secrets. */
async function rescueKeys(device: string): Promise<[Bytes, ...Bytes[]]> {
  const { key, former } = await askJson<{ key: string; former?: string[] }>(`rescue/${encodeURIComponent(device)}`);
  const read = (text: string): Bytes => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  return [read(key), ...(former ?? []).map(read)];
}

/** For a device that is signed in and has no PIN. Needs the network once; resolves when the vault is open. */
export async function setUpPin(root: Element): Promise<void> {
  for (;;) {
    try {
      const { device } = await hearServer();
      const left = await vault.capsule();
      if (left) await openCapsule(root, left.device);
      else {
        const [key] = await rescueKeys(device.id);
        await choosePin(root, (pin) => vault.setPin(pin, { device: device.id, key }));
        key.fill(0);
      }
      if (vault.isOpen()) return;
    } catch (error) {
      if (!(error instanceof ApiError) || error.status === 401 || error.status === 403) throw error;
      await retry(root, error.detail || error.code);
    }
  }
}

async function openCapsule(root: Element, device: string): Promise<void> {
  let keys: Bytes[];
  try {
    keys = await rescueKeys(device);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return others(root);
    throw error;
  }
  await choosePin(root, (pin) => vault.recover(pin, keys));
  for (const key of keys) key.fill(0);
}

/** Reports of somebody else: first into a file, then off the device. */
async function others(root: Element): Promise<void> {
  const save = button(say("saveSealed"), () => void saveSealed(), "button button-quiet");
  if (await question(root, say("recoverTitle"), [say("capsuleOther")], say("removeSealed"), save)) await discardCapsule();
}

function retry(root: Element, why: string): Promise<void> {
  return new Promise((done) => {
    replace(root, el("section", { class: "lock" }, el("p", { role: "alert" }, say("needsNetwork", { why })), button(say("retry"), () => done())));
  });
}
