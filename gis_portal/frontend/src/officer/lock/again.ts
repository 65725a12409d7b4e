// The portal no longer knows this device (cookies were cleared, the session ended): the same person signs in again, PIN and reports
// stay. Somebody else's account must not send what this one wrote, so the portal is asked whose the former device was.
import { ApiError, askJson, type Me, register, signOut } from "../shell/api";
import { facts } from "../shell/facts";
import * as vault from "../store/vault";
import { hearServer } from "./watch";

/** Survives the way to the sign-in page and back, no longer. */
const AGAIN = "officer-sign-in-again";

export function signInAgain(): void {
  sessionStorage.setItem(AGAIN, "1");
  location.assign(facts().signInUrl);
}

/** After coming back, with the vault open. `other`: the account is another one, and was signed out of this device again. */
export async function finishSigningIn(): Promise<"none" | "done" | "other" | "failed"> {
  if (!sessionStorage.getItem(AGAIN)) return "none";
  sessionStorage.removeItem(AGAIN);
  try {
    const before = await vault.meta<Me>("me");
    await register(before?.device.name ?? navigator.platform, navigator.platform);
    if (!(await isSamePerson())) {
      await signOut();
      return "other";
    }
    await vault.setMeta("me", await hearServer());
    return "done";
  } catch (error) {
    if (error instanceof ApiError) return "failed";
    throw error;
  }
}

async function isSamePerson(): Promise<boolean> {
  const rescue = await vault.meta<{ device: string }>("rescue");
  if (!rescue) return true;
  try {
    await askJson(`rescue/${encodeURIComponent(rescue.device)}`);
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return false;
    throw error;
  }
}
