// What a room shows: a page, or a sheet beside the map. Rooms know nothing of each other; the frame (./frame.ts) holds them.
import type { OfficerMap } from "../map/map";

export interface Screen {
  title: string;
  layout: "map" | "sheet" | "page";
  body: Node;
  /** Called once the map is there; only for `map` and `sheet`. */
  onMap?: (map: OfficerMap) => void;
  /** Called when another screen comes: stop watching, take marks off the map. */
  leave?: (map: OfficerMap | null) => void;
}

export type Room = (args: string[]) => Screen | Promise<Screen>;
