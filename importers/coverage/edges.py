"""Edges without a partner: in a clean coverage each inner edge runs once each way and cancels.

The depth (how many polygons cover a place) changes only at what is left over, so overlaps and gaps
are bounded by left-over edges and by nothing else. Works in whole millimetres (1e-8 degrees).
"""

from dataclasses import dataclass, fields

import numpy as np
import shapely

from layers.outlines import outlines

_MIX = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F))
_SHIFT = np.uint64(29)


@dataclass(frozen=True)
class Edges:
    """Edges from `a` to `b` with their polygon's inside on the left, all arrays (n,).

    `ax`, `ay`, `bx`, `by` are whole units from the plane's origin (int64). `px`, `py` is the corner
    before `a`, `nx`, `ny` the one after `b`. `owner` is the polygon's place in the import, `key`
    the edge's name without direction, `forward` its direction.
    """

    ax: np.ndarray
    ay: np.ndarray
    bx: np.ndarray
    by: np.ndarray
    px: np.ndarray
    py: np.ndarray
    nx: np.ndarray
    ny: np.ndarray
    owner: np.ndarray
    key: np.ndarray
    forward: np.ndarray

    def __len__(self) -> int:
        return len(self.key)

    def take(self, which: np.ndarray) -> "Edges":
        """The edges of a mask or of positions."""
        return Edges(*(getattr(self, f.name)[which] for f in fields(self)))


def joined(parts: list[Edges]) -> Edges:
    """All edges in one, in order."""
    return Edges(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Edges)))


@dataclass(frozen=True)
class Plane:
    """From the source's coordinates to whole units: 1 mm, or 1e-8 degrees."""

    x: float
    y: float
    per_unit: float

    @classmethod
    def around(cls, shapes: np.ndarray, *, geographic: bool) -> "Plane":
        """A plane whose origin lies beside these shapes."""
        x, y = np.floor(shapely.total_bounds(shapes)[:2])
        return cls(float(x), float(y), 1e-8 if geographic else 1e-3)

    def units(self, coordinates: np.ndarray) -> np.ndarray:
        """Coordinates (n, 2) as whole units, int64 (n, 2)."""
        return np.rint((coordinates - (self.x, self.y)) / self.per_unit).astype(np.int64)

    def position(self, x: float, y: float) -> tuple[float, float]:
        """Whole units back to the source's coordinates."""
        return self.x + x * self.per_unit, self.y + y * self.per_unit


def lone_edges(shapes: np.ndarray, plane: Plane, first_owner: int) -> tuple[Edges, np.ndarray]:
    """(edges of polygons and multipolygons (n,) that do not cancel among them, all edges of each).

    Repeated points are left out.
    """
    ring_owner, xy, ring = _rings(shapes)
    points = plane.units(xy)
    x, y = np.ascontiguousarray(points[:, 0]), np.ascontiguousarray(points[:, 1])
    keep = np.ones(len(x), dtype=bool)
    keep[1:] = (x[1:] != x[:-1]) | (y[1:] != y[:-1]) | (ring[1:] != ring[:-1])
    # The last stored point of a ring is its first one again.
    keep[np.flatnonzero(np.diff(ring, append=-1))] = False
    corners = _Corners.of(x[keep], y[keep], ring[keep], ring_owner)
    counts = np.bincount(corners.owner, minlength=len(shapes))
    return _built(corners, first_owner), counts.astype(np.int32)


@dataclass(frozen=True)
class _Corners:
    """Corners of rings, each the start of an edge to the next one; arrays (n,)."""

    x: np.ndarray
    y: np.ndarray
    following: np.ndarray
    owner: np.ndarray
    left: np.ndarray

    @classmethod
    def of(
        cls, x: np.ndarray, y: np.ndarray, ring: np.ndarray, ring_owner: np.ndarray
    ) -> "_Corners":
        starts = np.flatnonzero(np.diff(ring, prepend=-1))
        following = np.arange(1, len(x) + 1)
        following[np.append(starts[1:], len(x))[: len(starts)] - 1] = starts
        owners = ring_owner[ring[starts]] if len(starts) else ring_owner[:0]
        counts = np.diff(starts, append=len(x))
        # Twice the signed area, from the ring's first corner to keep the numbers small.
        u = (x - np.repeat(x[starts], counts)).astype(float)
        v = (y - np.repeat(y[starts], counts)).astype(float)
        cross = u * v[following] - u[following] * v
        area = np.add.reduceat(cross, starts) if len(starts) else cross
        left = np.repeat((area > 0) == (owners >= 0), counts)
        return cls(x, y, following, np.repeat(np.where(owners < 0, ~owners, owners), counts), left)


