"""How deep is the ground covered along horizontal lines? Finds a polygon that lies wholly inside
another, which no contact of edges shows.

Only left-over edges change the depth, so only they are cut with the lines.
"""

import numpy as np

from importers.coverage.edges import Edges

# Crossings that one pass may make, as a share of the edges; the lines' distance follows from it.
_CROSSINGS_PER_EDGE = 2.0
# Shorter stretches (units: mm) are the rounding of two neighbours' common line.
_LEAST = 10.0


def suspects_of_depth(edges: Edges, corners: np.ndarray) -> np.ndarray:
    """Owners that lie on each other along some line, and lonely polygons that no line meets.

    `corners` (n,) counts the edges of every polygon of the import.
    """
    if not len(edges):
        return np.empty(0, dtype=np.int64)
    low, high = np.minimum(edges.ay, edges.by), np.maximum(edges.ay, edges.by)
    total = float((high - low).sum())
    apart = max(1, int(total / (_CROSSINGS_PER_EDGE * len(edges))))
    # Half a unit above a whole number: a line never meets a corner.
    first = -(-low // apart)
    counts = np.maximum((high - 1) // apart - first + 1, 0)
    between = _between_lines(edges, counts, corners)
    return np.unique(np.concatenate([between, _deep(edges, first, counts, apart)]))


def _deep(edges: Edges, first: np.ndarray, counts: np.ndarray, apart: int) -> np.ndarray:
    edge = np.repeat(np.arange(len(edges)), counts)
    line = np.arange(len(edge)) - np.repeat(np.cumsum(counts) - counts, counts)
    line += np.repeat(first, counts)
    y = line * apart + 0.5
    ax, ay = edges.ax[edge].astype(float), edges.ay[edge]
    x = ax + (edges.bx[edge] - ax) * (y - ay) / (edges.by[edge] - ay)
    # Inside is on the left: an edge that goes down is entered from the west.
    change = np.where(edges.by[edge] < ay, 1, -1)
    order = np.lexsort((-change, x, line))
    line, x, change, owner = line[order], x[order], change[order], edges.owner[edge[order]]
    depth = np.cumsum(change)  # every line ends at depth 0, so the sum may run on
    deep = (depth[:-1] >= 2) & (np.diff(x) > _LEAST) & (line[1:] == line[:-1])
    return np.unique(np.concatenate([owner[:-1][deep], owner[1:][deep]]))


def _between_lines(edges: Edges, counts: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """Owners that share no edge with anybody and that no line meets."""
    owners, place, own = np.unique(edges.owner, return_inverse=True, return_counts=True)
    met = np.zeros(len(owners), dtype=bool)
    met[place[counts > 0]] = True
    return np.asarray(owners[~met & (own == corners[owners])])
