// What a question is asked of: layers with a filter, own areas, administrative units of a day.
import { text } from "../../config";
import { el } from "../../officer/shell/dom";
import { freshName, layerOf, plannerConfig, type Question, type Table, without } from "../document";
import { labelled, type Option, select, small } from "./boxes";
import { filterBox } from "./filter";
import { nameWords } from "./steps";

export function inputsPart(question: Question, changed: (redraw: boolean) => void): HTMLElement {
  const part = el("section", { class: "card planner-part" }, el("h3", {}, text("b-inputs")));
  for (const [name, input] of Object.entries(question.inputs)) part.append(inputRow(question, name, input, changed));
  const add = (stem: string, input: Table) => (): void => {
    question.inputs[freshName(question, stem)] = input;
    changed(true);
  };
  const { layers, areas, dates } = plannerConfig();
  const buttons = el("div", { class: "button-row" }, small(text("b-add-layer"), add("layer", { layer: layers[0]?.slug ?? "" })));
  if (areas[0]) buttons.append(small(text("b-add-area"), add("area", { area: areas[0].id })));
  buttons.append(small(text("b-add-units"), add("units", { units: "commune", ...(dates[0] ? { on: dates[0].value } : {}) })));
  part.append(buttons);
  return part;
}

function inputRow(question: Question, name: string, input: Table, changed: (redraw: boolean) => void): HTMLElement {
  const row = el("div", { class: "planner-row stack-tight", "data-at": `inputs.${name}` }, el("h4", {}, nameWords(question, name)));
  const { layers, areas, units, dates } = plannerConfig();
  const set = (key: string) => (value: string): void => {
    input[key] = value;
    if (key === "layer") delete input["filter"];
    // A level that there was on some days only.
    const days = dates.filter(({ levels }) => levels.includes(value));
    if (key === "units" && days[0] && !days.some((day) => day.value === input["on"])) input["on"] = days[0].value;
    changed(true);
  };
  if ("layer" in input) {
    const options: Option[] = layers.map(({ slug, title }) => ({ value: slug, label: title }));
    row.append(labelled(text("b-layer"), select(options, String(input["layer"]), set("layer"))));
    const layer = layerOf(question, name);
    if (layer) {
      row.append(
        filterBox(layer, input["filter"], (filter) => {
          if (filter === undefined) delete input["filter"];
          else input["filter"] = filter;
          changed(false);
        }),
      );
    }
  } else if ("area" in input) {
    row.append(labelled(text("b-area"), select(areas.map(({ id, title }) => ({ value: id, label: title })), String(input["area"]), set("area"))));
  } else {
    row.append(labelled(text("b-units"), select(units, String(input["units"] ?? "commune"), set("units"))));
    const days = dates.filter(({ levels }) => levels.includes(String(input["units"] ?? "commune")));
    row.append(labelled(text("b-on"), select(days, String(input["on"] ?? ""), set("on"), false)));
  }
  row.append(
    small(text("b-remove"), () => {
      without(question, name);
      changed(true);
    }),
  );
  return row;
}
