"""Pieces of one set of rows cut by another: covers first, intersection only across boundaries.

Each shape that cuts is divided into tiles of few corners, and its boundary into short stretches. A
feature whose box touches no stretch cannot cross any boundary: the tile that holds the middle of
its box tells where it lies, wholly. What does touch one is cut by the one tile that it meets,
seldom by the whole shape. Only what is really cut is stored as a shape.
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from gis_portal.planner.engine.errors import WrongShapes
from gis_portal.planner.engine.rows import CHUNK, POLYGON, Rows, staged
from gis_portal.planner.engine.store import COLUMNS, RESULT
from gis_portal.planner.engine.working import Work
from layers.cql2 import Sql

INTERSECTION, IDENTITY, DIFFERENCE = "intersection", "identity", "difference"
# Corners of a tile: fewer make more tiles, and cheaper cuts.
TILE_CORNERS = 32
# Sides of a ring that are looked at as one stretch of boundary.
EDGE_CORNERS = 3
# A shape of more corners is never compared whole where its tiles will do.
BIG_SHAPE = 500


@dataclass(frozen=True)
class Cutter:
    """A set of polygons ready to cut with: stages of shapes, of their tiles, of their edges."""

    shapes: str
    tiles: str
    edges: str
    count: int


def cutter(work: Work, rows: Rows) -> Cutter:
    """Divide the polygons of a set. Raises WrongShapes for points and lines."""
    if rows.dimension != POLYGON:
        raise WrongShapes(_("Lớp dùng để chồng phải là vùng."))
    whole = work.into_stage(rows, _("Đọc các vùng"))
    assert whole.part is not None
    parts = work.store.stage(), work.store.stage()
    shapes, tiles, edges = (work.store.table(part) for part in (whole.part, *parts))
    size = max(200, CHUNK // 10)
    for start in range(1, whole.last + 1, size):
        work.told(0, _("Chia các vùng"))
        between = (start, start + size)
        # So few features as a sample has are compared with the shapes themselves.
        tile = "s.geom" if work.store.is_sample else f"ST_Subdivide(s.geom, {TILE_CORNERS})"
        work.do(
            Sql(
                f"INSERT INTO {tiles} (a_id, length_m, geom) SELECT s.seq, ST_NPoints(s.geom), "
                f"{tile} FROM {shapes} s WHERE s.seq >= %s AND s.seq < %s",
                between,
            ),
            Sql(_EDGES.format(edges=edges, shapes=shapes, corners=EDGE_CORNERS), between),
        )
    for part in parts:
        work.store.index(part)
    return Cutter(shapes, tiles, edges, whole.count)


# A few corners of a ring, one after another, and the first of the next few: where it may be.
_EDGES = """INSERT INTO {edges} (geom)
SELECT ST_Envelope(ST_Collect(d.geom)) FROM (
  SELECT s.seq, (e.d).path AS path, (e.d).geom AS geom
  FROM {shapes} s, LATERAL (SELECT ST_DumpSegments(s.geom) AS d) e
  WHERE s.seq >= %s AND s.seq < %s) d
GROUP BY d.seq, d.path[1:cardinality(d.path) - 1], d.path[cardinality(d.path)] / {corners}"""
# The pairs of a chunk: what is cut of a feature (null: it lies wholly inside), and its sizes. Level
# by level, each written once by OFFSET 0; only subqueries for values, since the database gives work
# that is joined sideways to one core alone.
_PAIRS = """
CREATE TEMP TABLE planner_cut ON COMMIT DROP AS
SELECT c.id, c.uid, c.b_uid, c.unit_id, c.classes, c.value, c.sliver, c.b,
  CASE WHEN c.part < c.size - {noise} THEN c.cut END AS cut,
  c.size AS whole_size, coalesce(c.part, c.size) AS size{shape}
FROM (
  SELECT k.*, {size_k} AS part FROM (
    SELECT g.*, CASE WHEN g.crosses
      THEN ST_CollectionExtract(ST_Intersection(g.shape, g.by), {extract}) END AS cut
    FROM (
      SELECT p.*, b, CASE WHEN p.crosses THEN (
        SELECT CASE WHEN count(*) = 1 THEN (array_agg(t.geom))[1]
          WHEN max(t.length_m) > {big} AND count(*) < max(t.length_m) / {corners}
          THEN ST_Union(array_agg(t.geom))
          ELSE (SELECT s.geom FROM {shapes} s WHERE s.seq = b) END
        FROM {tiles} t WHERE t.a_id = b AND t.geom && p.shape) END AS by
      FROM (
        SELECT q.*, ARRAY(SELECT DISTINCT t.a_id FROM {tiles} t WHERE t.geom && q.probe
          AND (q.crosses OR ST_Intersects(t.geom, q.probe))) AS found
        FROM (
          SELECT o.*, CASE WHEN o.crosses THEN o.shape ELSE ST_SetSRID(ST_MakePoint(
            (ST_XMin(o.shape) + ST_XMax(o.shape)) / 2,
            (ST_YMin(o.shape) + ST_YMax(o.shape)) / 2), {srid}) END AS probe
          FROM (
            SELECT a.*, {size_a} AS size,
              EXISTS (SELECT FROM {edges} e WHERE e.geom && a.shape) AS crosses
            FROM ({chunk} OFFSET 0) a OFFSET 0) o OFFSET 0) q OFFSET 0) p,
      unnest(p.found) AS b OFFSET 0) g OFFSET 0) k OFFSET 0) c
