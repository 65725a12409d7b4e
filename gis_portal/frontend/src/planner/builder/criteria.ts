// Criteria of a site search: what counts, how much, from worst to best; and what a candidate must fulfil.
import { text } from "../../config";
import { el } from "../../officer/shell/dom";
import type { PlannerLayer, Table } from "../document";
import { labelled, numberBox, type Option, select, small } from "./boxes";
import { CRITERIA } from "./spec";

type Changed = (redraw: boolean) => void;

export function criteriaBox(step: Table, names: Option[], layer: PlannerLayer | null, changed: Changed): HTMLElement {
  return el("div", { class: "stack-tight" }, listBox(step, "criteria", names, layer, changed), listBox(step, "must", names, layer, changed));
}

function listBox(step: Table, key: "criteria" | "must", names: Option[], layer: PlannerLayer | null, changed: Changed): HTMLElement {
  const rows = (Array.isArray(step[key]) ? step[key] : []) as Table[];
  const box = el("fieldset", { class: "stack-tight" }, el("legend", {}, text(`p-${key}`)));
  rows.forEach((row, index) => {
    box.append(
      rowBox(row, key, names, layer, changed, () => {
        rows.splice(index, 1);
        if (!rows.length && key === "must") delete step[key];
        changed(true);
      }),
    );
  });
  box.append(
    small(text(`b-add-${key}`), () => {
      const begin: Table = key === "must" ? { kind: "area", min: 10000 } : { id: `c${rows.length + 1}`, weight: 1, kind: "area", best: 50000, worst: 10000 };
      step[key] = [...rows, begin];
      changed(true);
    }),
  );
  return box;
}

function rowBox(row: Table, list: "criteria" | "must", names: Option[], layer: PlannerLayer | null, changed: Changed, drop: () => void): HTMLElement {
  const kind = String(row["kind"]);
  const pickKind = (value: string): void => {
    row["kind"] = value;
    delete row["to"];
    delete row["field"];
    if (["distance", "inside", "outside"].includes(value)) row["to"] = names[0]?.value ?? "";
    if (value === "field") row["field"] = layer?.fields.find((field) => field.kind === "number")?.name ?? "";
    changed(true);
  };
  const number = (key: string): HTMLElement =>
    labelled(
      text(`p-${key}`),
      numberBox(row[key], (value) => {
        if (value === null) delete row[key];
        else row[key] = value;
        changed(false);
      }),
    );
  const set = (key: string) => (value: string): void => {
    row[key] = value;
    changed(false);
  };
  const box = el("div", { class: "planner-condition" }, labelled(text("p-criterion"), select(CRITERIA.map((value) => ({ value, label: text(`criterion-${value}`) })), kind, pickKind)));
  if ("to" in row) box.append(labelled(text("p-to"), select(names, String(row["to"]), set("to"))));
  if (kind === "field") {
    const fields = layer?.fields.map(({ name, label }) => ({ value: name, label })) ?? [];
    box.append(labelled(text("b-field"), select(fields, String(row["field"]), set("field"))));
  }
  if (list === "criteria") box.append(number("weight"), number("best"), number("worst"));
  else if (kind === "distance" || kind === "area" || kind === "field") box.append(number("min"), number("max"));
  box.append(small(text("b-remove"), drop));
  return box;
}
