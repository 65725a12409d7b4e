// The step after signing in: the office's key for this device, then a PIN; or, after a wipe, the PIN that opens what was left.
import { rescueKeys } from "../outbox/reopen";
import { ApiError, signOut } from "../shell/api";
import { button, el, replace } from "../shell/dom";
import type { Bytes } from "../store/keys";
import * as vault from "../store/vault";
import { discardCapsule } from "../store/wiping";
import { question, sealedWayOut } from "./forgotten";
import { choosePin } from "./pin";
import { hearServer } from "./watch";
import { say } from "./words";

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
  const wants = await question(root, say("recoverTitle"), [say("capsuleOther")], say("removeSealed"), sealedWayOut());
  if (wants && confirm(say("removeSure"))) return discardCapsule();
  if (wants) return;
  // Left to their owner, who has to find the way to the sign-in.
  await signOut().catch(() => null);
  await vault.setMeta("me", null);
  location.reload();
  await new Promise(() => undefined);
}

function retry(root: Element, why: string): Promise<void> {
  return new Promise((done) => {
    replace(root, el("section", { class: "lock" }, el("p", { role: "alert" }, say("needsNetwork", { why })), button(say("retry"), () => done())));
  });
}
