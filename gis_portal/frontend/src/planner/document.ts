// The shape of a question (gis_portal/planner/document/schema.json) as the form edits it, and what the page tells of
// layers, fields and areas. The server checks everything again.
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Table = Record<string, Json>;

export interface Words {
  vi: string;
  en?: string;
}
export interface Question {
  analysis: string;
  title: Words;
  inputs: Record<string, Table>;
  steps?: Table[];
  result: Table;
  slivers?: Table;
  grid?: Json;
}
export interface FieldInfo {
  name: string;
  label: string;
  kind: "number" | "text" | "date" | "boolean" | "list";
  unit: string;
  choices: { value: string; label: string }[];
}
export interface PlannerLayer {
  slug: string;
  title: string;
  geometry: string;
  fields: FieldInfo[];
  versions: { value: string; label: string }[];
}
/** The block `planner-config`; mirrors gis_portal/planner/workbench/page_config.py. */
export interface PlannerConfig {
  layers: PlannerLayer[];
  areas: { id: string; title: string }[];
  units: { value: string; label: string }[];
  /** Days of boundaries, each with the levels that there were then. */
  dates: { value: string; label: string; levels: string[] }[];
  wordsUrl: string;
  previewUrl: string;
  csrf: string;
}

let known: PlannerConfig | null = null;

export function plannerConfig(): PlannerConfig {
  known ??= JSON.parse(document.getElementById("planner-config")?.textContent ?? "{}") as PlannerConfig;
  return known;
}

/** Inputs and the steps before `index`, in order: what a step may name. */
export function namesBefore(question: Question, index: number): string[] {
  const steps = (question.steps ?? []).slice(0, index).map((step) => String(step["id"] ?? ""));
  return [...Object.keys(question.inputs), ...steps].filter(Boolean);
}

/** The layer whose fields a name carries: through steps that keep them. */
export function layerOf(question: Question, name: string): PlannerLayer | null {
  const input = question.inputs[name];
  const slug = input?.["layer"];
  if (typeof slug === "string") return plannerConfig().layers.find((layer) => layer.slug === slug) ?? null;
  if (input) return null;
  const step = (question.steps ?? []).find(({ id }) => id === name);
  if (!step || ["dissolve", "count_in", "coverage", "combine"].includes(String(step["op"]))) return null;
  if (step["op"] === "changes") return plannerConfig().layers.find(({ slug: own }) => own === step["layer"]) ?? null;
  return layerOf(question, String(step["of"] ?? ""));
}

/** Every layer input that a result of `name` may be grouped by. */
export function sourcesOf(question: Question): { name: string; layer: PlannerLayer }[] {
  return Object.keys(question.inputs).flatMap((name) => {
    const layer = layerOf(question, name);
    return layer ? [{ name, layer }] : [];
  });
}

/** Sets put together and the fields that their layers declare alike; mirrors `in_common` of document/known.py. */
export function combinedOf(question: Question): { name: string; fields: FieldInfo[] }[] {
  return (question.steps ?? []).flatMap(({ id, op, of }) => {
    if (op !== "combine" || !Array.isArray(of)) return [];
    const [first, ...others] = of.map((name) => layerOf(question, String(name))?.fields ?? []);
    const key = ({ name, kind, choices }: FieldInfo): string => JSON.stringify([name, kind, choices]);
    const fields = (first ?? []).filter((field) => others.every((side) => side.some((one) => key(one) === key(field))));
    const made = ["layer", "sector", "area_m2", "length_m", ...((question.steps ?? []).some((step) => step["op"] === "changes") ? ["change", "kind"] : [])];
    return [{ name: String(id), fields: fields.filter(({ name }) => !made.includes(name)) }];
  });
}

/** A new name like `du_lieu_2` that nothing has yet. */
export function freshName(question: Question, stem: string): string {
  const taken = new Set(namesBefore(question, Infinity));
  for (let number = 1; ; number += 1) if (!taken.has(`${stem}${number}`)) return `${stem}${number}`;
}

/** A name's other places follow when an input or step is renamed or taken away. */
export function without(question: Question, name: string): void {
  delete question.inputs[name];
  question.steps = (question.steps ?? []).filter(({ id }) => id !== name);
  const groups = question.result["group_by"];
  if (Array.isArray(groups)) {
    question.result["group_by"] = groups.filter((group) => {
      const field = (group as Table)["field"];
      return typeof field !== "string" || !field.startsWith(`${name}.`);
    });
  }
}

/** CQL2 JSON of plain comparisons joined by one `and` or `or`: what the form can edit. */
export interface Condition {
  field: string;
  op: string;
  values: Json[];
}
export const OPERATORS = ["=", "<>", ">=", "<=", ">", "<", "in", "like", "isNull", "between"] as const;

export function readConditions(filter: Json | undefined): { join: "and" | "or"; conditions: Condition[] } | null {
  if (filter === undefined || filter === null || filter === "") return { join: "and", conditions: [] };
  if (typeof filter !== "object" || Array.isArray(filter)) return null;
  const { op, args } = filter as { op?: Json; args?: Json };
  const join = op === "or" ? "or" : "and";
  const parts = op === "and" || op === "or" ? args : [filter];
  if (!Array.isArray(parts)) return null;
  const conditions = parts.map(readCondition);
  return conditions.every((one) => one !== null) ? { join, conditions: conditions as Condition[] } : null;
}

function readCondition(part: Json): Condition | null {
  const { op, args } = (part ?? {}) as { op?: Json; args?: Json };
  if (typeof op !== "string" || !(OPERATORS as readonly string[]).includes(op) || !Array.isArray(args)) return null;
  const field = (args[0] as Table | undefined)?.["property"];
  if (typeof field !== "string") return null;
  const values = op === "in" && Array.isArray(args[1]) ? args[1] : args.slice(1);
  return values.some((value) => typeof value === "object") ? null : { field, op, values };
}

export function writeConditions(conditions: Condition[], join: "and" | "or"): Json | undefined {
  const parts = conditions
    .filter(({ field, op, values }) => field && (op === "isNull" || values.some((value) => value !== "")))
    .map(({ field, op, values }): Json => {
      const property = { property: field };
      if (op === "isNull") return { op, args: [property] };
      return { op, args: op === "in" ? [property, values] : [property, ...values] };
    });
  if (!parts.length) return undefined;
  return parts.length === 1 ? (parts[0] as Json) : { op: join, args: parts };
}

/** CQL2 text of what the form made, to be shown and copied. */
export function asText(filter: Json | undefined): string {
  if (filter === undefined || filter === null) return "";
  if (typeof filter === "string") return filter;
  const read = readConditions(filter);
  if (!read) return JSON.stringify(filter);
  const say = (value: Json): string => (typeof value === "string" ? `'${value.replaceAll("'", "''")}'` : String(value));
  const parts = read.conditions.map(({ field, op, values }) => {
    if (op === "isNull") return `${field} IS NULL`;
    if (op === "between") return `${field} BETWEEN ${values.map(say).join(" AND ")}`;
    if (op === "in") return `${field} IN (${values.map(say).join(", ")})`;
    return `${field} ${op === "like" ? "LIKE" : op} ${say(values[0] ?? "")}`;
  });
  return parts.join(read.join === "or" ? " OR " : " AND ");
}
