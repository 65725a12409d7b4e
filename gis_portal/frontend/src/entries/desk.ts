// The desk over field reports. Everything works without this script but the maps, which arrive as a chunk of their own.
import "../styles/base.css";
import "../styles/components.css";
import "../styles/forms.css";
import "../styles/pages.css";
import "../styles/panel.css";
import "../styles/steward.css";
import "../styles/report.css";
import "../styles/figures.css";
import "../styles/desk.css";
import "../styles/handbook.css";
import { startLanguageSwitch } from "../ui/language";
import { startCopyButtons } from "../ui/share";

startLanguageSwitch();
startCopyButtons(document.body.dataset["copied"] ?? "");
document.getElementById("refusal")?.focus();

for (const box of document.querySelectorAll<HTMLElement>("[data-desk-map]")) {
  const observer = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    observer.disconnect();
    import("../officer/desk/map")
      .then(({ startDeskMap }) => startDeskMap(box))
      .catch((error: unknown) => {
        console.warn("map", error);
        box.hidden = true;
      });
  });
  observer.observe(box);
}
