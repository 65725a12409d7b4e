// Splits the server's style into what is on the map from the start and what waits until its layer is
// switched on, so that only the TileJSON and tiles of shown layers are ever fetched.
import type { LayerSpecification, StyleSpecification } from "maplibre-gl";

export interface PortalLayerMeta {
  slug: string | null;
  role: string | null;
}

export function metaOf(layer: LayerSpecification): PortalLayerMeta {
  const metadata = (layer.metadata ?? {}) as Record<string, unknown>;
  const slug = metadata["portal:layer"];
  const role = metadata["portal:role"];
  return {
    slug: typeof slug === "string" ? slug : null,
    role: typeof role === "string" ? role : null,
  };
}

/** The style with only the sources and layers of `shown`; unowned layers (background, islands) stay. */
export function subset(style: StyleSpecification, shown: ReadonlySet<string>): StyleSpecification {
  const layers = style.layers
    .filter((layer) => {
      const { slug } = metaOf(layer);
      return slug === null || shown.has(slug);
    })
    .map(switchedOn);
  const used = new Set(layers.flatMap((layer) => ("source" in layer ? [layer.source] : [])));
  const sources = Object.fromEntries(Object.entries(style.sources).filter(([id]) => used.has(id)));
  return { ...style, layers, sources };
}

/** The layer with its visibility on: in the style, non-home layers come switched off. */
export function switchedOn(layer: LayerSpecification): LayerSpecification {
  return { ...layer, layout: { ...layer.layout, visibility: "visible" } } as LayerSpecification;
}
