"""Several sets of one dimension made one: set after set, each in its own order, nothing cut."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from gis_portal.planner.engine.rows import Rows, staged
from gis_portal.planner.engine.working import Work
from layers.cql2 import Sql


@dataclass(frozen=True)
class Side:
    """One of the sets: whose features they are, and the keys in `classes` of the shared fields."""

    rows: Rows
    layer: str
    sector: str
    keys: tuple[str, ...]


def combine(work: Work, sides: Sequence[Side], *, name: str, fields: Sequence[str]) -> Rows:
    """A stage of all rows, with `layer`, `sector` and the shared fields as their classes.

    What lies on each other in several sets counts in each. Units count as declared where every set
    declares them.
    """
    part, work.written = work.store.stage(), 0
    for side in sides:
        work.write(part, _told(side, name, fields), _("Gộp chung các lớp"))
    work.store.index(part)
    keeps_units = all(side.rows.keeps_units for side in sides)
    return staged(work.store, part, sides[0].rows.dimension, keeps_units=keeps_units)


def _told(side: Side, name: str, fields: Sequence[str]) -> Rows:
    """Rows of one set as rows of the whole."""
    pairs = "".join(", %s::text, r.classes -> %s" for _each in fields)
    named = [(f"{name}.{field}", key) for field, key in zip(fields, side.keys, strict=True)]
    text = (
        "SELECT r.id, r.uid, r.b_uid, r.unit_id, "
        f"jsonb_build_object(%s::text, %s::text, %s::text, %s::text{pairs}) AS classes, "
        f"r.value, r.sliver, r.shape FROM ({side.rows.sql.text}) r"
    )
    own = (f"{name}.layer", side.layer, f"{name}.sector", side.sector)
    values = (*own, *(value for pair in named for value in pair), *side.rows.sql.values)
    return replace(side.rows, sql=Sql(text, values), version=None, part=None)
