// The operations, one box each, drawn from `spec.ts`. A step names inputs and earlier steps only.
import { text } from "../../config";
import { el } from "../../officer/shell/dom";
import { freshName, layerOf, namesBefore, plannerConfig, type Question, type Table, without } from "../document";
import { labelled, numberBox, type Option, select, small, tick } from "./boxes";
import { criteriaBox } from "./criteria";
import { filterBox } from "./filter";
import { OPERATIONS, type Param, RELATIONS } from "./spec";

type Changed = (redraw: boolean) => void;

export function stepsPart(question: Question, changed: Changed): HTMLElement {
  const part = el("section", { class: "card planner-part" }, el("h3", {}, text("b-steps")));
  const steps = (question.steps ??= []);
  steps.forEach((step, index) => part.append(stepRow(question, step, index, changed)));
  part.append(
    small(text("b-add-step"), () => {
      const names = namesBefore(question, steps.length);
      const step: Table = { id: freshName(question, "step"), op: "overlay", of: names.at(-2) ?? names[0] ?? "", kind: "intersection", with: names.at(-1) ?? "" };
      steps.push(step);
      question.result["of"] = step["id"] as string;
      changed(true);
    }),
  );
  return part;
}

function stepRow(question: Question, step: Table, index: number, changed: Changed): HTMLElement {
  const operations = Object.keys(OPERATIONS).map((value) => ({ value, label: text(`op-${value}`) }));
  const pick = (op: string): void => {
    const id = step["id"] ?? "";
    const of = Array.isArray(step["of"]) ? step["of"][0] : step["of"];
    for (const key of Object.keys(step)) delete step[key];
    Object.assign(step, { id, op, ...fresh(question, op, String(of ?? ""), index) });
    changed(true);
  };
  const row = el(
    "div",
    { class: "planner-row stack-tight", "data-at": `steps[${index}]` },
    el("h4", {}, `${text("b-step", { n: index + 1 })}: ${text(`op-${String(step["op"])}`)}`),
    labelled(text("b-operation"), select(operations, String(step["op"]), pick)),
  );
  for (const param of OPERATIONS[String(step["op"])] ?? []) {
    const box = paramBox(question, step, index, param, changed);
    box.dataset["at"] = `steps[${index}].${"key" in param ? param.key : param.kind}`;
    row.append(box);
  }
  row.append(
    small(text("b-remove"), () => {
      without(question, String(step["id"]));
      changed(true);
    }),
  );
  return row;
}

/** A step of an operation as it begins: names that there are, numbers that make sense. */
function fresh(question: Question, op: string, of: string, index: number): Table {
  const names = namesBefore(question, index);
  const other = names.find((name) => name !== of) ?? of;
  const begin: Table = {};
  for (const param of OPERATIONS[op] ?? []) {
    if (param.kind === "name") begin[param.key] = param.key === "of" ? of || (names[0] ?? "") : other;
    else if (param.kind === "kinds") begin[param.key] = param.values[0] ?? "";
    else if (param.kind === "number" && !param.optional) begin[param.key] = param.whole ? 1 : 500;
    else if (param.kind === "width") begin[`${param.key}_m`] = param.key === "radius" ? 1000 : 50;
    else if (param.kind === "names") begin[param.key] = names.filter((name) => layerOf(question, name)).slice(0, 2);
    else if (param.kind === "layer") begin["layer"] = plannerConfig().layers[0]?.slug ?? "";
    else if (param.kind === "version") begin[param.key] = param.key === "from" ? "previous" : "live";
    else if (param.kind === "criteria") begin["criteria"] = [{ id: "area", weight: 1, kind: "area", best: 50000, worst: 10000 }];
  }
  return begin;
}

function paramBox(question: Question, step: Table, index: number, param: Param, changed: Changed): HTMLElement {
  const names: Option[] = namesBefore(question, index).map((name) => ({ value: name, label: nameWords(question, name) }));
  const layer = layerOf(question, String(step["of"] ?? ""));
  const set = (key: string, redraw = false) => (value: string | number | null): void => {
    if (value === null || value === "") delete step[key];
    else step[key] = value;
    changed(redraw);
  };
  switch (param.kind) {
    case "name":
      return labelled(text(`p-${param.key}`), select(names, String(step[param.key] ?? ""), set(param.key, param.key === "of")));
    case "number":
      return labelled(text(`p-${param.key}`), numberBox(step[param.key], set(param.key), { min: param.least ?? 0, step: param.whole ? 1 : "any" }));
    case "kinds":
      return labelled(text(`p-${param.key}`), select(param.values.map((value) => ({ value, label: text(`kind-of-${value}`) })), String(step[param.key] ?? ""), set(param.key)));
    case "layer":
      return labelled(text("b-layer"), select(plannerConfig().layers.map(({ slug, title }) => ({ value: slug, label: title })), String(step["layer"] ?? ""), set("layer", true)));
    case "version":
      return labelled(text(`p-version-${param.key}`), versionBox(step, param.key, changed));
    case "width":
      return widthBox(step, param.key, layer?.fields.filter(({ kind }) => kind === "number").map(({ name, label }) => ({ value: name, label })) ?? [], changed);
    case "fields":
      return fieldsBox(step, layer?.fields.map(({ name, label }) => ({ value: name, label })) ?? [], changed);
    case "names":
      return namesBox(step, names.filter(({ value }) => layerOf(question, value)), changed);
    case "filter":
      return layer
        ? filterBox(layer, step["filter"], (filter) => {
            if (filter === undefined) delete step["filter"];
            else step["filter"] = filter;
            changed(false);
          })
        : el("span");
    case "where":
      return whereBox(step, names, changed);
    case "criteria":
      return criteriaBox(step, names, layer, changed);
  }
}

