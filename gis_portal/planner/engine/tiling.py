"""The tiles of shapes that cut, and which rows they may touch: an index of the rows finds them.

Neighbour: `overlay.py`, which asks and cuts what is found here; decision 0042.
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from gis_portal.planner.engine.errors import WrongShapes
from gis_portal.planner.engine.rows import CHUNK, DEGREES, POLYGON, Rows
from gis_portal.planner.engine.store import COLUMNS, fetched
from gis_portal.planner.engine.working import Work
from layers.cql2 import Sql

# Corners of a tile: more are slower to cut with, fewer make tiles of shapes that need none.
TILE_CORNERS = 256
# Metres of a degree at the equator, the most; of one of longitude in the north of the country.
LONG_DEGREE_M, SHORT_DEGREE_M = 111_700.0, 100_000.0
# How far a straight side of a degree on one grid may leave the straight side on another, degrees.
BEND = 0.003


@dataclass(frozen=True)
class Cutter:
    """A set of polygons ready to cut with: a stage of the shapes, and one of their tiles.

    Attributes:
        is_divided: some shape has several tiles.
        reach: the longest side of a tile's box, in metres.
    """

    shapes: str
    tiles: str
    count: int
    is_divided: bool
    reach: float


def cutter(work: Work, rows: Rows) -> Cutter:
    """Divide the polygons of a set. Raises WrongShapes for points and lines."""
    if rows.dimension != POLYGON:
        raise WrongShapes(_("Lớp dùng để chồng phải là vùng."))
    whole = work.into_stage(rows, _("Đọc các vùng"))
    assert whole.part is not None
    part = work.store.stage()
    shapes, tiles = work.store.table(whole.part), work.store.table(part)
    size, work.written = max(200, CHUNK // 10), 0
    tile = f"ST_Subdivide(s.geom, {TILE_CORNERS})"
    for start in range(1, whole.last + 1, size):
        work.told(0, _("Chia các vùng"))
        text = _TILES.format(
            tiles=tiles, columns=COLUMNS, shapes=shapes, tile=tile, written=work.written
        )
        work.written += work.do(Sql(text, (start, start + size)))[0]
    work.store.index(part)
    divided, reach = fetched(Sql(_EXTREMES.format(tiles=tiles)))[0]
    return Cutter(shapes, tiles, whole.count, divided, reach)


# `a_id` is the number of the shape, `whole` says that the tile is all of it, `length_m` how many
# tiles it has. Neighbours are stored far apart, so that every core finds a share of each chunk.
_TILES = """INSERT INTO {tiles} ({columns})
SELECT {written} + row_number() OVER (ORDER BY md5(d.seq::text), d.tile), d.seq, d.a_uid, NULL,
  d.unit_id, d.classes, NULL, count(*) OVER (PARTITION BY d.seq), NULL,
  count(*) OVER (PARTITION BY d.seq) = 1, false, d.tile, NULL
FROM (SELECT s.seq, s.a_uid, s.unit_id, s.classes, {tile} AS tile FROM {shapes} s
  WHERE s.seq >= %s AND s.seq < %s) d
ORDER BY 1"""
_EXTREMES = """SELECT coalesce(bool_or(NOT t.whole), false), coalesce(max(greatest(
  ST_XMax(t.geom) - ST_XMin(t.geom), ST_YMax(t.geom) - ST_YMin(t.geom))), 0) FROM {tiles} t"""


class Near:
    """Which tiles and rows are compared, chunk by chunk: the index of the rows finds them.

    Features are indexed in degrees, tiles lie in the grid: their boxes get a margin for what is
    straight in one and bent in the other.
    """

    def __init__(self, work: Work, rows: Rows, by: Cutter, size: int) -> None:
        self.chunks = list(rows.chunks(size))
        self._tiles, self._srid, self._place = by.tiles, work.grid.srid, rows.place
        # Few rows look up the many tiles instead.
        self.by_tile = not rows.sampled and rows.count >= by.count
        self._boxes: dict[int, str] = {}
        self._margin = 0.0
        if self.by_tile:
            degrees = rows.place == DEGREES
            found = work.read(rows.boxes(size))
            self._boxes = {number: box for number, box, _reach in found}
            reach = max((reach or 0.0 for _number, _box, reach in found), default=0.0)
            if degrees:
                tile = by.reach / SHORT_DEGREE_M
                self._margin = BEND * (reach**2 + tile**2) + 1e-6

    def pairs(self, number: int) -> Sql:
        """FROM of the rows `a` of a chunk and the tiles `t`."""
        chunk = self.chunks[number]
        if not self.by_tile:
            text = f"({chunk.text}) a JOIN {self._tiles} t ON t.geom && a.shape"
            return Sql(text, chunk.values)
        box, values = "ST_Envelope(t.geom)", chunk.values
        if self._place == DEGREES:
            box = f"ST_Expand(ST_Envelope(ST_Transform(t.geom, 4326)), {self._margin!r})"
        if number not in self._boxes:
            return Sql(f"({chunk.text}) a JOIN {self._tiles} t ON a.place && {box}", values)
        within, found = "%s::geometry", (self._boxes[number],)
        if self._place == DEGREES:
            metres = self._margin * LONG_DEGREE_M
            within = (
                "ST_Expand(ST_Envelope(ST_Transform(ST_Segmentize("
                f"%s::geometry, 0.01), {self._srid})), {metres!r})"
            )
        text = f"({chunk.text}) a JOIN {self._tiles} t ON t.geom && {within} AND a.place && {box}"
        return Sql(text, (*values, *found))
