// The boxes of a ready question: the words beside them follow what is typed, and so does the document that deeper editing begins with.
import { plannerConfig } from "./document";
import { type Said, showSaid } from "./said";

const ASK_MS = 300;

export function startReadyForm(form: HTMLElement): void {
  let timer = 0;
  let asked = 0;
  const follow = async (): Promise<void> => {
    asked += 1;
    const mine = asked;
    try {
      const response = await fetch(plannerConfig().wordsUrl, { method: "POST", body: new FormData(form as HTMLFormElement), headers: { "X-CSRFToken": plannerConfig().csrf, Accept: "application/json" } });
      const said = (await response.json()) as Said & { document?: unknown };
      if (mine !== asked) return;
      showSaid(said);
      markBoxes(form, said);
      const source = document.getElementById("document") as HTMLTextAreaElement | null;
      if (!said.document || !source) return;
      source.value = JSON.stringify(said.document, null, 1);
      source.dispatchEvent(new CustomEvent("planner:document"));
    } catch {
      // Without an answer the words stay those of the last one; the server reads the boxes again when they are sent.
    }
  };
  form.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void follow(), ASK_MS);
  });
  document.getElementById("ready-preview")?.addEventListener("click", () => document.getElementById("preview")?.click());
}

/** What a box cannot take is said below it. */
function markBoxes(form: HTMLElement, { error }: Said): void {
  for (const place of form.querySelectorAll<HTMLElement>(".field-error")) {
    const box = document.getElementById(place.id.replace(/-error$/, ""));
    const wrong = Boolean(error?.at) && box?.id === `p-${error?.at}`;
    place.textContent = wrong ? (error?.detail ?? "") : "";
    if (wrong) box?.setAttribute("aria-invalid", "true");
    else box?.removeAttribute("aria-invalid");
  }
}
