// Whether a picture can be made out where the map stands: arithmetic over the pixels of the screen.

export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export type Sight = "seen" | "tiny" | "elsewhere";

// Smaller than a thumb: nobody finds it among the labels.
const LEAST_PX = 48;

/** `room` is what the sheet leaves free of the map. */
export function sight(picture: Box, room: Box): Sight {
  const beside = picture.right <= room.left || picture.left >= room.right;
  if (beside || picture.bottom <= room.top || picture.top >= room.bottom) return "elsewhere";
  const size = Math.max(picture.right - picture.left, picture.bottom - picture.top);
  return size < LEAST_PX ? "tiny" : "seen";
}
