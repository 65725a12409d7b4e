// Saves a draft as it is typed: one write at a time, the latest words follow at once. `settled` waits for the last of them.
import { beforeLock } from "../store/vault";
import { type Draft, save } from "./drafts";

export interface Saving {
  /** Call after each change. */
  touch(): void;
  /** When everything up to now is on the disk. Rejects with what stood in the way. */
  settled(): Promise<void>;
  /** Nothing is written while it pauses. */
  pause(is: boolean): void;
  end(): void;
}

export function saving(draft: Draft, told: (state: "saving" | "saved" | "failed", error?: unknown) => void): Saving {
  let running: Promise<void> | null = null;
  let again = false;
  let ended = false;

  async function run(): Promise<void> {
    try {
      do {
        again = false;
        told("saving");
        await save(draft);
      } while (again);
      told("saved");
    } catch (error) {
      told("failed", error);
      throw error;
    } finally {
      running = null;
    }
  }

  function touch(): void {
    if (ended) return;
    again = true;
    if (running) return;
    running = run();
    running.catch(() => undefined);
  }

  const settled = (): Promise<void> => running ?? Promise.resolve();
  const hidden = (): void => {
    if (document.hidden) touch();
  };
  document.addEventListener("visibilitychange", hidden);
  const stop = beforeLock(settled);
  return {
    touch,
    settled,
    pause: (is) => {
      ended = is;
      if (!is) touch();
    },
    end: () => {
      ended = true;
      stop();
      document.removeEventListener("visibilitychange", hidden);
    },
  };
}
