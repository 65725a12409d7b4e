// A filter without writing CQL2: field, comparison, value; the CQL2 that comes of it is shown below.
import { text } from "../../config";
import { el } from "../../officer/shell/dom";
import { asText, type Condition, type FieldInfo, type Json, type PlannerLayer, readConditions, writeConditions } from "../document";
import { labelled, select, small, textBox } from "./boxes";

const FOR_KIND: Record<FieldInfo["kind"], string[]> = {
  number: [">=", "<=", "=", "<>", ">", "<", "between", "isNull"],
  text: ["=", "<>", "in", "like", "isNull"],
  date: [">=", "<=", "between", "isNull"],
  boolean: ["=", "isNull"],
  list: ["isNull"],
};

export function filterBox(layer: PlannerLayer, filter: Json | undefined, changed: (filter: Json | undefined) => void): HTMLElement {
  const read = readConditions(filter);
  const box = el("div", { class: "planner-filter stack-tight" });
  if (!read) {
    box.append(labelled(text("b-filter-written"), textBox(asText(filter), (value) => changed(value || undefined))));
    return box;
  }
  const { join, conditions } = read;
  const write = (): void => changed(writeConditions(conditions, join));
  const rows = (): void => {
    box.replaceChildren();
    conditions.forEach((condition, index) => {
      box.append(
        conditionRow(layer, condition, write, rows, () => {
          conditions.splice(index, 1);
          write();
          rows();
        }),
      );
    });
    box.append(
      small(text("b-add-condition"), () => {
        const [field] = layer.fields;
        if (!field) return;
        conditions.push({ field: field.name, op: FOR_KIND[field.kind][0] ?? "=", values: [""] });
        rows();
      }),
    );
    if (conditions.length > 1) {
      const options = (["and", "or"] as const).map((value) => ({ value, label: text(`b-${value}`) }));
      box.append(labelled(text("b-join"), select(options, join, (value) => changed(writeConditions(conditions, value === "or" ? "or" : "and")))));
    }
    const written = asText(writeConditions(conditions, join));
    if (written) box.append(el("p", { class: "small soft planner-cql" }, text("b-written"), " ", el("code", {}, written)));
  };
  rows();
  return box;
}

function conditionRow(layer: PlannerLayer, condition: Condition, write: () => void, again: () => void, drop: () => void): HTMLElement {
  const field = layer.fields.find(({ name }) => name === condition.field);
  const fields = layer.fields.map(({ name, label }) => ({ value: name, label }));
  const kind = field?.kind ?? "text";
  const operators = FOR_KIND[kind].map((value) => ({ value, label: text(`op-${value}`) }));
  const change = (): void => {
    write();
    again();
  };
  const pickField = (name: string): void => {
    const next = layer.fields.find((each) => each.name === name);
    Object.assign(condition, { field: name, op: FOR_KIND[next?.kind ?? "text"][0] ?? "=", values: [""] });
    change();
  };
  const pickOperator = (op: string): void => {
    Object.assign(condition, { op, values: op === "isNull" ? [] : op === "between" ? ["", ""] : [""] });
    change();
  };
  return el(
    "div",
    { class: "planner-condition" },
    labelled(text("b-field"), select(fields, condition.field, pickField)),
    labelled(text("b-comparison"), select(operators, condition.op, pickOperator)),
    ...condition.values.map((value, index) => labelled(text(index ? "b-to" : "b-value"), valueBox(field, condition, index, value, change))),
    small(text("b-remove"), drop),
  );
}

function valueBox(field: FieldInfo | undefined, condition: Condition, index: number, value: Json, write: () => void): HTMLElement {
  const put = (written: string): void => {
    condition.values[index] = typed(field, written);
    write();
  };
  if (condition.op === "in") {
    const box = textBox(condition.values.join(", "), (written) => {
      condition.values.splice(0, condition.values.length, ...written.split(",").map((part) => typed(field, part.trim())));
      write();
    });
    return index ? el("span") : box;
  }
  if (field?.choices.length && condition.op !== "like") return select(field.choices, String(value), put);
  if (field?.kind === "boolean") {
    return select([{ value: "true", label: text("b-yes") }, { value: "false", label: text("b-no") }], String(value), put);
  }
  const type = field?.kind === "number" ? "number" : field?.kind === "date" ? "date" : "text";
  return textBox(String(value), put, { type, step: "any" });
}

function typed(field: FieldInfo | undefined, written: string): Json {
  if (written === "") return "";
  if (field?.kind === "number") return Number(written);
  if (field?.kind === "boolean") return written === "true";
  return written;
}
