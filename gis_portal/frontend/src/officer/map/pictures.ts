// Pictures of the ground that packs brought: shown until somebody hides them on this device.
import type { HeldUnit } from "../packs/held";

const HIDDEN = "officer-pictures-hidden";

/** Whether some pack brought pictures of the ground. */
export const hasPictures = (units: readonly HeldUnit[]): boolean =>
  units.some(({ pack }) => Object.values(pack.parts).some(({ kind }) => kind === "imagery"));

export const showsPictures = (): boolean => localStorage.getItem(HIDDEN) === null;

/** The map shows it when it is drawn anew. */
export function showPictures(shown: boolean): void {
  if (shown) localStorage.removeItem(HIDDEN);
  else localStorage.setItem(HIDDEN, "1");
}
