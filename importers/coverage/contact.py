"""Where left-over edges meet: does one run into the inside of the other's polygon?

Looks at pairs of edges of different polygons, at a common corner or along the way. Touching from
outside (a T-junction, a corner against a wall) is what neighbours do and is no suspicion.
"""

from collections.abc import Iterator

import numpy as np

from importers.coverage.edges import Edges

# Units (mm) within which a corner stands on a line: coordinates are rounded, and an overlap of one
# square metre is wider than this somewhere.
NEAR = 3.0
# Strips are as high as most edges are long, so that an edge lies in one or two.
_STRIP_SHARE = 0.9
_PAIRS_AT_ONCE = 2_000_000


def suspects_of_contact(edges: Edges) -> np.ndarray:
    """Owners whose edges run into each other, sorted, each once."""
    found: list[np.ndarray] = [np.empty(0, dtype=np.int64)]
    for one, other in _at_common_corners(edges):
        bad = _enters_at_corner(edges, one, other)
        found += [edges.owner[one[bad]], edges.owner[other[bad]]]
    for one, other in _near_pairs(edges):
        bad = _runs_into(edges, one, other)
        found += [edges.owner[one[bad]], edges.owner[other[bad]]]
    return np.unique(np.concatenate(found))


# --- Common corners -------------------------------------------------------------------------------
def _at_common_corners(edges: Edges) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Pairs (positions 2·i for the start of edge i, 2·i+1 for its end) as positions of edges.

    The corner's end of each is kept in the parity: see `_enters_at_corner`.
    """
    x = np.concatenate([edges.ax, edges.bx])
    y = np.concatenate([edges.ay, edges.by])
    order = np.lexsort((y, x))
    same = (np.diff(x[order]) == 0) & (np.diff(y[order]) == 0)
    # At a corner where n ends meet, each end is compared with the next 1 … n-1 of its group.
    step, here = 1, np.flatnonzero(same)
    while len(here):
        yield order[here], order[here + step]
        reach = here + step
        inside = reach < len(same)
        here = here[inside][same[reach[inside]]]
        step += 1


def _enters_at_corner(edges: Edges, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Whether an end's edge points strictly into the polygon of the other end, bool (n,).

    `one`, `other` are positions of ends and become positions of edges in place.
    """
    count = len(edges)
    bad = _inside_corner(edges, one, other, count) | _inside_corner(edges, other, one, count)
    one %= count
    other %= count
    return np.asarray(bad & (edges.owner[one] != edges.owner[other]))


def _inside_corner(edges: Edges, end: np.ndarray, other: np.ndarray, count: int) -> np.ndarray:
    """The edge at `other` lies strictly between the two sides of the corner at `end`."""
    i, at_end = end % count, end >= count
    x = np.where(at_end, edges.bx[i], edges.ax[i])
    y = np.where(at_end, edges.by[i], edges.ay[i])
    # Inside of a corner: counter-clockwise from the side that leaves to the side that arrived.
    leave = _towards(np.where(at_end, edges.nx[i], edges.bx[i]), x, edges, i, at_end, y, leave=True)
    arrive = _towards(
        np.where(at_end, edges.ax[i], edges.px[i]), x, edges, i, at_end, y, leave=False
    )
    j, other_end = other % count, other >= count
    beam = np.stack(
        [
            np.where(other_end, edges.ax[j], edges.bx[j]) - x,
            np.where(other_end, edges.ay[j], edges.by[j]) - y,
        ]
    ).astype(float)
    return _strictly_between(leave, beam, arrive)


def _towards(
    target_x: np.ndarray,
    x: np.ndarray,
    edges: Edges,
    i: np.ndarray,
    at_end: np.ndarray,
    y: np.ndarray,
    *,
    leave: bool,
) -> np.ndarray:
    """The direction from the corner (x, y) along one side of it, float (2, n)."""
    if leave:
        target_y = np.where(at_end, edges.ny[i], edges.by[i])
    else:
        target_y = np.where(at_end, edges.ay[i], edges.py[i])
    return np.stack([target_x - x, target_y - y]).astype(float)


