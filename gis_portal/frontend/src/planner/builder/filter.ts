// A filter without writing CQL2: field, comparison, value; the CQL2 that comes of it is shown below.
import { text } from "../../config";
import { el } from "../../officer/shell/dom";
import { asText, type Condition, type FieldInfo, type Json, type PlannerLayer, readConditions, writeConditions } from "../document";
import { labelled, select, small, textBox, tick } from "./boxes";
import { keepingFocus } from "./focus";

const FOR_KIND: Record<FieldInfo["kind"], string[]> = {
  number: [">=", "<=", "=", "<>", ">", "<", "between", "isNull"],
  text: ["=", "<>", "in", "like", "isNull"],
  date: [">=", "<=", "between", "isNull"],
  boolean: ["=", "isNull"],
  list: ["isNull"],
};
/** Of a field with listed values: any of them, none of them. Nothing is typed there. */
const FOR_LISTED = ["in", "=", "<>", "isNull"];

function operatorsOf(field: FieldInfo | undefined): string[] {
  return field?.kind === "text" && field.choices.length ? FOR_LISTED : FOR_KIND[field?.kind ?? "text"];
}

/** What a comparison begins with: nothing chosen yet. */
function beginning(field: FieldInfo | undefined): Pick<Condition, "op" | "values"> {
  const op = operatorsOf(field)[0] ?? "=";
  return { op, values: op === "in" ? [] : [""] };
}

export function filterBox(layer: PlannerLayer, filter: Json | undefined, changed: (filter: Json | undefined) => void): HTMLElement {
  const read = readConditions(filter);
  const box = el("div", { class: "planner-filter stack-tight" });
  if (!read) {
    box.append(labelled(text("b-filter-written"), textBox(asText(filter), (value) => changed(value || undefined))));
    return box;
  }
  const { join, conditions } = read;
  const write = (): void => changed(writeConditions(conditions, join));
  const rows = (): void => keepingFocus(box, draw);
  const draw = (): void => {
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
        conditions.push({ field: field.name, ...beginning(field) });
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
  draw();
  return box;
}

function conditionRow(layer: PlannerLayer, condition: Condition, write: () => void, again: () => void, drop: () => void): HTMLElement {
  const field = layer.fields.find(({ name }) => name === condition.field);
  const fields = layer.fields.map(({ name, label }) => ({ value: name, label }));
  // A comparison that somebody wrote by hand stays to be seen.
  const known = operatorsOf(field);
  const operators = (known.includes(condition.op) ? known : [...known, condition.op]).map((value) => ({ value, label: text(`op-${value}`) }));
  const change = (): void => {
    write();
    again();
  };
  const pickField = (name: string): void => {
    const next = layer.fields.find((each) => each.name === name);
    Object.assign(condition, { field: name, ...beginning(next) });
    change();
  };
  const pickOperator = (op: string): void => {
    Object.assign(condition, { op, values: op === "isNull" || (op === "in" && field?.choices.length) ? [] : op === "between" ? ["", ""] : [""] });
    change();
  };
  return el(
    "div",
    { class: "planner-condition" },
    labelled(text("b-field"), select(fields, condition.field, pickField)),
    labelled(text("b-comparison"), select(operators, condition.op, pickOperator)),
    ...(condition.op === "in"
      ? [field?.choices.length ? ticksBox(field, condition, change) : labelled(text("b-values"), listBox(field, condition, change))]
      : condition.values.map((value, index) => labelled(text(index ? "b-to" : "b-value"), valueBox(field, condition, index, value, change)))),
    small(text("b-remove"), drop),
  );
}

/** All values that there are, to be ticked; one that is not among them stays, with its code. */
function ticksBox(field: FieldInfo, condition: Condition, write: () => void): HTMLElement {
  const strange = condition.values.map(String).filter((value) => !field.choices.some((choice) => choice.value === value));
  const options = [...field.choices, ...strange.map((value) => ({ value, label: value }))];
  const chosen = new Set(condition.values.map(String));
  const ticks = options.map(({ value, label }) =>
    tick(label, chosen.has(value), (on) => {
      if (on) chosen.add(value);
      else chosen.delete(value);
      condition.values.splice(0, condition.values.length, ...options.map((each) => each.value).filter((each) => chosen.has(each)));
      write();
    }),
  );
  return el("fieldset", { class: "planner-values" }, el("legend", {}, text("b-values")), el("div", { class: "planner-ticks" }, ...ticks));
}

function listBox(field: FieldInfo | undefined, condition: Condition, write: () => void): HTMLElement {
  return textBox(condition.values.join(", "), (written) => {
    condition.values.splice(0, condition.values.length, ...written.split(",").map((part) => typed(field, part.trim())));
    write();
  });
}

function valueBox(field: FieldInfo | undefined, condition: Condition, index: number, value: Json, write: () => void): HTMLElement {
  const put = (written: string): void => {
    condition.values[index] = typed(field, written);
    write();
  };
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
