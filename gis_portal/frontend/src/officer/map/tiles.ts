// Tiles out of the packs on the device: MapLibre asks `pack://<group>/<z>/<x>/<y>`, nothing is asked of the network.
import { addProtocol } from "maplibre-gl";
import { PMTiles, type RangeResponse, type Source } from "pmtiles";
import { partData } from "../packs/install";

const SCHEME = "pack";
const ADDRESS = /^pack:\/\/([^/]+)\/(\d+)\/(\d+)\/(\d+)/;

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
  groups.clear();
}

interface Member {
  unit: number;
  part: string;
}

const groups = new Map<string, Member[]>();

/** The packs that answer for a group, whoever comes first first. */
export function gather(group: string, members: Member[]): void {
  groups.set(group, members);
}

export function address(group: string): string {
  return `${SCHEME}://${encodeURIComponent(group)}/{z}/{x}/{y}`;
}

/** The tile of the first that has it; a pack that cannot be read leaves it to the next. */
export async function firstTile(
  asked: readonly (() => Promise<Pick<PMTiles, "getZxy"> | null>)[],
  [z, x, y]: [number, number, number],
  signal?: AbortSignal,
): Promise<ArrayBuffer> {
  for (const open of asked) {
    try {
      const found = await (await open())?.getZxy(z, x, y, signal);
      if (found?.data.byteLength) return found.data;
    } catch (error) {
      if (signal?.aborted) throw error;
      console.warn("tile", error);
    }
  }
  return new ArrayBuffer(0);
}

export function startProtocol(): void {
  addProtocol(SCHEME, async ({ url }, abort) => {
    const [, group = "", ...zxy] = ADDRESS.exec(url) ?? [];
    const members = groups.get(decodeURIComponent(group)) ?? [];
    const asked = members.map(({ unit, part }) => () => archive(unit, part));
    return { data: await firstTile(asked, zxy.map(Number) as [number, number, number], abort.signal) };
  });
}
