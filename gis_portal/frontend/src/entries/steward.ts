// The steward's pages. Everything works without this script but the maps; it adds the progress of an
// upload, errors beside their boxes, and the two maps, which arrive as a chunk of their own.
import "../styles/base.css";
import "../styles/components.css";
import "../styles/forms.css";
import "../styles/pages.css";
import "../styles/panel.css";
import "../styles/steward.css";
import "../styles/auctions.css";
import "../styles/report.css";
import { startLanguageSwitch } from "../ui/language";
import { startCopyButtons } from "../ui/share";
import { startUpload } from "../ui/upload";

startLanguageSwitch();
startCopyButtons(document.body.dataset["copied"] ?? "");
const form = document.querySelector<HTMLFormElement>("form#upload");
if (form) startUpload(form);
document.getElementById("refusal")?.focus();
for (const form of document.querySelectorAll<HTMLFormElement>("form[data-pressed]")) {
  form.addEventListener("submit", () => {
    const button = form.querySelector("button");
    if (!button) return;
    button.textContent = form.dataset["pressed"] ?? "";
    button.disabled = true;
  });
}

for (const box of document.querySelectorAll<HTMLElement>("[data-map]")) {
  const observer = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    observer.disconnect();
    void startMap(box);
  });
  observer.observe(box);
}

async function startMap(box: HTMLElement): Promise<void> {
  try {
    if (box.dataset["map"] === "issues") await (await import("../review/issues")).startIssues(box);
    else await (await import("../review/changes")).startChanges(box);
  } catch (error) {
    console.warn("map", error);
    const note = box.querySelector("[data-note]");
    if (note) note.textContent = box.dataset["failed"] ?? "";
    box.querySelector<HTMLElement>("[data-canvas]")?.setAttribute("hidden", "");
  }
}
