// proj4's inner modules carry no types; only the transverse Mercator is bundled.
declare module "proj4/lib/core.js" {
  const proj4: unknown;
  export default proj4;
}
declare module "proj4/lib/projections/tmerc.js" {
  const projection: unknown;
  export default projection;
}
