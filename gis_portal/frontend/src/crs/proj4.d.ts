// proj4's inner modules carry no types; only the exact transverse Mercator is bundled.
declare module "proj4/lib/core.js" {
  const convert: (from: string, to: string, position: [number, number]) => [number, number];
  export default convert;
}
declare module "proj4/lib/projections.js" {
  export function add(projection: unknown): boolean;
}
declare module "proj4/lib/projections/etmerc.js" {
  const projection: unknown;
  export default projection;
}
