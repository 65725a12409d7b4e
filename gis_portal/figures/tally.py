"""The one engine: how many features, how much ground, by unit and class, in one pass of a version.

The classes of a text are its most frequent values; what is rarer is counted together (`OTHERS`).
A statement reads one version and groups in the database: what comes back has a row for each unit
and class, never one a feature.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from gis_portal.figures.declared import Indicator
from layers.cql2 import Sql, evaluating, queryables_of
from layers.definition import LayerDefinition

MOST_CLASSES = 40
# No stored text is empty (an empty cell is no value), so this names what is beyond the most.
OTHERS = ""
# Units by classes by former communes; a declaration that wants more is a mistake.
MOST_CELLS = 50_000


@dataclass(frozen=True)
class Cell:
    """What has one unit (id, None: none known), class (None: no value) and former commune."""

    unit: int | None
    value: str | None
    old: str | None
    count: int
    area: float
    length: float
    amount: float


def count_cells(
    indicator: Indicator, definition: LayerDefinition, version_id: int, *, seconds: int
) -> list[Cell]:
    """Every cell of a version. Raises FilterNotEvaluable, and OperationalError beyond `seconds`."""
    where = _where(indicator, definition, version_id)
    condition = indicator.condition(definition)
    with transaction.atomic(), connection.cursor() as cursor, evaluating(condition):
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{seconds}s"])
        value = _value(indicator, definition, where, cursor)
        old = _text_of(indicator.old_unit, definition)
        amount = _number_of(indicator.amount, definition)
        cursor.execute(
            f"SELECT f.unit_id, {value.text}, {old.text}, count(*), coalesce(sum(f.area_m2), 0), "  # noqa: S608 - compiled, values are bound
            f"coalesce(sum(f.length_m), 0), coalesce(sum({amount.text}), 0)::float8 "
            f"FROM layers_feature f WHERE {where.text} GROUP BY 1, 2, 3 LIMIT {MOST_CELLS}",
            [*value.values, *old.values, *amount.values, *where.values],
        )
        return [Cell(*row) for row in cursor.fetchall()]


def _where(indicator: Indicator, definition: LayerDefinition, version_id: int) -> Sql:
    condition = indicator.condition(definition)
    if condition is None:
        return Sql("f.version_id = %s", (version_id,))
    return Sql(f"f.version_id = %s AND ({condition.text})", (version_id, *condition.values))


def _value(indicator: Indicator, definition: LayerDefinition, where: Sql, cursor: Any) -> Sql:
    """The class of the row `f` as a text."""
    found = queryables_of(definition)[indicator.group].sql
    if indicator.bounds:
        return Sql(
            f"width_bucket(({found.text})::numeric, %s::numeric[])::text",
            (*found.values, list(indicator.bounds)),
        )
    text = Sql(f"({found.text})::text", found.values)
    kept = _most_frequent(text, where, cursor)
    if len(kept) <= MOST_CLASSES:
        return text
    return Sql(
        f"CASE WHEN {text.text} IS NULL OR {text.text} = ANY(%s) THEN {text.text} ELSE %s END",
        (*text.values, *text.values, kept[:MOST_CLASSES], *text.values, OTHERS),
    )


def _most_frequent(text: Sql, where: Sql, cursor: Any) -> Sequence[str]:
    """One more than the classes that are kept, if there are as many."""
    cursor.execute(
        f"SELECT v FROM (SELECT {text.text} AS v FROM layers_feature f "  # noqa: S608 - as above
        f"WHERE {where.text}) AS found "
        'WHERE v IS NOT NULL GROUP BY v ORDER BY count(*) DESC, v COLLATE "C" '
        f"LIMIT {MOST_CLASSES + 1}",
        [*text.values, *where.values],
    )
    return [value for (value,) in cursor.fetchall()]


def _text_of(name: str, definition: LayerDefinition) -> Sql:
    return queryables_of(definition)[name].sql if name else Sql("NULL::text")


def _number_of(name: str, definition: LayerDefinition) -> Sql:
    if not name:
        return Sql("NULL::numeric")
    found = queryables_of(definition)[name].sql
    return Sql(f"({found.text})::numeric", found.values)
