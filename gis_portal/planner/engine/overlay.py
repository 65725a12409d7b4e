"""Pieces of one set of rows cut by another: covers first, intersection only across boundaries.

Each shape that cuts is divided into tiles of so many corners that most stay whole. Tile by tile the
rows that may touch it are looked up, and asked first whether they lie wholly inside: the database
keeps the tile prepared for such questions, so that one costs a few microseconds. Only what a
boundary runs through is cut, and only what is really cut is stored as a shape. The search is one
plain join, which PostgreSQL shares among cores; decision 0042.
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from gis_portal.planner.engine.errors import WrongShapes
from gis_portal.planner.engine.rows import CHUNK, POLYGON, Rows, staged
from gis_portal.planner.engine.store import COLUMNS, RESULT, fetched
from gis_portal.planner.engine.working import Work
from layers.cql2 import Sql

INTERSECTION, IDENTITY, DIFFERENCE = "intersection", "identity", "difference"
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
    # So few features as a sample has are compared with the shapes themselves.
    tile = "s.geom" if work.store.is_sample else f"ST_Subdivide(s.geom, {TILE_CORNERS})"
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
# What is cut of a row (null: it lies wholly inside), and its sizes. A function in the list of
# tables is computed once a row, and by every core: subqueries would give the work to one alone.
_CUT = """
SELECT c.id, c.uid, c.b_uid, c.unit_id, c.classes, c.value, c.sliver, c.b, c.tile,
  CASE WHEN {size_c} < {size_o} - {noise} THEN c.cut END AS cut,
  CASE WHEN {size_c} < {size_o} - {noise} THEN {on_maps} END AS on_maps,
  {size_o} AS whole_size, coalesce({size_c}, {size_o}) AS size{shape}
FROM (
  SELECT a.id, a.uid, coalesce({b_uid}, a.b_uid) AS b_uid, {unit} AS unit_id,
    {classes} AS classes, a.value, a.sliver, a.shape AS own, {source}, k.cut
  FROM {pairs} CROSS JOIN LATERAL unnest(CASE
    WHEN ST_Covers({by}, a.shape) THEN ARRAY[NULL::geometry]
    WHEN ST_Intersects({by}, a.shape)
    THEN ARRAY[ST_CollectionExtract(ST_Intersection(a.shape, {by}), {extract})] END) AS k(cut)
) c
WHERE c.cut IS NULL OR {size_c} > {noise}
"""
# Rows that several tiles of one shape cut: they are cut again by these tiles together, or by the
# whole shape where that is most of them.
_JOINT = """
CREATE TEMP TABLE planner_joint ON COMMIT DROP AS
SELECT g.id, g.b, CASE WHEN cardinality(g.found) * 2 > g.tiles
  THEN (SELECT s.geom FROM {shapes} s WHERE s.seq = g.b)
  ELSE (SELECT ST_Union(t.geom) FROM {tiles} t WHERE t.seq = ANY(g.found)) END AS by,
  (g.found)[1] AS tile
FROM (SELECT c.id, c.b, array_agg(c.tile) AS found, max(t.length_m) AS tiles
  FROM planner_cut c JOIN {tiles} t ON t.seq = c.tile AND NOT t.whole
  GROUP BY c.id, c.b HAVING count(*) > 1) g
"""
# What is left of the features of a chunk that lie wholly inside of nothing.
_REST = """
CREATE TEMP TABLE planner_rest ON COMMIT DROP AS
SELECT c.id, c.uid, c.b_uid, c.unit_id, c.classes, c.value, c.sliver, NULL::bigint AS b,
  CASE WHEN {size_c} < {size_o} - {noise} THEN c.cut END AS cut,
  CASE WHEN {size_c} < {size_o} - {noise} THEN {on_maps} END AS on_maps,
  {size_o} AS whole_size, {size_c} AS size{shape}
