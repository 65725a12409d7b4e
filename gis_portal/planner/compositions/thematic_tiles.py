"""Vector tiles of a layer with one chosen field and a filter: what the public tiles do not carry.

The public tiles hold what the layer's own drawing needs. A planner colours and filters by any field
that they may read, so these squares are made from the live version when they are asked for, and
kept by nobody but the browser.
"""

from django.db import connection, transaction

from gis_portal.planner.compositions.classes import NUMBERS
from layers.cql2 import Queryable
from layers.cql2.filters import evaluating
from layers.cql2.sql import Sql
from layers.heavy import in_turn
from layers.models import Layer
from layers.partitions import feature_table
from tiles.grid import EXTENT, MARGIN, Tile

SECONDS = 6
# Features in a square at most; the largest come first.
MOST = 20_000
# A shape smaller than this share of a screen pixel's ground is not drawn.
LEAST_PIXELS = 0.5
PIXELS = 512


def thematic_tile(
    layer: Layer, tile: Tile, field: Queryable | None, condition: Sql | None
) -> bytes:
    """Features as `<slug>` with `uid` and the field's value `v`; b"" for an empty square.

    Raises FilterNotEvaluable; OperationalError where it takes too long, or more than a moment while
    others do (`layers/heavy.py`).
    """
    assert layer.live_version is not None
    version = layer.live_version.pk
    value = _value(field)
    where = f"AND ({condition.text})" if condition else ""
    # Parcels by the million lie under a far tile: only what is wider than a pixel is read there.
    pixel = tile.side / PIXELS
    least = "AND f.area_m2 >= %s" if layer.parsed.geometry == "polygon" else ""
    order = "ORDER BY f.area_m2 DESC NULLS LAST" if least else ""
    statement = f"""
        WITH square AS MATERIALIZED (SELECT ST_TileEnvelope(%s, %s, %s) AS box),
        found AS (SELECT f.uid, f.geom_3857, {value.text} AS v
            FROM {feature_table(version)} f, square
            WHERE f.geom_3857 && ST_Expand(square.box, %s) {least} {where} {order} LIMIT {MOST})
        SELECT ST_AsMVT(t, %s, {EXTENT}, 'geom') FROM (
            SELECT ST_AsMVTGeom(found.geom_3857, square.box, {EXTENT}, {MARGIN}) AS geom,
                found.uid::text AS uid, found.v FROM found, square) AS t"""  # noqa: S608 - names of ours
    values = [
        *(tile.z, tile.x, tile.y),
        *value.values,
        tile.side * MARGIN / EXTENT,
        *([LEAST_PIXELS * pixel * pixel] if least else []),
        *(condition.values if condition else ()),
        layer.slug,
    ]
    with evaluating(condition), in_turn(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{SECONDS}s"])
        cursor.execute(statement, values)
        row = cursor.fetchone()
    return bytes(row[0]) if row and row[0] else b""


def _value(field: Queryable | None) -> Sql:
    if field is None:
        return Sql("NULL::text")
    cast = "float8" if field.kind in NUMBERS else "text"
    return Sql(f"({field.sql.text})::{cast}", field.sql.values)