WHERE c.part IS NULL OR c.part > {noise}
"""
# What is left of the features of a chunk that lie wholly inside of nothing.
_REST = """
CREATE TEMP TABLE planner_rest ON COMMIT DROP AS
SELECT a.id, a.uid, a.b_uid, a.unit_id, a.classes, a.value, a.sliver, NULL::bigint AS b,
  CASE WHEN m.size < o.size - {noise} THEN k.cut END AS cut, o.size AS whole_size, m.size{shape}
FROM ({chunk} OFFSET 0) a
LEFT JOIN LATERAL (
  SELECT ST_Union(p.by_shape) AS shape, bool_or(p.cut IS NULL) AS inside
  FROM planner_cut p WHERE p.id = a.id OFFSET 0) g ON true
CROSS JOIN LATERAL (
  SELECT CASE WHEN g.shape IS NULL THEN a.shape
    ELSE ST_CollectionExtract(ST_Difference(a.shape, g.shape), {extract}) END AS cut OFFSET 0) k
CROSS JOIN LATERAL (SELECT {size_a} AS size OFFSET 0) o
CROSS JOIN LATERAL (SELECT {size_k} AS size OFFSET 0) m
WHERE NOT coalesce(g.inside, false) AND m.size > {noise}
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
    work.written = 0
    # A big shape has many pieces: fewer of them at a time.
    size = max(1, min(CHUNK, CHUNK * max(1, rows.count) // max(1, by.count)))
    chunks = list(rows.chunks(size))
    for number, chunk in enumerate(chunks):
        work.told(number / len(chunks), note or _("Chồng lớp"))
        counts = work.do(*_statements(work, rows, chunk, by, how))
        work.written += counts[-2]
    if how.part == RESULT:
        return rows
    work.store.index(how.part)
    return staged(
        work.store, how.part, rows.dimension, keeps_units=how.by_units or rows.keeps_units
    )


def _statements(work: Work, rows: Rows, chunk: Sql, by: Cutter, how: Cutting) -> list[Sql]:
    """Of one chunk: pairs, what is left, both into the part, and the tables away."""
    rest, is_whole = how.kind != INTERSECTION, rows.version is not None and how.part == RESULT
    known = {
        "chunk": chunk.text,
        "tiles": by.tiles,
        "edges": by.edges,
        "srid": work.grid.srid,
        "shapes": by.shapes,
        "extract": rows.dimension + 1,
        "size_a": work.measured("a.shape", rows.dimension),
        "size_k": work.measured("k.cut", rows.dimension),
        "noise": work.noise(rows.dimension),
        "big": BIG_SHAPE,
        "corners": TILE_CORNERS,
    }
    kept = "" if is_whole else ", {0}.shape AS own"
    uncut = f", CASE WHEN c.part < c.size - {known['noise']} THEN c.by END AS by_shape"
    shape = kept.format("c") + (uncut if rest else "")
    found = [Sql(_PAIRS.format(**known, shape=shape), chunk.values)]
    source = "SELECT {0} FROM planner_cut c"
    columns = "c.id, c.uid, c.b_uid, c.unit_id, c.classes, c.value, c.sliver, c.b, c.cut, c.size, c.whole_size"  # noqa: E501
    columns += "" if is_whole else ", c.own"
    if rest:
        found.append(Sql("CREATE INDEX ON planner_cut (id)"))  # serves what is left of a feature
        found.append(Sql("ANALYZE planner_cut"))
        found.append(Sql(_REST.format(**known, shape=kept.format("a")), chunk.values))
        source = "SELECT {0} FROM planner_rest c" + (
            " UNION ALL SELECT {0} FROM planner_cut c" if how.kind == IDENTITY else ""
        )
    found.append(_insert(work, rows, source.format(columns), by, how, is_whole=is_whole))
    found.append(Sql("DROP TABLE planner_cut" + (", planner_rest" if rest else "")))
    return found


def _insert(
    work: Work, rows: Rows, source: str, by: Cutter, how: Cutting, *, is_whole: bool
) -> Sql:
    """The pieces in the order of their features, then of what cut them."""
    shape = "c.cut" if is_whole else "coalesce(c.cut, c.own)"
    area = "c.size" if rows.dimension == POLYGON else "NULL::float8"
    length = "c.size" if rows.dimension == POLYGON - 1 else "NULL::float8"
    small = work.is_sliver(rows.dimension, "c.cut", "c.size", "c.whole_size")
    unit, classes, b_uid = "c.unit_id", "c.classes || coalesce(s.classes, '{}')", "s.a_uid"
    if how.name:
        classes += " || jsonb_build_object(%s::text, c.b IS NOT NULL)"
    if how.by_units:
        unit, classes, b_uid = "s.unit_id", "c.classes", "c.b_uid"
    on_maps = f"ST_ForcePolygonCW(ST_Transform({shape}, 3857))" if how.part == RESULT else "NULL"
    return Sql(
        f"INSERT INTO {work.store.table(how.part)} ({COLUMNS}) "
        f"SELECT {work.written} + row_number() OVER (ORDER BY c.id, c.b NULLS LAST), c.id, c.uid, "
        f"coalesce({b_uid}, c.b_uid), {unit}, {classes}, {area}, {length}, c.value, "
        f"c.cut IS NULL AND {str(rows.version is not None).lower()}, "
        f"c.sliver OR c.cut IS NOT NULL AND {small}, {shape}, {on_maps} "
        f"FROM ({source}) c LEFT JOIN {by.shapes} s ON s.seq = c.b",
        (f"{how.name}.inside",) if how.name else (),
    )
