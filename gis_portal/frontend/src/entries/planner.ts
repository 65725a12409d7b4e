// The planner's pages. Everything but maps and the form's boxes works without this script; maps arrive as chunks of their own.
import "../styles/base.css";
import "../styles/components.css";
import "../styles/forms.css";
import "../styles/pages.css";
import "../styles/panel.css";
import "../styles/steward.css";
import "../styles/figures.css";
import "../styles/planner.css";
import { startLanguageSwitch } from "../ui/language";
import { startCopyButtons } from "../ui/share";

startLanguageSwitch();
startCopyButtons(document.body.dataset["copied"] ?? "");
document.documentElement.dataset["script"] = "";
document.getElementById("refusal")?.focus();

const starts: Record<string, (box: HTMLElement) => Promise<void> | void> = {
  builder: async (box) => (await import("../planner/builder/builder")).startBuilder(box),
  "ready-form": async (box) => (await import("../planner/ready-form")).startReadyForm(box),
  "run-progress": async (box) => (await import("../planner/progress")).startProgress(box),
  "result-map": async (box) => (await import("../planner/result-map")).startResultMap(box),
  "area-map": async (box) => (await import("../planner/area-map")).startAreaMap(box),
  "workbench-map": async (box) => (await import("../planner/map/page")).startWorkbenchMap(box),
};

for (const [id, start] of Object.entries(starts)) {
  const box = document.getElementById(id);
  if (!box) continue;
  Promise.resolve(start(box)).catch((error: unknown) => {
    console.warn(id, error);
    box.dataset["failed"] = "";
  });
}
