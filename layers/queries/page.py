"""A page of features as GeoJSON text, built by the database in one statement, and the count of all
that match.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.db import OperationalError, connection, transaction

from layers.cql2.sql import Sql
from layers.definition import Field
from layers.queries.order import after_last, ordered_rows
from layers.queries.selection import Selection, condition

# Seven decimals of a degree are about 1 cm; more is noise of the transformation, a third more
# bytes.
COORDINATE_DIGITS = 7
# What the portal adds to the declared fields, and how it is written.
_ADDED = {
    "unit_code": "u.code AS unit_code",
    "unit_name": "u.name AS unit_name",
    "area_m2": "round(page.area_m2::numeric, 1) AS area_m2",
    "length_m": "round(page.length_m::numeric, 1) AS length_m",
}
ADDED = tuple(_ADDED)
_OF_UNITS = frozenset({"unit_code", "unit_name"})
ROW = "f.id, f.uid, f.unit_id, f.area_m2, f.length_m, f.geom, f.properties"

# RFC 7946 wants shells counter-clockwise; rows hold them as the tiles want them.
# {columns}: of jsonb_to_record; keys that the version does not hold come out as null.
_PAGE = """
WITH page AS MATERIALIZED ({rows}), lines AS (
  SELECT page.id, row_number() OVER (ORDER BY {order}) AS place,
    '{{"type":"Feature","id":"' || page.uid || '","geometry":' || {geometry}
      || ',"properties":' || {properties} || '}}' AS feature
  FROM page{units}{columns}
)
SELECT string_agg(feature, ',' ORDER BY place) FILTER (WHERE place <= %s),
  count(*) FILTER (WHERE place <= %s), max(id) FILTER (WHERE place = %s), count(*)
FROM lines
"""
_COUNT = "SELECT count(*) FROM (SELECT 1 FROM layers_feature f WHERE {where} LIMIT %s) AS capped"


@dataclass(frozen=True)
class Form:
    """How features are written: which fields, what the portal adds, in which system.

    Attributes:
        srid: of the coordinates, ours (`layers.crs`).
        axis_swapped: north comes first.
        digits: decimals of coordinates.
        geometry: false writes null.
    """

    fields: tuple[Field, ...]
    added: tuple[str, ...] = ADDED
    srid: int = 4326
    axis_swapped: bool = False
    digits: int = COORDINATE_DIGITS
    geometry: bool = True


@dataclass(frozen=True)
class Page:
    """GeoJSON features joined by commas; `last_id` is where the next page starts, if there is
    one.
    """

    features: str
    count: int
    last_id: int | None
    has_more: bool


NOTHING = Page("", 0, None, has_more=False)


def features_page(
    selection: Selection, form: Form, *, limit: int, after: int | None = None
) -> Page | None:
    """One page in the selection's order, behind the feature with the id `after`; one statement
    whatever the size, two where a sorted series goes on. None when there is no such feature.
    """
    last = after_last(selection, after)
    if last is None:
        return None
    rows = ordered_rows(selection, ROW, last, limit + 1)
    statement = _statement(form, rows.text, rows.order)
    with connection.cursor() as cursor:
        cursor.execute(statement.text, [*rows.values, *statement.values, limit, limit, limit])
        text, count, last_id, found = cursor.fetchone()
    return Page(text or "", count, last_id, found > limit)


def count_matching(selection: Selection, *, cap: int) -> int | None:
    """How many features match, or None when more than `cap`, or when counting takes longer than
    the setting allows.
    """
    where = condition(selection).sql
    try:
        with _apart(), connection.cursor() as cursor:
            # One message, so that the bound holds for this statement and ends with it.
            cursor.execute(
                "SET LOCAL statement_timeout = %s; " + _COUNT.format(where=where.text),
                [settings.PORTAL_COUNT_MS, *where.values, cap + 1],
            )
            (count,) = cursor.fetchone()
    except OperationalError:
        return None
    return count if count <= cap else None


@contextmanager
def _apart() -> Iterator[None]:
    """Within a transaction neither the bound nor a cancelled statement may reach what follows."""
    if not connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _statement(form: Form, rows: str, order: str) -> Sql:
    quote = connection.ops.quote_name
    record = ", ".join(f"{quote(f.name)} jsonb" for f in form.fields)
    wanted = [_column(f) for f in form.fields] + [_ADDED[name] for name in form.added]
    chosen = ", ".join(wanted)
    if form.fields:
        chosen += f" FROM jsonb_to_record(page.properties) AS r({record})"
    units = " LEFT JOIN layers_adminunit u ON u.id = page.unit_id"
    text = _PAGE.format(
        rows=rows,
        order=order,
        geometry=_geometry(form),
        properties="row_to_json(p)::text" if wanted else "'{}'",
        units=units if _OF_UNITS & set(form.added) else "",
        columns=f" CROSS JOIN LATERAL (SELECT {chosen}) p" if wanted else "",
    )
    return Sql(text)


def _column(field: Field) -> str:
    """The value as it is stored; a declared decimal always with its point, 40.0: GDAL and QGIS
    take the types of fields from the first page, and would cut off the fractions of the next.
    """
    name = connection.ops.quote_name(field.name)
    if field.type.json_type != "number":
        return f"r.{name}"
    return (
        f"CASE jsonb_typeof(r.{name}) WHEN 'number' THEN to_jsonb(r.{name}::numeric + 0.0) "
        f"ELSE r.{name} END AS {name}"
    )


def _geometry(form: Form) -> str:
    if not form.geometry:
        return "'null'"
    moved = "page.geom" if form.srid == 4326 else f"ST_Transform(page.geom, {int(form.srid)})"
    # Turned before axes are exchanged: counter-clockwise on the ground whatever is written first.
    # Surfaces only: PostGIS would turn lines around as well, and a road runs from its first point.
    turned = (
        f"CASE ST_Dimension(page.geom) WHEN 2 THEN ST_ForcePolygonCCW({moved}) ELSE {moved} END"
    )
    turned = f"ST_FlipCoordinates({turned})" if form.axis_swapped else turned
    # 0: no "crs" member; what is not in degrees is said by Content-Crs.
    return f"coalesce(ST_AsGeoJSON({turned}, {int(form.digits)}, 0), 'null')"
