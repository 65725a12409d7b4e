// What each operation takes, in the order in which a planner says it; mirrors document/schema.json.
export type Param =
  | { kind: "name"; key: "of" | "with" | "to" | "in" }
  | { kind: "number"; key: string; least?: number; optional?: boolean; whole?: boolean }
  | { kind: "kinds"; key: string; values: readonly string[] }
  | { kind: "width"; key: "width" | "radius" }
  | { kind: "fields"; key: "by" }
  | { kind: "names"; key: "of" }
  | { kind: "filter" }
  | { kind: "where" }
  | { kind: "criteria" }
  | { kind: "layer" }
  | { kind: "version"; key: "from" | "to" };

const OF: Param = { kind: "name", key: "of" };

export const OPERATIONS: Record<string, Param[]> = {
  overlay: [OF, { kind: "kinds", key: "kind", values: ["intersection", "identity", "difference"] }, { kind: "name", key: "with" }],
  buffer: [OF, { kind: "width", key: "width" }],
  select: [OF, { kind: "filter" }, { kind: "where" }],
  within_distance: [OF, { kind: "name", key: "to" }, { kind: "number", key: "metres", least: 1 }],
  nearest: [OF, { kind: "name", key: "to" }, { kind: "number", key: "k", least: 1, whole: true }, { kind: "number", key: "metres", optional: true }],
  dissolve: [OF, { kind: "fields", key: "by" }],
  count_in: [OF, { kind: "name", key: "in" }],
  coverage: [OF, { kind: "width", key: "radius" }, { kind: "name", key: "in" }],
  score: [OF, { kind: "criteria" }, { kind: "number", key: "top", optional: true, whole: true }],
  combine: [{ kind: "names", key: "of" }],
  changes: [{ kind: "layer" }, { kind: "version", key: "from" }, { kind: "version", key: "to" }],
};

export const RELATIONS = ["intersects", "within", "contains", "disjoint"];
export const CRITERIA = ["distance", "area", "inside", "outside", "field"];
export const MEASURES = ["count", "area_m2", "length_m", "share"];
/** Columns that a step makes; mirrors gis_portal/planner/document/known.py. */
export const MADE: Record<string, string[]> = { overlay: ["inside"], nearest: ["rank"], coverage: ["covered"], count_in: ["count"], changes: ["change", "kind"], score: ["rank"], combine: ["layer", "sector"] };
