// The portal's public style over the tiles of the packs. Each pack is a source of its own, so each style layer is there once a pack.
import type { LayerSpecification, SourceSpecification, StyleSpecification } from "maplibre-gl";
import type { HeldUnit } from "../packs/held";
import { address, archive } from "./tiles";

export const ROWS = "rows";

interface Archive {
  unit: HeldUnit;
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
  const common = {
    tiles: [address(unit.pack.unit, part)],
    minzoom: header.minZoom,
    maxzoom: header.maxZoom,
    bounds: [header.minLon, header.minLat, header.maxLon, header.maxLat] as [number, number, number, number],
  };
  const raster = unit.pack.parts[part]?.kind === "imagery";
  const specification: SourceSpecification = raster ? { type: "raster", tileSize: 256, ...common } : { type: "vector", ...common };
  return {
    unit,
    source: `pack-${unit.pack.unit}-${part}`,
    raster,
    specification,
    layers: new Set((metadata.vector_layers ?? []).map(({ id }) => id)),
  };
}

type Drawn = Extract<LayerSpecification, { "source-layer"?: string }>;

/** Left out of a pack's tiles: what changed since they were made is drawn from its rows. */
function without(layer: Drawn, uids: readonly string[]): Drawn {
  if (!uids.length) return layer;
  const hidden = ["!", ["in", ["get", "uid"], ["literal", uids]]];
  const filter = layer.filter ? ["all", layer.filter, hidden] : hidden;
  return { ...layer, filter } as Drawn;
}

/** `base` is what the server's style says; the result has no address outside the device. */
export async function offlineStyle(base: StyleSpecification, units: readonly HeldUnit[]): Promise<StyleSpecification> {
  const wanted = units.flatMap((unit) =>
    Object.entries(unit.pack.parts)
      .filter(([, { kind }]) => kind === "tiles" || kind === "imagery")
      .map(([part]) => open(unit, part)),
  );
  const archives = (await Promise.all(wanted)).filter((found): found is Archive => found !== null);
  const sources: Record<string, SourceSpecification> = {};
  for (const [id, source] of Object.entries(base.sources)) if (source.type !== "vector") sources[id] = source;
  for (const { source, specification } of archives) sources[source] = specification;
  sources[ROWS] = { type: "geojson", data: { type: "FeatureCollection", features: [] } };
  const register = new Set(units.map(({ document }) => document.layer));
  const layers = base.layers.flatMap((layer) => drawn(layer, base, archives, register));
  return { ...base, sources, layers };
}

function drawn(layer: LayerSpecification, base: StyleSpecification, archives: readonly Archive[], register: ReadonlySet<string>): LayerSpecification[] {
  if (layer.type === "background") {
    // A pack holds no sea: where nothing is drawn is land that nobody asked about.
    const land = base.layers.find(({ id }) => id === "base:land") as { paint?: { "fill-color"?: string } } | undefined;
    const ground = { ...layer, paint: { ...layer.paint, "background-color": land?.paint?.["fill-color"] ?? "#f7f3ea" } } as LayerSpecification;
    return [ground, ...archives.filter(({ raster }) => raster).map(({ source }): LayerSpecification => ({ id: source, type: "raster", source }))];
  }
  if (!("source" in layer) || base.sources[layer.source as string]?.type !== "vector") return [layer];
  const named = { ...layer, layout: { ...layer.layout, visibility: "visible" } } as Drawn;
  const name = named["source-layer"] ?? "";
  const copies = archives
    .filter((archive) => archive.layers.has(name))
    .map(({ source, unit }): LayerSpecification => {
      const copy = { ...named, id: `${layer.id}@${source}`, source } as Drawn;
      return name === unit.document.layer ? without(copy, unit.document.hide ?? []) : copy;
    });
  if (!register.has(name)) return copies;
  const { "source-layer": _none, ...rows } = named;
  return [...copies, { ...rows, id: `${layer.id}@${ROWS}`, source: ROWS, minzoom: 10 } as LayerSpecification];
}