def _built(corners: _Corners, first_owner: int) -> Edges:
    """Edges that do not cancel, turned so that the inside is on the left."""
    mixed = _mixed(corners.x, corners.y)
    start, end = mixed, mixed[corners.following]
    key = _named(np.minimum(start, end), np.maximum(start, end))
    forward = (start < end) == corners.left
    lone = _lone(key, forward)
    before = np.empty_like(corners.following)
    before[corners.following] = np.arange(len(before))
    left, follow = corners.left[lone], corners.following
    a = np.where(left, lone, follow[lone])
    b = np.where(left, follow[lone], lone)
    p = np.where(left, before[a], follow[a])
    n = np.where(left, follow[b], before[b])
    x, y = corners.x, corners.y
    ends = (x[a], y[a], x[b], y[b], x[p], y[p], x[n], y[n])
    return Edges(*ends, corners.owner[lone] + first_owner, key[lone], forward[lone])


def _rings(shapes: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(owner of each ring with its kind: ~owner for holes, coordinates (m, 2), ring of each).

    Taking rings apart makes an object of each: only shapes with holes or parts need it.
    """
    if (simple := outlines(shapes)) is not None:
        owner = np.arange(len(shapes))
        return owner, simple.xy, np.repeat(owner, simple.counts)
    plain = (shapely.get_type_id(shapes) == 3) & (shapely.get_num_interior_rings(shapes) == 0)
    owner = np.flatnonzero(plain)
    xy, ring = shapely.get_coordinates(shapes[owner], return_index=True)
    others = np.flatnonzero(~plain)
    other_owner, other_xy, other_ring = _rings_apart(shapes[others])
    place = np.where(other_owner < 0, ~others[~other_owner], others[other_owner])
    return (
        np.concatenate([owner, place]),
        np.concatenate([xy, other_xy]),
        np.concatenate([ring, other_ring + len(owner)]),
    )


def _rings_apart(shapes: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """`_rings` of shapes with holes or several parts."""
    kind, xy, offsets = shapely.to_ragged_array(shapes, include_z=False, include_m=False)
    if kind == shapely.GeometryType.POLYGON:
        offsets = (*offsets, np.arange(len(shapes) + 1, dtype=np.int32))
    ring_at, part_at, shape_at = offsets
    lengths = np.diff(ring_at)
    ring = np.repeat(np.arange(len(lengths)), lengths)
    part_of_ring = np.repeat(np.arange(len(part_at) - 1), np.diff(part_at))
    owner = np.repeat(np.arange(len(shape_at) - 1), np.diff(shape_at))[part_of_ring]
    hole = np.ones(len(lengths), dtype=bool)
    hole[part_at[:-1][np.diff(part_at) > 0]] = False
    return np.where(hole, ~owner, owner), xy, ring


def _named(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """The same number for both directions of an edge, from the mixed numbers of its ends."""
    return np.asarray(((low * _MIX[0]) ^ (high + (low >> _SHIFT))) * _MIX[1])


def _mixed(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    mixed = x.view(np.uint64) * _MIX[0] + y.view(np.uint64) * _MIX[1]
    mixed ^= mixed >> _SHIFT
    mixed *= _MIX[0]
    return np.asarray(mixed ^ (mixed >> _SHIFT))


def left_over(edges: Edges) -> Edges:
    """The edges that do not run exactly once each way."""
    return edges.take(_lone(edges.key, edges.forward))


def _lone(names: np.ndarray, directions: np.ndarray) -> np.ndarray:
    """Positions of edges without exactly one partner of the other direction, ascending."""
    order = np.argsort(names)
    key, forward = names[order], directions[order]
    same = key[1:] == key[:-1]
    alone_before = np.concatenate([[True], ~same])
    alone_after = np.concatenate([~same, [True]])
    # First of exactly two: differs from the one before, equals the next, which differs from its
    # next.
    pair = np.flatnonzero(alone_before[:-1] & same & alone_after[1:])
    cancel = pair[forward[pair] != forward[pair + 1]]
    stays = np.ones(len(key), dtype=bool)
    stays[cancel] = stays[cancel + 1] = False
    return np.sort(order[stays])


def doubled(edges: Edges) -> np.ndarray:
    """Owners of edges that two polygons have in the same direction: they lie on each other."""
    order = np.lexsort((edges.forward, edges.key))
    key, forward, owner = edges.key[order], edges.forward[order], edges.owner[order]
    same = (key[1:] == key[:-1]) & (forward[1:] == forward[:-1]) & (owner[1:] != owner[:-1])
    return np.unique(np.concatenate([owner[1:][same], owner[:-1][same]]))
