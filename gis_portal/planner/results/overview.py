"""What a result looks like from afar: sums in squares, and shapes that are large enough to be seen.

One walk over the pieces, done once when a run has ended (or when the first far tile is asked for)
and kept as a file beside the exports: far tiles of a million pieces are then sums over some
ten thousand squares. Neighbour: `tiles.py` makes tiles of it.
"""

import math
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from uuid import UUID

import numpy as np
import numpy.typing as npt
from django.conf import settings
from django.db import connection

from gis_portal.planner.engine import store
from gis_portal.planner.models import Run
from gis_portal.planner.results.classes import class_key, source_of
from layers.exports.building import patient
from tiles.grid import EXTENT, HALF_WORLD, PIXEL, Tile

Numbers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
# Sums are kept in squares of this zoom; from the next on the database adds them up tile by tile.
BASE = 11
CELL_UNITS = 4 * PIXEL
PER_TILE = EXTENT // CELL_UNITS
CELL = 2 * HALF_WORLD / 2**BASE / PER_TILE
# A shape that many pixels wide is drawn, narrower ones are summed.
SEEN_PIXELS = 12
# Tiles of the working zoom hold at most about so many pieces.
MOST_SHAPES = 4_000
LAST_WORKING_ZOOM = 14
WORLD_PIXELS = 512
REVISION = 2


@dataclass(frozen=True)
class Overview:
    """Sums and large shapes of one run, in columns of equal length.

    Attributes:
        cell_x, cell_y: place of a square of the base zoom, counted from the north-west.
        cell_class: index into `classes`; n, area: what is summed there.
        big_seq: pieces that are drawn from `big_zoom` on; big_box: their boxes, EPSG:3857.
    """

    classes: tuple[str, ...]
    cell_x: Numbers
    cell_y: Numbers
    cell_class: Numbers
    n: Numbers
    area: Floats
    big_seq: Numbers
    big_zoom: Numbers
    big_class: Numbers
    big_area: Floats
    big_box: Floats
    # From here on every piece is drawn, and each tile stays small.
    working_zoom: int


def _columns(boxes: Floats) -> Numbers:
    middles = (boxes[:, 0] + boxes[:, 2]) / 2
    placed: Numbers = np.floor((middles + HALF_WORLD) / CELL).astype(np.int64)
    return placed


def _rows(boxes: Floats) -> Numbers:
    middles = (boxes[:, 1] + boxes[:, 3]) / 2
    placed: Numbers = np.floor((HALF_WORLD - middles) / CELL).astype(np.int64)
    return placed


