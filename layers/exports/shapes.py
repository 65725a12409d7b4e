"""The geometry of a row in the system of a file, x east and y north."""

from layers.cql2.sql import Sql
from layers.crs import WGS84, Crs

_PAIR = """(SELECT round(ST_X(p)::numeric, {digits}) || ' ' || round(ST_Y(p)::numeric, {digits})
  FROM (SELECT {place} AS p) anchor)"""


def shape(crs: Crs) -> Sql:
    """The geometry over the row `f`, moved by the pinned definition."""
    if crs == WGS84:
        return Sql("f.geom")
    return Sql("ST_Transform(f.geom, %s)", (crs.srid,))


def wkb(crs: Crs, *, multi: bool) -> Sql:
    """Well-known binary; `multi`: one kind of geometry for all rows."""
    moved = shape(crs)
    text = f"ST_Multi({moved.text})" if multi else moved.text
    return Sql(f"ST_AsBinary({text})", moved.values)


def anchor(crs: Crs, digits: int) -> Sql:
    """`x y` of the point itself, or of one that lies on the line or in the polygon."""
    place = (
        "CASE WHEN GeometryType(f.geom) = 'POINT' THEN f.geom ELSE ST_PointOnSurface(f.geom) END"
    )
    values: tuple[int, ...] = ()
    if crs != WGS84:
        place, values = f"ST_Transform({place}, %s)", (crs.srid,)
    return Sql(_PAIR.format(place=place, digits=digits), values)
