"""Shapes made wider by metres on the grid: a fixed number, or a field of the feature itself."""

from dataclasses import replace

from django.utils.translation import gettext as _

from gis_portal.planner.engine.rows import POLYGON, Rows
from gis_portal.planner.engine.working import Work
from layers.cql2 import Sql

# Segments a quarter of a circle: 0.04 % less than its area.
QUARTER = 32


def widened(rows: Rows, metres: float | None, key: str | None) -> Rows:
    """The rows with wider shapes; those without a width of their own are not among them."""
    if key is None:
        width = Sql("%s::float8", (float(metres or 0),))
    else:
        # A version keeps the values of its own time: the field may have been a text then.
        width = Sql(
            "(CASE WHEN jsonb_typeof(r.classes -> %s) = 'number' "
            "THEN (r.classes ->> %s)::float8 END)",
            (key, key),
        )
    text = (
        "SELECT w.id, w.uid, w.b_uid, w.unit_id, w.classes, w.value, w.sliver, "
        f"ST_Buffer(w.shape, w.width, {QUARTER}) AS shape "
        f"FROM (SELECT r.*, {width.text} AS width FROM ({rows.sql.text}) r OFFSET 0) w "
        "WHERE w.width > 0"
    )
    return replace(
        rows,
        sql=Sql(text, (*width.values, *rows.sql.values)),
        dimension=POLYGON,
        version=None,
        part=None,
        keeps_units=False,
    )


def buffer(work: Work, rows: Rows, metres: float | None, key: str | None) -> Rows:
    """A stage of the wider shapes."""
    return work.into_stage(widened(rows, metres, key), _("Tạo vùng đệm"))
