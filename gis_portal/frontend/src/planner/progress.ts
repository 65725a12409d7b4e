// How far a run is: asked again and again until it has ended, then the page shows its result.
import { text } from "../config";

const FIRST_MS = 500;
const MOST_MS = 4000;

interface State {
  state: string;
  progress?: number;
  note?: string;
}

export function startProgress(box: HTMLElement): void {
  let wait = FIRST_MS;
  const ask = async (): Promise<void> => {
    try {
      const response = await fetch(box.dataset["url"] ?? "", { headers: { Accept: "application/json" }, cache: "no-store" });
      if (response.status === 404) return location.reload();
      const state = (await response.json()) as State;
      if (!["queued", "running"].includes(state.state)) return location.reload();
      show(state);
    } catch {
      put("run-note", text("w-lost"));
    }
    wait = Math.min(wait * 1.3, MOST_MS);
    window.setTimeout(() => void ask(), wait);
  };
  window.setTimeout(() => void ask(), FIRST_MS);
  startCancel(box.querySelector("form"));
}

/** Cancelled where it is: sent as a form, the page would stand in the history twice. */
function startCancel(form: HTMLFormElement | null): void {
  form?.addEventListener("submit", (event) => {
    event.preventDefault();
    fetch(form.action, { method: "POST", body: new FormData(form) })
      .then(() => location.reload())
      .catch(() => form.submit());
  });
}

function show({ state, progress, note }: State): void {
  const words = document.getElementById("run-words");
  if (words) put("run-words", words.dataset[state] ?? "");
  (document.getElementById("run-bar") as HTMLProgressElement | null)?.setAttribute("value", String(progress ?? 0));
  put("run-note", note ?? "");
}

function put(id: string, words: string): void {
  const place = document.getElementById(id);
  if (place && place.textContent !== words) place.textContent = words;
}
