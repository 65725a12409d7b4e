// What lies under a finger where the map sums small things: pure arithmetic over rendered features.
// A cell (square or circle) carries `n`, `area` and `class`; a shape without uid is drawn alone but too
// small to be picked. Neither is ever taken for a parcel.
import type { LayerInfo } from "../config";

export interface Rendered {
  id?: string | number | undefined;
  sourceLayer?: string | undefined;
  properties: Record<string, unknown>;
}

export interface Sum {
  layer: LayerInfo;
  /** Features that the cells stand for, and their area in m² (null where areas are not summed). */
  summed: number;
  area: number | null;
  /** Shapes drawn one by one, too small to be picked. */
  alone: number;
  /** The cells' classes, the most frequent first. */
  classes: string[];
}

const CELLS = ".cells";

export function isCell(feature: Rendered): boolean {
  return feature.sourceLayer?.endsWith(CELLS) ?? false;
}

/** One sum for each layer that has cells or tiny shapes among `features`, in the order of `layers`. */
export function sums(features: readonly Rendered[], layers: readonly LayerInfo[]): Sum[] {
  return layers
    .map((layer) => sumOf(layer, features))
    .filter((sum) => sum.summed > 0 || sum.alone > 0);
}

function sumOf(layer: LayerInfo, features: readonly Rendered[]): Sum {
  const cells = features.filter((each) => each.sourceLayer === layer.slug + CELLS);
  const tiny = features.filter((each) => each.sourceLayer === layer.slug && !each.properties["uid"]);
  const areas = cells.map((cell) => cell.properties["area"]);
  const hasAreas = layer.geometry === "polygon" && areas.some((area) => typeof area === "number");
  return {
    layer,
    summed: total(cells.map((cell) => cell.properties["n"])),
    area: hasAreas ? total(areas) : null,
    // A shape on the edge of two tiles comes twice, under one id.
    alone: new Set(tiny.map((shape, index) => shape.id ?? `no-id-${index}`)).size,
    classes: ranked(cells, layer.by),
  };
}

function total(values: readonly unknown[]): number {
  return values.reduce<number>((sum, value) => sum + (Number(value) || 0), 0);
}

function ranked(cells: readonly Rendered[], by: string): string[] {
  const seen = new Map<string, number>();
  for (const { properties } of cells) {
    const name = properties["class"] ?? properties[by];
    if (typeof name === "string" && name) seen.set(name, (seen.get(name) ?? 0) + 1);
  }
  return [...seen].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])).map(([name]) => name);
}
