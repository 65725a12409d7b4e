// One side: puts its entries on a map, the first of the list on top, each with its opacity, colours and filter. Sources
// that are still wanted stay, so that a change of order or opacity fetches nothing.
import type { ExpressionSpecification, LayerSpecification, Map as MapLibreMap, StyleSpecification } from "maplibre-gl";
import { config } from "../../config";
import { metaOf, switchedOn } from "../../map/style";
import { resultLayers } from "../result-layers";
import { type Classes, classesOf, describedOf, type Entry, mapConfig } from "./composition";

interface Drawn {
  /** Of the source: the same where the same squares are shown. */
  key: string;
  source: StyleSpecification["sources"][string] | undefined;
  drawn: LayerSpecification[];
}

const OWN = "e:";
const LAST_ZOOM = 18;
export const PLAIN = "#2a7c8b";
/** How dense thematic areas are; compositions/painting.py paints so, too. */
export const THEMED = 0.85;
const OPACITIES = ["fill-opacity", "line-opacity", "circle-opacity", "circle-stroke-opacity", "text-opacity", "icon-opacity"];

export class Side {
  readonly #map: MapLibreMap;
  readonly #style: StyleSpecification;
  #drawing = 0;

  constructor(map: MapLibreMap, style: StyleSpecification) {
    this.#map = map;
    this.#style = style;
  }

  async draw(entries: readonly Entry[]): Promise<void> {
    const turn = (this.#drawing += 1);
    const shown = entries.filter(({ on }) => on).reverse();
    const layers = await Promise.all(shown.map((entry) => this.#layersOf(entry)));
    if (turn !== this.#drawing) return;
    const map = this.#map;
    for (const { id } of map.getStyle().layers) if (id.startsWith(OWN)) map.removeLayer(id);
    const wanted = new Set(layers.map(({ key }) => key));
    for (const id of Object.keys(map.getStyle().sources)) if (id.startsWith(OWN) && !wanted.has(id)) map.removeSource(id);
    const above = map.getStyle().layers.find((layer) => metaOf(layer).role === "base" && layer.type === "line")?.id ?? this.#firstLabel();
    const times = new Map<string, number>();
    for (const { key, source, drawn } of layers) {
      if (source && !map.getSource(key)) map.addSource(key, source);
      // Squares that are there know their layers by name: a name never goes to another source.
      const turnOfKey = (times.get(key) ?? 0) + 1;
      times.set(key, turnOfKey);
      drawn.forEach((layer, part) => map.addLayer({ ...layer, id: `${key}:${turnOfKey}:${part}`, source: key } as LayerSpecification, above));
    }
  }

  #firstLabel(): string | undefined {
    return this.#map.getStyle().layers.find((layer) => layer.type === "symbol")?.id;
  }

  async #layersOf(entry: Entry): Promise<Drawn> {
    if (entry.run) return this.#result(entry, entry.run);
    if (entry.theme || entry.filter) return this.#thematic(entry);
    const source = this.#style.sources[entry.layer];
    const drawn = this.#style.layers
      .filter((layer) => metaOf(layer).slug === entry.layer)
      .map(switchedOn)
      .map((layer) => paler(layer, entry.opacity));
    return { key: `${OWN}${entry.layer}`, source, drawn: source ? drawn : [] };
  }

  async #result(entry: Entry, run: string): Promise<Drawn> {
    const found = await describedOf(run).catch(() => null);
    if (!found) return { key: `${OWN}${run}`, source: undefined, drawn: [] };
    const { tiles, maxzoom, bounds } = found;
    const drawn = resultLayers(found).map((layer) => paler(layer, entry.opacity));
    return { key: `${OWN}${run}`, source: { type: "vector", tiles, maxzoom, ...(bounds ? { bounds } : {}) }, drawn };
  }

  async #thematic(entry: Entry): Promise<Drawn> {
    const classes = entry.theme ? await classesOf(entry.layer, entry.theme) : null;
    const query = new URLSearchParams();
    if (entry.theme) query.set("field", entry.theme.field);
    if (entry.filter) query.set("filter", JSON.stringify(entry.filter));
    const version = mapConfig.versions[entry.layer] ?? 0;
    const address = `${location.origin}${mapConfig.tilesUrl}/${entry.layer}/${version}/{z}/{x}/{y}.mvt?${query.toString()}`;
    const colour = colourOf(classes);
    const common = { source: "", "source-layer": entry.layer } as const;
    const geometry = config.layers.find(({ slug }) => slug === entry.layer)?.geometry;
    const opacity = entry.opacity;
    const drawn: LayerSpecification[] =
      geometry === "point"
        ? [{ id: "", type: "circle", ...common, paint: { "circle-color": colour, "circle-radius": ["interpolate", ["linear"], ["zoom"], 8, 3, 14, 7], "circle-opacity": opacity, "circle-stroke-color": "#ffffff", "circle-stroke-width": 1, "circle-stroke-opacity": opacity } }]
        : geometry === "line"
          ? [{ id: "", type: "line", ...common, paint: { "line-color": colour, "line-width": ["interpolate", ["linear"], ["zoom"], 8, 1.5, 14, 4], "line-opacity": opacity } }]
          : [
              { id: "", type: "fill", ...common, paint: { "fill-color": colour, "fill-opacity": THEMED * opacity } },
              { id: "", type: "line", ...common, minzoom: 11, paint: { "line-color": "#0f2930", "line-width": 0.5, "line-opacity": 0.6 * opacity } },
            ];
    return { key: `${OWN}${address}`, source: { type: "vector", tiles: [address], minzoom: 5, maxzoom: LAST_ZOOM }, drawn };
  }
}

/** Value → colour: steps of numbers, or one colour a value; the missing are grey. */
function colourOf(classes: Classes | null): ExpressionSpecification {
  if (!classes) return ["literal", PLAIN] as unknown as ExpressionSpecification;
  const { lines, unknown } = classes;
  const [first] = lines;
  if (!first) return ["literal", unknown] as unknown as ExpressionSpecification;
  if (classes.kind === "value") {
    return ["match", ["to-string", ["coalesce", ["get", "v"], ""]], ...lines.flatMap(({ value, colour }) => [value ?? "", colour]), unknown] as unknown as ExpressionSpecification;
  }
  const steps = lines.slice(1).flatMap(({ low, colour }) => [low ?? 0, colour]);
  const step = steps.length ? ["step", ["to-number", ["get", "v"]], first.colour, ...steps] : first.colour;
  return ["case", ["has", "v"], step, unknown] as unknown as ExpressionSpecification;
}

/** The layer's own drawing, so much paler; zoom curves keep their shape. */
function paler(layer: LayerSpecification, share: number): LayerSpecification {
  if (share >= 1) return layer;
  const paint = { ...(layer.paint as Record<string, unknown> | undefined) };
  for (const name of OPACITIES) {
    if (!name.startsWith(layer.type === "symbol" ? "text" : layer.type)) continue;
    paint[name] = times(paint[name] ?? 1, share);
  }
  return { ...layer, paint } as LayerSpecification;
}

function times(value: unknown, share: number): unknown {
  if (typeof value === "number") return value * share;
  if (!Array.isArray(value)) return share;
  const [operator, ...rest] = value as [string, ...unknown[]];
  if (operator === "interpolate" || operator === "interpolate-hcl") return [operator, rest[0], rest[1], ...rest.slice(2).map((each, index) => (index % 2 ? times(each, share) : each))];
  if (operator === "step") return [operator, rest[0], ...rest.slice(1).map((each, index) => (index % 2 ? each : times(each, share)))];
  return ["*", value, share];
}