def _cross(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    return np.asarray(u[0] * v[1] - u[1] * v[0])


def _strictly_between(start: np.ndarray, beam: np.ndarray, end: np.ndarray) -> np.ndarray:
    """`beam` lies counter-clockwise after `start` and before `end`, farther than NEAR from both."""
    from_start, to_end = _cross(start, beam), _cross(beam, end)
    convex = _cross(start, end) > 0
    inside = np.where(convex, (from_start > 0) & (to_end > 0), ~((from_start <= 0) & (to_end <= 0)))
    return np.asarray(inside & _off_line(start, beam) & _off_line(end, beam))


def _off_line(side: np.ndarray, beam: np.ndarray) -> np.ndarray:
    """The nearer of the two ends is not within NEAR of the other's line, or points elsewhere."""
    length = np.minimum(np.hypot(*side), np.hypot(*beam))
    product = np.hypot(*side) * np.hypot(*beam)
    away = np.abs(_cross(side, beam)) * length > NEAR * product
    backwards = side[0] * beam[0] + side[1] * beam[1] < 0
    return np.asarray(away | backwards)


# --- Along the way --------------------------------------------------------------------------------
def _near_pairs(edges: Edges) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Pairs of edges of different polygons whose boxes meet; pairs may come more than once."""
    if len(edges) < 2:
        return
    x0, x1 = np.minimum(edges.ax, edges.bx), np.maximum(edges.ax, edges.bx)
    y0, y1 = np.minimum(edges.ay, edges.by), np.maximum(edges.ay, edges.by)
    height = max(1.0, float(np.quantile(np.maximum(y1 - y0, x1 - x0), _STRIP_SHARE)))
    lowest, highest = (y0 // height).astype(np.int64), (y1 // height).astype(np.int64)
    strips = highest - lowest + 1
    edge = np.repeat(np.arange(len(edges)), strips)
    strip = np.arange(len(edge)) - np.repeat(np.cumsum(strips) - strips, strips)
    strip += np.repeat(lowest, strips)
    order = np.lexsort((x0[edge], strip))
    edge, strip = edge[order], strip[order]
    left, right, low, high = x0[edge], x1[edge], y0[edge], y1[edge]
    owner = edges.owner[edge]
    here, step = np.arange(len(edge) - 1), 1
    while len(here):
        there = here + step
        meets = (strip[there] == strip[here]) & (left[there] <= right[here] + NEAR)
        here, there = here[meets], there[meets]
        near = (low[there] <= high[here] + NEAR) & (low[here] <= high[there] + NEAR)
        near &= owner[there] != owner[here]
        if near.any():
            yield edge[here[near]], edge[there[near]]
        step += 1
        here = here[here + step < len(edge)]


def _runs_into(edges: Edges, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Whether one edge crosses the other, or stands on it and leads inside, bool (n,)."""
    bad = np.zeros(len(one), dtype=bool)
    for first in range(0, len(one), _PAIRS_AT_ONCE):
        part = slice(first, first + _PAIRS_AT_ONCE)
        bad[part] = _crossing(edges, one[part], other[part])
    return bad


def _crossing(edges: Edges, e: np.ndarray, f: np.ndarray) -> np.ndarray:
    ea, eb = _points(edges, e)
    fa, fb = _points(edges, f)
    f_from, f_to = _distance(ea, eb, fa), _distance(ea, eb, fb)
    e_from, e_to = _distance(fa, fb, ea), _distance(fa, fb, eb)
    through = _apart(f_from, f_to) & _apart(e_from, e_to)
    on_e = _stands_inside(ea, eb, fa, f_from, f_to) | _stands_inside(ea, eb, fb, f_to, f_from)
    on_f = _stands_inside(fa, fb, ea, e_from, e_to) | _stands_inside(fa, fb, eb, e_to, e_from)
    along = (np.abs(f_from) <= NEAR) & (np.abs(f_to) <= NEAR)
    together = along & _same_way(ea, eb, fa, fb)
    return np.asarray(through | on_e | on_f | together)


def _points(edges: Edges, which: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    a = np.stack([edges.ax[which], edges.ay[which]]).astype(float)
    b = np.stack([edges.bx[which], edges.by[which]]).astype(float)
    return a, b


def _distance(a: np.ndarray, b: np.ndarray, point: np.ndarray) -> np.ndarray:
    """How far the point lies to the left of the line a → b; left is inside."""
    along = b - a
    return np.asarray(_cross(along, point - a) / np.hypot(*along))


def _apart(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """On both sides of the line, farther than NEAR."""
    return np.asarray((one * other < 0) & (np.minimum(np.abs(one), np.abs(other)) > NEAR))


def _stands_inside(
    a: np.ndarray, b: np.ndarray, foot: np.ndarray, at_foot: np.ndarray, at_other: np.ndarray
) -> np.ndarray:
    """The foot stands on a → b, not at its ends, and the edge's other end lies inside."""
    along = b - a
    length = np.hypot(*along)
    place = (along * (foot - a)).sum(axis=0) / length
    on_line = (np.abs(at_foot) <= NEAR) & (place > NEAR) & (place < length - NEAR)
    return np.asarray(on_line & (at_other > NEAR))


def _same_way(ea: np.ndarray, eb: np.ndarray, fa: np.ndarray, fb: np.ndarray) -> np.ndarray:
    """Two edges on one line with their insides on the same side, over more than NEAR."""
    along = eb - ea
    length = np.hypot(*along)
    start, end = (along * (fa - ea)).sum(axis=0) / length, (along * (fb - ea)).sum(axis=0) / length
    common = np.minimum(end, length) - np.maximum(start, 0.0)
    return np.asarray((end > start) & (common > NEAR))