FROM (
  SELECT a.id, a.uid, a.b_uid, {unit} AS unit_id, {classes} AS classes, a.value, a.sliver,
    a.shape AS own, k.cut
  FROM ({chunk}) a LEFT JOIN (
    SELECT p.id, ST_Union(p.by_shape) AS shape, bool_or(p.cut IS NULL) AS inside
    FROM planner_cut p GROUP BY p.id) g ON g.id = a.id
  CROSS JOIN LATERAL unnest(CASE WHEN coalesce(g.inside, false) THEN NULL
    WHEN g.shape IS NULL THEN ARRAY[a.shape]
    ELSE ARRAY[ST_CollectionExtract(ST_Difference(a.shape, g.shape), {extract})] END) AS k(cut)
) c
WHERE {size_c} > {noise}
"""


@dataclass(frozen=True)
class Cutting:
    """How one overlay is written: where to, and whether units or shapes of the document cut.

    `name`: of the step, where its column `inside` is asked for.
    """

    kind: str
    part: int = RESULT
    by_units: bool = False
    name: str = ""


def overlay(work: Work, rows: Rows, by: Cutter, how: Cutting, note: str = "") -> Rows:
    """Write the pieces of `rows`; answers them as rows of the part."""
    if rows.place is None:
        rows = work.into_stage(rows)
    work.written = 0
    # A big shape has many pieces: fewer of them at a time.
    size = max(1, min(CHUNK, CHUNK * max(1, rows.count) // max(1, by.count)))
    near = _Near(work, rows, by, size)
    for number, chunk in enumerate(near.chunks):
        work.told(number / len(near.chunks), note or _("Chồng lớp"))
        counts = work.do(*_statements(work, rows, near.pairs(number), chunk, by, how))
        work.written += counts[-2]
    if how.part == RESULT:
        return rows
    work.store.index(how.part)
    return staged(
        work.store, how.part, rows.dimension, keeps_units=how.by_units or rows.keeps_units
    )


class _Near:
    """Which tiles and rows are compared, chunk by chunk: the index of the rows finds them.

    Features are indexed in degrees, tiles lie in the grid: their boxes get a margin for what is
    straight in one and bent in the other.
    """

    def __init__(self, work: Work, rows: Rows, by: Cutter, size: int) -> None:
        self.chunks = list(rows.chunks(size))
        self._tiles, self._srid, self._place = by.tiles, work.grid.srid, rows.place
        # Few rows look up the many tiles instead.
        self._by_tile = not rows.sampled and rows.count >= by.count
        self._boxes: dict[int, str] = {}
        self._margin = 0.0
        if self._by_tile:
            degrees = rows.place == "degrees"
            found = work.read(rows.boxes(size))
            self._boxes = {number: box for number, box, _reach in found}
            reach = max((reach or 0.0 for _number, _box, reach in found), default=0.0)
            if degrees:
                tile = by.reach / SHORT_DEGREE_M
                self._margin = BEND * (reach**2 + tile**2) + 1e-6

    def pairs(self, number: int) -> Sql:
        """FROM of the rows `a` of a chunk and the tiles `t`."""
        chunk = self.chunks[number]
        if not self._by_tile:
            text = f"({chunk.text}) a JOIN {self._tiles} t ON t.geom && a.shape"
            return Sql(text, chunk.values)
        box, values = "ST_Envelope(t.geom)", chunk.values
        if self._place == "degrees":
            box = f"ST_Expand(ST_Envelope(ST_Transform(t.geom, 4326)), {self._margin!r})"
        if number not in self._boxes:
            return Sql(f"({chunk.text}) a JOIN {self._tiles} t ON a.place && {box}", values)
        within, found = "%s::geometry", (self._boxes[number],)
        if self._place == "degrees":
            metres = self._margin * LONG_DEGREE_M
            within = (
                "ST_Expand(ST_Envelope(ST_Transform(ST_Segmentize("
                f"%s::geometry, 0.01), {self._srid})), {metres!r})"
            )
        text = f"({chunk.text}) a JOIN {self._tiles} t ON t.geom && {within} AND a.place && {box}"
        return Sql(text, (*values, *found))


def _statements(
    work: Work, rows: Rows, pairs: Sql, chunk: Sql, by: Cutter, how: Cutting
) -> list[Sql]:
    """Of one chunk: what is cut, what is left, both into the part, and the tables away."""
    rest, is_whole = how.kind != INTERSECTION, rows.version is not None and how.part == RESULT
    noise = work.noise(rows.dimension)
    shape = "" if is_whole else ", c.own"
    known = {
        "extract": rows.dimension + 1,
        "size_c": work.measured("c.cut", rows.dimension),
        "size_o": work.measured("c.own", rows.dimension),
        "noise": noise,
        "on_maps": "NULL::geometry",
    }
    if how.part == RESULT:
        known["on_maps"] = "ST_ForcePolygonCW(ST_Transform(c.cut, 3857))"
    named = (f"{how.name}.inside",) if how.name else ()
    inside = " || jsonb_build_object(%s::text, {})" if how.name else ""
    cut = known | {
        "b_uid": "NULL::uuid" if how.by_units else "t.a_uid",
        "unit": "t.unit_id" if how.by_units else "a.unit_id",
        "classes": ("a.classes" if how.by_units else "a.classes || t.classes")
        + inside.format("true"),
        "shape": shape + (", c.by AS by_shape" if rest else ""),
    }
    found = [
        Sql(
            "CREATE TEMP TABLE planner_cut ON COMMIT DROP AS"
            + _CUT.format(
                **cut,
                pairs=pairs.text,
                by="t.geom",
                source="t.a_id AS b, t.seq AS tile" + (", t.geom AS by" if rest else ""),
            ),
            (*named, *pairs.values),
        )
    ]
    if by.is_divided:
        found += _again(cut, chunk, by, named, rest=rest)
    source = "SELECT {0} FROM planner_cut c"
    if rest:
        left = known | {
            "unit": "NULL::bigint" if how.by_units else "a.unit_id",
            "classes": "a.classes" + inside.format("false"),
            "shape": shape,
            "chunk": chunk.text,
        }
        found.append(Sql(_REST.format(**left), (*named, *chunk.values)))
        source = "SELECT {0} FROM planner_rest c" + (
            " UNION ALL SELECT {0} FROM planner_cut c" if how.kind == IDENTITY else ""
        )
    found.append(_insert(work, rows, source, how, is_whole=is_whole))
    tables = ["planner_cut", *(["planner_joint"] if by.is_divided else [])]
    tables += ["planner_rest"] if rest else []
    found.append(Sql("DROP TABLE " + ", ".join(tables)))
    return found


def _again(
    cut: dict[str, object], chunk: Sql, by: Cutter, named: tuple[str, ...], *, rest: bool
) -> list[Sql]:
    """What several tiles of one shape cut is cut once, by them together."""
    pairs = (
        f"planner_joint j JOIN {by.tiles} t ON t.seq = j.tile JOIN ({chunk.text}) a ON a.id = j.id"
    )
    source = "t.a_id AS b, t.seq AS tile" + (", j.by AS by" if rest else "")
    text = _CUT.format(**cut, pairs=pairs, by="j.by", source=source)
    return [
        Sql(_JOINT.format(shapes=by.shapes, tiles=by.tiles)),
        Sql("ANALYZE planner_joint"),
        Sql("DELETE FROM planner_cut c USING planner_joint j WHERE j.id = c.id AND j.b = c.b"),
        Sql(f"INSERT INTO planner_cut{text}", (*named, *chunk.values)),
    ]


def _insert(work: Work, rows: Rows, source: str, how: Cutting, *, is_whole: bool) -> Sql:
    """The pieces in the order of their features, then of what cut them."""
    area = "c.size" if rows.dimension == POLYGON else "NULL::float8"
    length = "c.size" if rows.dimension == POLYGON - 1 else "NULL::float8"
    small = work.is_sliver(rows.dimension, "c.cut", "c.size", "c.whole_size")
    shape = "c.cut" if is_whole else "coalesce(c.cut, c.own)"
    on_maps = "c.on_maps"
    if how.part == RESULT and not is_whole:
        on_maps = "coalesce(c.on_maps, ST_ForcePolygonCW(ST_Transform(c.own, 3857)))"
    columns = (
        "c.id, c.uid, c.b_uid, c.unit_id, c.classes, c.value, c.sliver, c.b, c.cut, c.on_maps, "
        "c.size, c.whole_size"
    ) + ("" if is_whole else ", c.own")
    return Sql(
        f"INSERT INTO {work.store.table(how.part)} ({COLUMNS}) "
        f"SELECT {work.written} + row_number() OVER (ORDER BY c.id, c.b NULLS LAST), c.id, c.uid, "
        f"c.b_uid, c.unit_id, c.classes, {area}, {length}, c.value, "
        f"c.cut IS NULL AND {str(rows.version is not None).lower()}, "
        f"c.sliver OR c.cut IS NOT NULL AND {small}, {shape}, {on_maps} "
        f"FROM ({source.format(columns)}) c"
    )
