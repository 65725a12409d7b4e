// Tiles whose version was retired: the address carries the version, so a new publication shows as
// 404 "version-retired" on old addresses. MapLibre draws a 404 as an empty tile and says nothing, hence
// this protocol of our own in front of the portal's vector tiles.
import * as maplibregl from "maplibre-gl";

const SCHEME = "portal-tile";
const TILE = /\/tiles\/([a-z0-9-]+)\/[^/]+\/\d+\/\d+\/\d+\.mvt(?:\?|$)/;

/** Registered with MapLibre as `transformRequest`: our own tiles go through the protocol below. */
export function transformRequest(url: string): maplibregl.RequestParameters {
  return TILE.test(url) ? { url: `${SCHEME}${url.replace(/^http/, "")}` } : { url };
}

/** Tiles for everybody are asked for without cookies: whoever keeps answers keeps one for all. */
export function credentialsFor(url: string): RequestCredentials {
  return new URL(url).searchParams.get("as") === "reader" ? "same-origin" : "omit";
}

/** `onRetired` is called with the layer's slug when one of its tiles belongs to a retired version. */
export function watchTiles(onRetired: (slug: string) => void): void {
  for (const suffix of ["", "s"]) {
    maplibregl.addProtocol(SCHEME + suffix, async (request, abort) => {
      const url = request.url.replace(SCHEME, "http");
      const response = await fetch(url, { signal: abort.signal, credentials: credentialsFor(url) });
      if (response.status === 404) {
        const slug = TILE.exec(url)?.[1];
        if (slug) onRetired(slug);
        return { data: new ArrayBuffer(0) };
      }
      if (!response.ok) throw new Error(`${response.status} ${url}`);
      return { data: await response.arrayBuffer() };
    });
  }
}

interface TileJson {
  tiles: string[];
}

/** Read the layer's TileJSON again and move its source to the version that is live now. */
export async function refreshSource(map: maplibregl.Map, slug: string): Promise<boolean> {
  const source = map.getSource(slug);
  if (!(source instanceof maplibregl.VectorTileSource)) return false;
  const response = await fetch(`/tiles/${slug}/tilejson.json`, { cache: "no-cache" });
  if (!response.ok) return false;
  const { tiles } = (await response.json()) as TileJson;
  if (!tiles[0] || tiles[0] === source.tiles?.[0]) return false;
  source.setTiles(tiles);
  return true;
}
