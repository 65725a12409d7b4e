// Pages that are read: styles, copy buttons, language, and the small map of one layer, or of features, where there is one.
import "../styles/base.css";
import "../styles/components.css";
import "../styles/forms.css";
import "../styles/pages.css";
import "../styles/panel.css";
import "../styles/parcel.css";
import "../styles/detail.css";
import "../styles/figures.css";
import { startLanguageSwitch } from "../ui/language";
import { startCopyButtons } from "../ui/share";

startLanguageSwitch();
startCopyButtons(document.body.dataset["copied"] ?? "");
document.addEventListener("click", (event) => {
  if ((event.target as HTMLElement).closest("[data-print]")) window.print();
});

function whenSeen(id: string, start: (box: HTMLElement) => Promise<void>): void {
  const box = document.getElementById(id);
  if (!box) return;
  const observer = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    observer.disconnect();
    void start(box);
  });
  observer.observe(box);
}

whenSeen("small-map", async (box) => (await import("../map/small")).startSmallMap(box));
whenSeen("compare-map", async (box) => (await import("../map/versions")).startVersionsMap(box));
whenSeen("features-map", async (box) => (await import("../map/features")).startFeaturesMap(box));

for (const box of document.querySelectorAll<HTMLElement>("[data-token]")) {
  box.style.background = `var(${box.dataset["token"] ?? ""})`;
}
