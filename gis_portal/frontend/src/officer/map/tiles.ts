// Tiles out of the packs on the device: MapLibre asks `pack://<unit>/<part>/<z>/<x>/<y>`, nothing is asked of the network.
import { addProtocol } from "maplibre-gl";
import { PMTiles, type RangeResponse, type Source } from "pmtiles";
import { partData } from "../packs/install";

const SCHEME = "pack";
const ADDRESS = /^pack:\/\/(\d+)\/([^/]+)\/(\d+)\/(\d+)\/(\d+)/;

class Stored implements Source {
  constructor(
    readonly key: string,
    readonly data: Blob,
  ) {}

  getKey(): string {
    return this.key;
  }

  async getBytes(offset: number, length: number): Promise<RangeResponse> {
    return { data: await this.data.slice(offset, offset + length).arrayBuffer() };
  }
}

const archives = new Map<string, Promise<PMTiles | null>>();

/** The tiles of a unit's part; read from the device once. */
export function archive(unit: number, part: string): Promise<PMTiles | null> {
  const key = `${unit}/${part}`;
  let found = archives.get(key);
  if (!found) {
    found = partData(unit, part).then((data) => (data ? new PMTiles(new Stored(key, data)) : null));
    archives.set(key, found);
  }
  return found;
}

/** After packs changed: what was read of them is forgotten. */
export function forgetArchives(): void {
  archives.clear();
}

export function address(unit: number, part: string): string {
  return `${SCHEME}://${unit}/${encodeURIComponent(part)}/{z}/{x}/{y}`;
}

export function startProtocol(): void {
  addProtocol(SCHEME, async ({ url }, abort) => {
    const [, unit = "", part = "", z, x, y] = ADDRESS.exec(url) ?? [];
    const tiles = await archive(Number(unit), decodeURIComponent(part));
    const found = await tiles?.getZxy(Number(z), Number(x), Number(y), abort.signal);
    return { data: found?.data ?? new ArrayBuffer(0) };
  });
}
