"""Pieces of one set of rows cut by another: covers first, intersection only across boundaries.

Tile by tile of the shapes that cut (`tiling.py`) the rows that may touch it are asked first whether
they lie wholly inside: the database keeps the tile prepared for such questions, so that one costs a
few microseconds. Only what a boundary runs through is cut, and only what is really cut is stored as
a shape. The search is one plain join, which PostgreSQL shares among cores; decision 0042.
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from gis_portal.planner.engine.rows import CHUNK, LINE, POLYGON, Rows, staged
from gis_portal.planner.engine.store import COLUMNS, RESULT
from gis_portal.planner.engine.tiling import Cutter, Near
from gis_portal.planner.engine.working import Work
from layers.cql2 import Sql

INTERSECTION, IDENTITY, DIFFERENCE = "intersection", "identity", "difference"
# What is cut of a row (null: it lies wholly inside), and its sizes. A function in the list of
# tables is computed once a row, and by every core: subqueries would give the work to one alone.
_CUT = """
SELECT c.id, c.uid, c.b_uid, c.unit_id, c.classes, c.value, c.sliver, c.b, c.tile,
  CASE WHEN {size_c} < {size_o} - {noise} THEN c.cut END AS cut,
  CASE WHEN {size_c} < {size_o} - {noise} THEN {on_maps} END AS on_maps,
  {size_o} AS whole_size, coalesce({size_c}, {size_o}) AS size{own}{by_shape}
