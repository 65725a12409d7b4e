// What a touch on a far zoom may say: sums of cells, shapes too small to be picked, never a parcel.
import { describe, expect, it } from "vitest";
import type { LayerInfo } from "../src/config";
import { isCell, type Rendered, sums } from "../src/map/cell-sums";

const parcels = { slug: "parcels", geometry: "polygon", by: "use" } as LayerInfo;
const stations = { slug: "stations", geometry: "point", by: "" } as LayerInfo;

function cell(n: number, area: number, name: string, layer = "parcels"): Rendered {
  return { sourceLayer: `${layer}.cells`, properties: { n, area, class: name } };
}

describe("sums under the finger", () => {
  it("adds numbers and areas of the cells, the most frequent class first", () => {
    const touched = [cell(3, 900, "ONT"), cell(2, 100, "CLN"), cell(5, 1000.5, "CLN")];
    const [sum] = sums(touched, [stations, parcels]);
    expect(sum).toMatchObject({ layer: parcels, summed: 10, area: 2000.5, alone: 0 });
    expect(sum?.classes).toEqual(["CLN", "ONT"]);
  });

  it("keeps shapes that are drawn alone apart, each once though two tiles hold it", () => {
    const shape = { id: 7, sourceLayer: "parcels", properties: { use: "ONT" } };
    const picked = { id: 8, sourceLayer: "parcels", properties: { uid: "a", use: "ONT" } };
    const [sum] = sums([shape, { ...shape }, picked, cell(1, 50, "ONT")], [parcels]);
    expect(sum).toMatchObject({ summed: 1, alone: 1, area: 50 });
  });

  it("knows no area of points and takes a class named by its field", () => {
    const circle = { sourceLayer: "stations.cells", properties: { n: 42 } };
    expect(sums([circle], [stations])[0]).toMatchObject({ summed: 42, area: null, classes: [] });
    const older = { sourceLayer: "parcels.cells", properties: { n: 1, area: 9, use: "LUC" } };
    expect(sums([older], [parcels])[0]?.classes).toEqual(["LUC"]);
  });

  it("says nothing where there is only what has a name", () => {
    const picked = { id: 8, sourceLayer: "parcels", properties: { uid: "a" } };
    expect(sums([picked], [parcels])).toEqual([]);
    expect(isCell(picked)).toBe(false);
    expect(isCell(cell(1, 1, "x"))).toBe(true);
  });
});
