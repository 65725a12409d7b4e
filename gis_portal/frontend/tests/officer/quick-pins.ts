// PINs are slow on purpose: half a second each on a busy machine. Tests of what follows take a thousandth of the rounds.
import { vi } from "vitest";

const subtle = crypto.subtle;
const derive = subtle.deriveBits.bind(subtle);

/** The rounds that were asked for. */
export const asked: number[] = [];

vi.spyOn(subtle, "deriveBits").mockImplementation((how, key, length) => {
  const { iterations = 0 } = how as Pbkdf2Params;
  asked.push(iterations);
  return derive({ ...(how as Pbkdf2Params), iterations: Math.ceil(iterations / 1000) }, key, length as number);
});