def _working_zoom(sums: dict[str, Numbers], boxes: Floats) -> int:
    """Looked for once a run, since every tile asks."""
    x = np.concatenate([sums["cell_x"], _columns(boxes)])
    y = np.concatenate([sums["cell_y"], _rows(boxes)])
    n = np.concatenate([sums["n"], np.ones(len(boxes), np.int64)])
    for zoom in range(BASE + 1):
        side = PER_TILE * 2 ** (BASE - zoom)
        if _most(x // side, y // side, n) <= MOST_SHAPES:
            return zoom
    fullest = _most(x // PER_TILE, y // PER_TILE, n)
    return min(BASE + math.ceil(math.log(fullest / MOST_SHAPES, 4)), LAST_WORKING_ZOOM)


def _most(x: Numbers, y: Numbers, n: Numbers) -> int:
    """The fullest square's number."""
    if not len(n):
        return 0
    _places, where = np.unique(x * 2**24 + y, return_inverse=True)
    return int(np.bincount(where, weights=n).max())


def seen_from(width: str) -> str:
    """SQL: the zoom from which a shape so many metres wide is drawn."""
    needed = SEEN_PIXELS * 2 * HALF_WORLD / WORLD_PIXELS
    return (
        f"least(greatest(ceil(ln({needed!r}::float8 / greatest({width}, 0.01)) "
        "/ ln(2::float8)), 0), 99)::int"
    )


def overview_of(run: Run) -> Overview:
    """Kept between requests, and as a file between processes; made where it is not there."""
    return _loaded(str(run.pk), str(run.finished_at))


@lru_cache(8)
def _loaded(run: str, _finished: str) -> Overview:
    path = path_of(UUID(run))
    if not path.exists():
        return prepare(Run.objects.get(pk=run))
    with np.load(path, allow_pickle=False) as kept:
        return Overview(
            classes=tuple(kept["classes"].tolist()),
            working_zoom=int(kept["working_zoom"]),
            **{name: kept[name] for name in _NAMES},
        )


_NAMES = (
    "cell_x", "cell_y", "cell_class", "n", "area",
    "big_seq", "big_zoom", "big_class", "big_area", "big_box",
)  # fmt: skip


def prepare(run: Run) -> Overview:
    """Make and keep it: at the end of a run, so that its first map waits for nothing."""
    made = _made(run)
    path = path_of(run.pk)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_name(f"{path.stem}.{os.getpid()}.part.npz")
    np.savez(
        part,
        classes=np.array(made.classes, dtype=np.str_),
        working_zoom=np.int64(made.working_zoom),
        **{name: getattr(made, name) for name in _NAMES},
    )
    part.replace(path)
    forget_all_but(set(Run.objects.values_list("pk", flat=True)))
    return made


def path_of(run: UUID) -> Path:
    """Where it lies."""
    return Path(settings.MEDIA_ROOT) / "planner" / f"{run}.{REVISION}.npz"


def forget_all_but(kept: set[UUID]) -> None:
    """Throw away what belongs to no kept run."""
    names = {path_of(run).name for run in kept}
    for path in (Path(settings.MEDIA_ROOT) / "planner").glob("*.npz"):
        if path.name not in names and ".part." not in path.name:
            path.unlink(missing_ok=True)


def _made(run: Run) -> Overview:
    pieces = f"({pieces_sql(run)}) p"
    with patient(), connection.cursor() as cursor:
        cursor.execute(
            f"SELECT floor((x + {HALF_WORLD!r}) / {CELL!r})::bigint, "  # noqa: S608 - our own names
            f"floor(({HALF_WORLD!r} - y) / {CELL!r})::bigint, class, count(*), "
            f"coalesce(sum(area_m2), 0) FROM {pieces} WHERE seen > {BASE} GROUP BY 1, 2, 3"
        )
        cells = cursor.fetchall()
        cursor.execute(
            "SELECT seq, seen, class, coalesce(area_m2, 0), ST_XMin(g), ST_YMin(g), ST_XMax(g), "  # noqa: S608
            f"ST_YMax(g) FROM {pieces} WHERE seen <= {BASE} ORDER BY seq"
        )
        shapes = cursor.fetchall()
    classes = sorted({row[2] for row in (*cells, *shapes)})
    number = {name: index for index, name in enumerate(classes)}

    def whole(rows: list[tuple[int, ...]], column: int) -> Numbers:
        return np.array([row[column] for row in rows], dtype=np.int64)

    sums = {"cell_x": whole(cells, 0), "cell_y": whole(cells, 1), "n": whole(cells, 3)}
    boxes = np.array([row[4:8] for row in shapes], dtype=float).reshape(-1, 4)
    return Overview(
        classes=tuple(classes),
        cell_class=np.array([number[row[2]] for row in cells], dtype=np.int64),
        area=np.array([row[4] for row in cells], dtype=float),
        big_seq=whole(shapes, 0),
        big_zoom=whole(shapes, 1),
        big_class=np.array([number[row[2]] for row in shapes], dtype=np.int64),
        big_area=np.array([row[3] for row in shapes], dtype=float),
        big_box=boxes,
        working_zoom=_working_zoom(sums, boxes),
        **sums,
    )


def pieces_sql(run: Run, box: Tile | None = None) -> str:
    """SELECT seq, class, area_m2, g (EPSG:3857), x, y (middle of its box), seen (zoom).

    `class` is "" where a piece has none. With `box`, its square is bound by the tile's parameters.
    """
    key = class_key(run.document)
    class_sql = f"coalesce(classes ->> '{key}', '')" if key else "''::text"
    if box is None:
        rows = (
            "SELECT seq, classes, area_m2, shape AS g "  # noqa: S608
            f"FROM ({store.rows_sql(run.pk, source_of(run), 'geom_3857')}) r"
        )
    else:
        square = "ST_TileEnvelope(%(z)s, %(x)s, %(y)s)"
        found = store.tile_sql(run.pk, source_of(run), square)
        rows = f"SELECT seq, classes, area_m2, geom_3857 AS g FROM ({found}) r"  # noqa: S608
    width = "greatest(ST_XMax(g) - ST_XMin(g), ST_YMax(g) - ST_YMin(g))"
    return (
        f"SELECT seq, {class_sql} AS class, area_m2, g, (ST_XMin(g) + ST_XMax(g)) / 2 AS x, "  # noqa: S608
        f"(ST_YMin(g) + ST_YMax(g)) / 2 AS y, {seen_from(width)} AS seen "
        f"FROM ({rows}) s WHERE g IS NOT NULL"
    )
