"""Keyset paging: the rows behind a given one, in any order, each page at the cost of one page.

A token names the last feature that was read; its sort keys are read from the version itself, which
never changes. So a token is short whatever the keys are, and nothing in it has to be believed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from layers.cql2.sql import Sql
from layers.queries.selection import Condition, Selection, SortKey, condition

_LAST = "SELECT {keys} FROM layers_feature f WHERE f.version_id = %s AND f.id = %s::bigint"
FEATURES = "layers_feature"
_ROWS = "SELECT {columns} FROM {table} f WHERE {where} ORDER BY {order} LIMIT %s"
_BOTH = "SELECT * FROM ({halves}) AS halves LIMIT %s"


@dataclass(frozen=True)
class Last:
    """The feature behind which a page starts, with its values of the sort keys."""

    id: int
    keys: tuple[Any, ...] = ()

    @property
    def is_start(self) -> bool:
        """The first page."""
        return self.id == 0


START = Last(0)


@dataclass(frozen=True)
class Rows:
    """A SELECT of rows, their values, and the order among them by the names that they carry."""

    text: str
    values: tuple[Any, ...]
    order: str


def after_last(selection: Selection, after: int | None) -> Last | None:
    """The place where a page starts; None when the version has no feature with that id."""
    if after is None:
        return START
    if not selection.sort:
        return Last(after)
    columns = ", ".join(key.expression.text for key in selection.sort)
    values = [value for key in selection.sort for value in key.expression.values]
    with connection.cursor() as cursor:
        cursor.execute(_LAST.format(keys=columns), [*values, selection.version_id, after])
        found = cursor.fetchone()
    return None if found is None else Last(after, found)


def ordered_rows(
    selection: Selection, columns: str, last: Last, limit: int, *, table: str = FEATURES
) -> Rows:
    """At most `limit` rows behind `last`. Another table, of this version alone, needs `id` and
    `geom` with their indexes, and serves selections of place only.
    """
    if selection.sort:
        return _sorted_rows(selection, columns, last, limit)
    where = condition(selection, of_version=table == FEATURES)
    order, order_values = "f.id", []
    where.add("f.id > %s::bigint", last.id)
    if len(selection.boxes) == 1:
        # The composite GiST (geom, point(id, 0)) streams the box in key order; ORDER BY id alone
        # would walk the primary key past everything outside it. >> is the index's own f.id > last.
        key = "point(f.id::float8, 0)"
        where.add(f"{key} >> point(%s::float8, 0)", last.id)
        order, order_values = f"{key} <-> point(%s::float8, 0)", [last.id]
    text = _ROWS.format(columns=columns, table=table, where=where.sql.text, order=order)
    return Rows(text, (*where.values, *order_values, limit), "page.id")


def _sorted_rows(selection: Selection, columns: str, last: Last, limit: int) -> Rows:
    """Two halves: rows with a value of the first key, by its index, and only when these are too few
    those without. PostgreSQL's indexes put nulls at one end only; here they are last either way.
    """
    keys = selection.sort
    named = "".join(f", {key.expression.text} AS k{n}" for n, key in enumerate(keys))
    named_values = [value for key in keys for value in key.expression.values]
    presence = keys[0].presence or keys[0].expression
    halves, bound = [], []
    for with_value in (True, False):
        where = condition(selection)
        where.add(f"{presence.text} IS {'NOT ' if with_value else ''}NULL", *presence.values)
        if not last.is_start and not _start_behind(where, keys, last, with_value=with_value):
            continue
        order = _half_order(keys, with_value=with_value)
        select = _ROWS.format(
            columns=columns + named, table=FEATURES, where=where.sql.text, order=order.text
        )
        halves.append(f"({select})")
        bound += [*named_values, *where.values, *order.values, limit]
    text = _BOTH.format(halves=" UNION ALL ".join(halves))
    again = [f"page.k{n}{_direction(key)}" for n, key in enumerate(keys)]
    return Rows(text, (*bound, limit), ", ".join([*again, "page.id"]))


def _start_behind(
    where: Condition, keys: Sequence[SortKey], last: Last, *, with_value: bool
) -> bool:
    """Add what starts a half behind `last`; false when nothing of the half is behind it."""
    value = last.keys[0]
    if with_value and value is None:
        return False
    if with_value:
        first = keys[0].expression
        # The bound that the index starts at; the rest decides among equal ones.
        where.add(f"{first.text} {'<=' if keys[0].descending else '>='} %s", *first.values, value)
        behind = _behind(keys, last.keys, last.id)
        where.add(behind.text, *behind.values)
    elif value is None:
        behind = _behind(keys[1:], last.keys[1:], last.id)
        where.add(behind.text, *behind.values)
    return True


def _behind(keys: Sequence[SortKey], values: Sequence[Any], last_id: int) -> Sql:
    """Later in the order of the keys, then of the id."""
    text, bound = "f.id > %s::bigint", [last_id]
    for key, value in zip(reversed(keys), reversed(values), strict=True):
        expression, given = key.expression.text, key.expression.values
        if value is None:
            text, bound = f"({expression} IS NULL AND {text})", [*given, *bound]
        else:
            later = "<" if key.descending else ">"
            equal = f"({expression} = %s AND {text})"
            text = f"({expression} {later} %s OR {expression} IS NULL OR {equal})"
            bound = [*given, value, *given, *given, value, *bound]
    return Sql(text, tuple(bound))


def _half_order(keys: Sequence[SortKey], *, with_value: bool) -> Sql:
    texts: list[str] = []
    values: list[Any] = []
    for place, key in enumerate(keys):
        if place == 0:
            # No NULLS LAST: there are none here, and the index can be walked backwards.
            if with_value:
                texts.append(f"{key.expression.text}{' DESC' if key.descending else ''}")
                values += key.expression.values
        else:
            texts.append(f"{key.expression.text}{_direction(key)}")
            values += key.expression.values
    return Sql(", ".join([*texts, "f.id"]), tuple(values))


def _direction(key: SortKey) -> str:
    return f"{' DESC' if key.descending else ''} NULLS LAST"
