// A layer that draws nothing: from here on only a part of the canvas is drawn on. Two sides of a slider on one
// canvas: nothing to keep in step, and no second map.
import type { CustomLayerInterface } from "maplibre-gl";

/** `part`: from and to as shares of the canvas's width; null ends it. */
export function scissor(id: string, part: () => [number, number] | null): CustomLayerInterface {
  return {
    id,
    type: "custom",
    render(gl): void {
      const sides = part();
      if (!sides) {
        gl.disable(gl.SCISSOR_TEST);
        return;
      }
      const [from, to] = sides.map((share) => Math.round(share * gl.drawingBufferWidth));
      gl.enable(gl.SCISSOR_TEST);
      gl.scissor(from ?? 0, 0, (to ?? 0) - (from ?? 0), gl.drawingBufferHeight);
    },
  };
}