FROM (
  SELECT a.id, a.uid, coalesce({b_uid}, a.b_uid) AS b_uid, {unit} AS unit_id,
    {classes} AS classes, a.value, a.sliver, a.shape AS own, t.a_id AS b, t.seq AS tile{by}, k.cut
  FROM {pairs} CROSS JOIN LATERAL unnest({found}) AS k(cut)
) c
WHERE c.cut IS NULL OR {size_c} > {noise}
"""
# Asked first where one tile meets many rows; where each row meets another shape, that costs more
# than cutting.
_COVERS_FIRST = """CASE WHEN ST_Covers({by}, a.shape) THEN ARRAY[NULL::geometry]
  WHEN ST_Intersects({by}, a.shape) THEN {at_once} END"""
_AT_ONCE = "ARRAY[ST_CollectionExtract(ST_Intersection(a.shape, {by}), {extract})]"
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
  {size_o} AS whole_size, {size_c} AS size{own}
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
    near = Near(work, rows, by, size)
    chunks = _Chunks(work, rows, near, by, how)
    for number in range(len(near.chunks)):
        work.told(number / len(near.chunks), note or _("Chồng lớp"))
        counts = work.do(*chunks.statements(number))
        work.written += counts[-2]
    if how.part == RESULT:
        return rows
    work.store.index(how.part)
    return staged(
        work.store, how.part, rows.dimension, keeps_units=how.by_units or rows.keeps_units
    )


@dataclass
class _Chunks:
    """The statements of one overlay, chunk by chunk."""

    work: Work
    rows: Rows
    near: Near
    by: Cutter
    how: Cutting

    def __post_init__(self) -> None:
        work, rows, how = self.work, self.rows, self.how
        self.keeps_rest = how.kind != INTERSECTION
        # Whole pieces of the answer are the feature's own shapes, and keep none.
        self.is_own = rows.version is not None and how.part == RESULT
        self.inside = " || jsonb_build_object(%s::text, {})" if how.name else ""
        self.named = (f"{how.name}.inside",) if how.name else ()
        self.common = {
            "extract": rows.dimension + 1,
            "size_c": work.measured("c.cut", rows.dimension),
            "size_o": work.measured("c.own", rows.dimension),
            "noise": work.noise(rows.dimension),
            "on_maps": _on_maps("c.cut") if how.part == RESULT else "NULL::geometry",
            "own": "" if self.is_own else ", c.own",
        }

    def statements(self, number: int) -> list[Sql]:
        """Of one chunk: what is cut, what is left, both into the part, and the tables away."""
        chunk, pairs, tables = self.near.chunks[number], self.near.pairs(number), ["planner_cut"]
        first = self._cut(pairs, "t.geom", covers_first=self.near.by_tile)
        found = [Sql(f"CREATE TEMP TABLE planner_cut ON COMMIT DROP AS{first.text}", first.values)]
        if self.by.is_divided:
            found += self._again(chunk)
            tables.append("planner_joint")
        if self.keeps_rest:
            found.append(self._rest(chunk))
            tables.append("planner_rest")
        return [*found, self._insert(), Sql("DROP TABLE " + ", ".join(tables))]

    def _cut(self, pairs: Sql, by: str, *, covers_first: bool) -> Sql:
        """Rows `a` by shapes `by`, both of `pairs`, where `t` is the tile, or one of the tiles."""
        at_once = _AT_ONCE.format(by=by, **self.common)
        units = self.how.by_units
        text = _CUT.format(
            **self.common,
            pairs=pairs.text,
            found=_COVERS_FIRST.format(by=by, at_once=at_once) if covers_first else at_once,
            b_uid="NULL::uuid" if units else "t.a_uid",
            unit="t.unit_id" if units else "a.unit_id",
            classes=("a.classes" if units else "a.classes || t.classes")
            + self.inside.format("true"),
            by=f", {by} AS by" if self.keeps_rest else "",
            by_shape=", c.by AS by_shape" if self.keeps_rest else "",
        )
        return Sql(text, (*self.named, *pairs.values))

    def _again(self, chunk: Sql) -> list[Sql]:
        """What several tiles of one shape cut is cut once, by them together."""
        pairs = Sql(
            f"planner_joint j JOIN {self.by.tiles} t ON t.seq = j.tile "
            f"JOIN ({chunk.text}) a ON a.id = j.id",
            chunk.values,
        )
        again = self._cut(pairs, "j.by", covers_first=False)
        return [
            Sql(_JOINT.format(shapes=self.by.shapes, tiles=self.by.tiles)),
            Sql("ANALYZE planner_joint"),
            Sql("DELETE FROM planner_cut c USING planner_joint j WHERE j.id = c.id AND j.b = c.b"),
            Sql(f"INSERT INTO planner_cut{again.text}", again.values),
        ]

    def _rest(self, chunk: Sql) -> Sql:
        text = _REST.format(
            **self.common,
            chunk=chunk.text,
            unit="NULL::bigint" if self.how.by_units else "a.unit_id",
            classes="a.classes" + self.inside.format("false"),
        )
        return Sql(text, (*self.named, *chunk.values))

    def _insert(self) -> Sql:
        """The pieces in the order of their features, then of what cut them."""
        work, dimension, kind = self.work, self.rows.dimension, self.how.kind
        area = "c.size" if dimension == POLYGON else "NULL::float8"
        length = "c.size" if dimension == LINE else "NULL::float8"
        small = work.is_sliver(dimension, "c.cut", "c.size", "c.whole_size")
        shape, on_maps = "c.cut", "c.on_maps"
        if not self.is_own:
            shape = "coalesce(c.cut, c.own)"
            if self.how.part == RESULT:
                on_maps = f"coalesce(c.on_maps, {_on_maps('c.own')})"
        columns = (
            "c.id, c.uid, c.b_uid, c.unit_id, c.classes, c.value, c.sliver, c.b, c.cut, "
            f"c.on_maps, c.size, c.whole_size{self.common['own']}"
        )
        kept = {INTERSECTION: ["cut"], DIFFERENCE: ["rest"], IDENTITY: ["rest", "cut"]}[kind]
        source = " UNION ALL ".join(f"SELECT {columns} FROM planner_{name} c" for name in kept)
        return Sql(
            f"INSERT INTO {work.store.table(self.how.part)} ({COLUMNS}) "
            f"SELECT {work.written} + row_number() OVER (ORDER BY c.id, c.b NULLS LAST), c.id, "
            f"c.uid, c.b_uid, c.unit_id, c.classes, {area}, {length}, c.value, "
            f"c.cut IS NULL AND {str(self.rows.version is not None).lower()}, "
            f"c.sliver OR c.cut IS NOT NULL AND {small}, {shape}, {on_maps} FROM ({source}) c"
        )


def _on_maps(shape: str) -> str:
    return f"ST_ForcePolygonCW(ST_Transform({shape}, 3857))"
