// Two sides begin with something on each: what lies on top goes right when they are switched on, and back with one map.
import { text } from "../../config";
import type { Composition, Entry } from "./composition";
import { titleOf } from "./panel";

export function startParting(composition: Composition): { stand: () => boolean } {
  const hint = document.getElementById("workbench-hint");
  let parted: Entry | null = null;
  const say = (words: string): void => {
    if (!hint) return;
    hint.textContent = words;
    hint.hidden = !words;
  };
  /** True where a layer changed its side. */
  const stand = (): boolean => {
    const [left, right] = composition.sides;
    if (composition.mode === "one") {
      say("");
      const [only] = right;
      if (!parted || only !== parted || right.length > 1) return false;
      right.pop();
      left.unshift(parted);
      parted = null;
      return true;
    }
    if (right.length) return false;
    const top = left.find(({ on }) => on);
    say(top ? text("m-parted", { title: titleOf(top) }) : text("m-part"));
    if (!top) return false;
    left.splice(left.indexOf(top), 1);
    right.unshift(top);
    parted = top;
    return true;
  };
  return { stand };
}