export function nameWords(question: Question, name: string): string {
  const input = question.inputs[name];
  if (input) {
    const own = inputWords(question, name, input);
    // The same layer taken twice, with other filters: told apart by their order.
    const same = Object.entries(question.inputs).filter(([other, raw]) => inputWords(question, other, raw) === own);
    return same.length > 1 ? `${own} (${same.findIndex(([other]) => other === name) + 1})` : own;
  }
  const number = (question.steps ?? []).findIndex(({ id }) => id === name);
  const step = (question.steps ?? [])[number];
  return step ? `${text("b-step", { n: number + 1 })}: ${text(`op-${String(step["op"])}`)}` : name;
}

function inputWords(question: Question, name: string, input: Table): string {
  const { areas, units, dates } = plannerConfig();
  const layer = layerOf(question, name);
  if (layer) return layer.title;
  if ("area" in input) return `${text("b-area")}: ${areas.find(({ id }) => id === input["area"])?.title ?? "…"}`;
  const unit = units.find(({ value }) => value === input["units"])?.label ?? name;
  const on = dates.find(({ value }) => value === input["on"])?.label ?? input["on"];
  return on ? `${unit}, ${String(on)}` : unit;
}

function versionBox(step: Table, key: string, changed: Changed): HTMLElement {
  const layer = plannerConfig().layers.find(({ slug }) => slug === step["layer"]);
  return select(layer?.versions ?? [], String(step[key] ?? ""), (value) => {
    step[key] = /^\d+$/.test(value) ? Number(value) : value;
    changed(false);
  });
}

function widthBox(step: Table, key: "width" | "radius", fields: Option[], changed: Changed): HTMLElement {
  const byField = step[key] as Table | undefined;
  const pick = (name: string): void => {
    delete step[key];
    delete step[`${key}_m`];
    if (name) step[key] = { field: name };
    else step[`${key}_m`] = key === "radius" ? 1000 : 50;
    changed(true);
  };
  const options = [{ value: "", label: text("b-number") }, ...fields];
  const box = el("div", { class: "planner-condition" }, labelled(text(`p-${key}`), select(options, String(byField?.["field"] ?? ""), pick)));
  if (!byField) {
    box.append(
      labelled(
        text("p-metres"),
        numberBox(step[`${key}_m`], (value) => {
          step[`${key}_m`] = value ?? 0;
          changed(false);
        }),
      ),
    );
  }
  return box;
}

function fieldsBox(step: Table, fields: Option[], changed: Changed): HTMLElement {
  const chosen = new Set(Array.isArray(step["by"]) ? step["by"].map(String) : []);
  const box = el("fieldset", { class: "planner-ticks" }, el("legend", {}, text("p-by")));
  for (const { value, label } of fields) {
    box.append(
      tick(label, chosen.has(value), (on) => {
        if (on) chosen.add(value);
        else chosen.delete(value);
        if (chosen.size) step["by"] = [...chosen];
        else delete step["by"];
        changed(false);
      }),
    );
  }
  return el("details", { class: "more" }, el("summary", {}, text("p-by")), box);
}

/** Several sets, in the order in which the page lists them. */
function namesBox(step: Table, names: Option[], changed: Changed): HTMLElement {
  const chosen = new Set(Array.isArray(step["of"]) ? step["of"].map(String) : []);
  const box = el("fieldset", { class: "planner-ticks" }, el("legend", {}, text("p-names")));
  for (const { value, label } of names) {
    box.append(
      tick(label, chosen.has(value), (on) => {
        if (on) chosen.add(value);
        else chosen.delete(value);
        step["of"] = names.map((name) => name.value).filter((name) => chosen.has(name));
        changed(true);
      }),
    );
  }
  return box;
}

function whereBox(step: Table, names: Option[], changed: Changed): HTMLElement {
  const where = (step["where"] ?? {}) as Table;
  const set = (relation: string, target: string): void => {
    if (relation) step["where"] = { relation, with: target || (names[0]?.value ?? "") };
    else delete step["where"];
    changed(true);
  };
  const relations = [{ value: "", label: text("b-anywhere") }, ...RELATIONS.map((value) => ({ value, label: text(`relation-${value}`) }))];
  const [relation, target] = [String(where["relation"] ?? ""), String(where["with"] ?? "")];
  const box = el("div", { class: "planner-condition" }, labelled(text("p-where"), select(relations, relation, (value) => set(value, target))));
  if (relation) box.append(labelled(text("p-with"), select(names, target, (value) => set(relation, value))));
  return box;
}
