// What is told of the answer: of which step, by what, in which measures; and what counts as a sliver.
import { text } from "../../config";
import { el } from "../../officer/shell/dom";
import { combinedOf, namesBefore, plannerConfig, type Question, sourcesOf, type Table } from "../document";
import { labelled, numberBox, type Option, select, small, tick } from "./boxes";
import { MADE, MEASURES } from "./spec";
import { nameWords } from "./steps";

type Changed = (redraw: boolean) => void;

export function resultPart(question: Question, changed: Changed): HTMLElement {
  const { result } = question;
  const names = namesBefore(question, Infinity).map((name) => ({ value: name, label: nameWords(question, name) }));
  const measures = new Set(Array.isArray(result["measures"]) ? result["measures"].map(String) : ["count", "area_m2"]);
  const ticks = el("fieldset", { class: "planner-ticks" }, el("legend", {}, text("p-measures")));
  for (const measure of MEASURES) {
    ticks.append(
      tick(text(`measure-${measure}`), measures.has(measure), (on) => {
        if (on) measures.add(measure);
        else measures.delete(measure);
        result["measures"] = MEASURES.filter((each) => measures.has(each));
        changed(false);
      }),
    );
  }
  const pick = (value: string): void => {
    result["of"] = value;
    changed(false);
  };
  return el(
    "section",
    { class: "card planner-part", "data-at": "result" },
    el("h3", {}, text("b-result")),
    labelled(text("p-result-of"), select(names, String(result["of"] ?? ""), pick)),
    groupsBox(question, changed),
    ticks,
    sliversBox(question, changed),
  );
}

function groupsBox(question: Question, changed: Changed): HTMLElement {
  const { result } = question;
  const groups = (Array.isArray(result["group_by"]) ? result["group_by"] : []) as Table[];
  const { units, dates } = plannerConfig();
  const made = (question.steps ?? []).flatMap(({ id, op }) =>
    (MADE[String(op)] ?? []).map((name) => ({ value: `f:${String(id)}.${name}`, label: `${text(`made-${name}`)} – ${nameWords(question, String(id))}` })),
  );
  const choices: Option[] = [
    ...units.flatMap((unit) => dates.filter(({ levels }) => levels.includes(unit.value)).map((date) => ({ value: `u:${unit.value}:${date.value}`, label: `${unit.label}, ${date.label}` }))),
    ...sourcesOf(question).flatMap(({ name, layer }) => layer.fields.map((field) => ({ value: `f:${name}.${field.name}`, label: `${field.label} – ${nameWords(question, name)}` }))),
    ...made,
    ...combinedOf(question).flatMap(({ name, fields }) => fields.map((field) => ({ value: `f:${name}.${field.name}`, label: `${field.label} – ${nameWords(question, name)}` }))),
  ];
  const box = el("fieldset", { class: "stack-tight" }, el("legend", {}, text("p-group")));
  groups.forEach((group, index) => {
    const pick = (value: string): void => {
      groups[index] = read(value);
      changed(false);
    };
    box.append(
      el(
        "div",
        { class: "planner-condition", "data-at": `result.group_by[${index}]` },
        labelled(text("p-group-n", { n: index + 1 }), select(choices, written(group), pick)),
        small(text("b-remove"), () => {
          groups.splice(index, 1);
          changed(true);
        }),
      ),
    );
  });
  if (groups.length < 4) {
    box.append(
      small(text("b-add-group"), () => {
        result["group_by"] = [...groups, read(choices[0]?.value ?? "")];
        changed(true);
      }),
    );
  }
  return box;
}

function read(value: string): Table {
  const [kind, ...rest] = value.split(":");
  if (kind === "u") return { units: rest[0] ?? "commune", ...(rest[1] ? { on: rest[1] } : {}) };
  return { field: rest.join(":") };
}

function written(group: Table): string {
  return "units" in group ? `u:${String(group["units"])}:${String(group["on"] ?? "")}` : `f:${String(group["field"])}`;
}

function sliversBox(question: Question, changed: Changed): HTMLElement {
  const slivers = (question.slivers ??= { area_m2: 1, width_m: 0.2 });
  const box = (key: string): HTMLElement =>
    labelled(
      text(`p-sliver-${key}`),
      numberBox(slivers[key], (value) => {
        slivers[key] = value ?? 0;
        changed(false);
      }, { min: 0 }),
    );
  return el("fieldset", { class: "stack-tight" }, el("legend", {}, text("b-slivers")), el("p", { class: "help small soft" }, text("b-slivers-help")), el("div", { class: "planner-condition" }, box("area_m2"), box("width_m")));
}
