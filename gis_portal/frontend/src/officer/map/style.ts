// The portal's public style over the tiles of the packs. All packs are one source, so that each style layer is there once.
import type { LayerSpecification, SourceSpecification, StyleSpecification } from "maplibre-gl";
import { faded } from "../../map/imagery-layers";
import { metaOf } from "../../map/style";
import type { HeldUnit } from "../packs/held";
import { showsPictures } from "./pictures";
import { address, archive, gather } from "./tiles";

export const ROWS = "rows";
// As on the public map (../../map/imagery-layers.ts).
const FADED = 0.3;

/** A pack's tiles, opened. */
export interface Archive {
  unit: HeldUnit;
  part: string;
  raster: boolean;
  zooms: [least: number, most: number];
  box: [number, number, number, number];
  layers: ReadonlySet<string>;
}

/** Packs whose tiles are one source: same kind, same last zoom, so that nothing is asked for that a pack would have to enlarge. */
interface Group {
  source: string;
  raster: boolean;
  specification: SourceSpecification;
  layers: Set<string>;
}

interface Metadata {
  vector_layers?: { id: string }[];
}

async function open(unit: HeldUnit, part: string): Promise<Archive | null> {
  const tiles = await archive(unit.pack.unit, part).catch(() => null);
  if (!tiles) return null;
  const header = await tiles.getHeader();
  const metadata = (await tiles.getMetadata()) as Metadata;
  return {
    unit,
    part,
    raster: unit.pack.parts[part]?.kind === "imagery",
    zooms: [header.minZoom, header.maxZoom],
    box: [header.minLon, header.minLat, header.maxLon, header.maxLat],
    layers: new Set((metadata.vector_layers ?? []).map(({ id }) => id)),
  };
}

function grouped(archives: readonly Archive[]): Group[] {
  const groups = new Map<string, Archive[]>();
  for (const one of archives) {
    const name = `${one.raster ? "imagery" : "tiles"}-${one.zooms[1]}`;
    groups.set(name, [...(groups.get(name) ?? []), one]);
  }
  return [...groups].map(([source, members]): Group => {
    // On a border both packs hold the whole tile: the newest says how it is.
    members.sort((a, b) => b.unit.pack.as_of.localeCompare(a.unit.pack.as_of));
    gather(source, members.map(({ unit, part }) => ({ unit: unit.pack.unit, part })));
    const edge = (i: number, of: (...values: number[]) => number): number => of(...members.map(({ box }) => box[i] as number));
    const common = {
      tiles: [address(source)],
      minzoom: Math.min(...members.map(({ zooms }) => zooms[0])),
      maxzoom: members[0]?.zooms[1] ?? 0,
      bounds: [edge(0, Math.min), edge(1, Math.min), edge(2, Math.max), edge(3, Math.max)] as [number, number, number, number],
    };
    const raster = members[0]?.raster ?? false;
    const specification: SourceSpecification = raster ? { type: "raster", tileSize: 256, ...common } : { type: "vector", ...common };
    return { source, raster, specification, layers: new Set(members.flatMap(({ layers }) => [...layers])) };
  });
}

type Drawn = Extract<LayerSpecification, { "source-layer"?: string }>;

/** Left out of the tiles: what changed since they were made is drawn from its rows. */
function without(layer: Drawn, uids: readonly string[]): Drawn {
  if (!uids.length) return layer;
  // A table, not a list to go through for each feature.
  const hidden = ["match", ["to-string", ["get", "uid"]], uids, false, true];
  const filter = layer.filter ? ["all", layer.filter, hidden] : hidden;
  return { ...layer, filter } as Drawn;
}

/** `base` is what the server's style says; the result has no address outside the device. */
export async function offlineStyle(base: StyleSpecification, units: readonly HeldUnit[]): Promise<StyleSpecification> {
  const wanted = units.flatMap((unit) =>
    Object.entries(unit.pack.parts)
      .filter(([, { kind }]) => kind === "tiles" || (kind === "imagery" && showsPictures()))
      // A part that cannot be read takes nothing else off the map.
      .map(([part]) => open(unit, part).catch(() => null)),
  );
  return styleOver(base, units, (await Promise.all(wanted)).filter((found): found is Archive => found !== null));
}

/** As many layers as the server's style has, however many packs there are. */
export function styleOver(base: StyleSpecification, units: readonly HeldUnit[], archives: readonly Archive[]): StyleSpecification {
  const groups = grouped(archives);
  const sources: Record<string, SourceSpecification> = {};
  for (const [id, source] of Object.entries(base.sources)) if (source.type !== "vector") sources[id] = source;
  for (const { source, specification } of groups) sources[source] = specification;
  sources[ROWS] = { type: "geojson", data: { type: "FeatureCollection", features: [] } };
  const register = new Map<string, Set<string>>();
  for (const { document } of units) {
    const hidden = register.get(document.layer) ?? new Set();
    register.set(document.layer, hidden);
    for (const uid of document.hide ?? []) hidden.add(uid);
  }
  const layers = base.layers.flatMap((layer) => drawn(layer, base, groups, register));
  const pictures = groups.filter(({ raster }) => raster).map(({ source }): LayerSpecification => ({ id: source, type: "raster", source }));
  return { ...base, sources, layers: pictures.length ? overPictures(layers, pictures) : layers };
}

/** As on the public map: pictures over the bare land, under all that is data; areas are seen through. */
function overPictures(layers: readonly LayerSpecification[], pictures: readonly LayerSpecification[]): LayerSpecification[] {
  const isData = (layer: LayerSpecification): boolean => layer.id.startsWith("base:boundary") || metaOf(layer).slug !== null;
  const first = layers.findIndex(isData);
  const place = first < 0 ? layers.length : first;
  const seen = layers.slice(place).map((layer): LayerSpecification => {
    if (layer.type !== "fill") return layer;
    const opacity = faded(layer.paint?.["fill-opacity"] ?? 1, FADED) as number;
    return { ...layer, paint: { ...layer.paint, "fill-opacity": opacity } };
  });
  return [...layers.slice(0, place), ...pictures, ...seen];
}

function drawn(layer: LayerSpecification, base: StyleSpecification, groups: readonly Group[], register: ReadonlyMap<string, ReadonlySet<string>>): LayerSpecification[] {
  if (layer.type === "background") {
    // A pack holds no sea: where nothing is drawn is land that nobody asked about.
    const land = base.layers.find(({ id }) => id === "base:land") as { paint?: { "fill-color"?: string } } | undefined;
    const ground = { ...layer, paint: { ...layer.paint, "background-color": land?.paint?.["fill-color"] ?? "#f7f3ea" } } as LayerSpecification;
    return [ground];
  }
  if (!("source" in layer) || base.sources[layer.source as string]?.type !== "vector") return [layer];
  const named = { ...layer, layout: { ...layer.layout, visibility: "visible" } } as Drawn;
  const name = named["source-layer"] ?? "";
  const hidden = register.get(name);
  const copies = groups
    .filter(({ layers }) => layers.has(name))
    .map(({ source }) => without({ ...named, id: `${layer.id}@${source}`, source } as Drawn, [...(hidden ?? [])]));
  if (!hidden) return copies;
  const { "source-layer": _none, ...rows } = named;
  return [...copies, { ...rows, id: `${layer.id}@${ROWS}`, source: ROWS, minzoom: 10 } as LayerSpecification];
}
