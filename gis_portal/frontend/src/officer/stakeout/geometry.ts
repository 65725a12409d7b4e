// Plane geometry on the VN-2000 grid. Metres; points are [east, north]; bearings are degrees from grid north, clockwise. Pure.
export type Point = readonly [number, number];

export const toMetres = ([east, north]: readonly [number, number]): Point => [east / 1000, north / 1000];

export function distance(a: Point, b: Point): number {
  return Math.hypot(b[0] - a[0], b[1] - a[1]);
}

/** From `a` to `b`: 0 north, 90 east. */
export function bearing(a: Point, b: Point): number {
  const degrees = (Math.atan2(b[0] - a[0], b[1] - a[1]) * 180) / Math.PI;
  return (degrees + 360) % 360;
}

/** How far `p` is from the nearest place of the edge. */
export function toEdge(p: Point, a: Point, b: Point): number {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const length = dx * dx + dy * dy;
  const t = length ? Math.max(0, Math.min(1, ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / length)) : 0;
  return distance(p, [a[0] + t * dx, a[1] + t * dy]);
}

function* edges(ring: readonly Point[]): Generator<[Point, Point]> {
  for (const [i, a] of ring.entries()) {
    const b = ring[(i + 1) % ring.length];
    if (b) yield [a, b];
  }
}

/** Inside by the even-odd rule over all rings: holes and several pieces need no order. */
export function contains(rings: readonly (readonly Point[])[], p: Point): boolean {
  let inside = false;
  for (const ring of rings) {
    for (const [a, b] of edges(ring)) {
      if (a[1] > p[1] === b[1] > p[1]) continue;
      if (p[0] < ((b[0] - a[0]) * (p[1] - a[1])) / (b[1] - a[1]) + a[0]) inside = !inside;
    }
  }
  return inside;
}

/** How far `p` is from the nearest boundary, inside or outside. */
export function toBoundary(rings: readonly (readonly Point[])[], p: Point): number {
  let nearest = Infinity;
  for (const ring of rings) for (const [a, b] of edges(ring)) nearest = Math.min(nearest, toEdge(p, a, b));
  return nearest;
}

/** Positive anticlockwise. */
export function signedArea(ring: readonly Point[]): number {
  const [origin] = ring;
  if (!origin) return 0;
  let twice = 0;
  // From the first corner: coordinates of a grid have seven digits, and their products lose the last.
  for (const [a, b] of edges(ring)) {
    twice += (a[0] - origin[0]) * (b[1] - origin[1]) - (b[0] - origin[0]) * (a[1] - origin[1]);
  }
  return twice / 2;
}

export function lengthOf(line: readonly Point[]): number {
  let sum = 0;
  for (let i = 1; i < line.length; i++) sum += distance(line[i - 1] as Point, line[i] as Point);
  return sum;
}

/** Shells with their holes: a ring in an odd number of others is a hole of the smallest that holds it. */
export function polygons<P extends Point>(rings: readonly (readonly P[])[]): (readonly P[])[][] {
  const sized = rings.filter((ring) => ring.length > 2).map((ring) => ({ ring, size: Math.abs(signedArea(ring)) }));
  sized.sort((a, b) => b.size - a.size);
  const found: { shell: readonly P[]; parts: (readonly P[])[] }[] = [];
  for (const { ring } of sized) {
    const [at] = ring;
    if (!at) continue;
    const around = sized.filter((other) => other.ring !== ring && contains([other.ring], at)).length;
    const shell = around % 2 ? [...found].reverse().find((candidate) => contains([candidate.shell], at)) : undefined;
    if (shell) shell.parts.push(ring);
    else found.push({ shell: ring, parts: [ring] });
  }
  return found.map(({ parts }) => parts);
}
