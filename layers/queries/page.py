"""A page of features as GeoJSON text, built by the database in one statement or read where it was
written ahead, and the count of all that match.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.db import OperationalError, ProgrammingError, connection, transaction
from psycopg2.errors import UndefinedTable
from psycopg2.extensions import BYTES, register_type

from layers.cql2.sql import Sql
from layers.queries.order import Last, after_last, ordered_rows
from layers.queries.selection import Selection, condition
from layers.queries.writing import Form

ROW = "f.id, f.uid, f.unit_id, f.area_m2, f.length_m, f.geom, f.properties"
# A row a feature: joined by the database, a megabyte would be copied four times on its way.
_PAGE = "SELECT {feature} AS feature, page.id FROM ({rows}) AS page{joins} ORDER BY {order}"
_COUNT = "SELECT count(*) FROM (SELECT 1 FROM layers_feature f WHERE {where} LIMIT %s) AS capped"

_KEPT = 1000
# By a digest: a filter may be long, and its whole text a thousand times would fill the memory.
_counted: dict[bytes, int] = {}


@dataclass(frozen=True)
class Page:
    """GeoJSON features in UTF-8; `last_id` is where the next page starts, if there is one."""

    features: tuple[bytes, ...]
    last_id: int | None
    has_more: bool

    @property
    def count(self) -> int:
        """How many features it has."""
        return len(self.features)


NOTHING = Page((), None, has_more=False)


def features_page(
    selection: Selection,
    form: Form,
    *,
    limit: int,
    after: int | None = None,
    table: str | None = None,
) -> Page | None:
    """One page in the selection's order, behind the feature with the id `after`; one statement
    whatever the size, two where a sorted series goes on. None when there is no such feature.

    `table`: where the version's features stand written in this form (`layers.written`).
    """
    last = after_last(selection, after)
    if last is None:
        return None
    try:
        found = _fetched(_statement(selection, form, last, limit, table))
    except ProgrammingError as error:
        # Thrown away since we looked: fields were withdrawn, or another one took its place.
        if table is None or not isinstance(error.__cause__, UndefinedTable):
            raise
        found = _fetched(_statement(selection, form, last, limit, None))
    shown = found[:limit]
    last_id = shown[-1][1] if shown else None
    return Page(tuple(feature for feature, _id in shown), last_id, has_more=len(found) > limit)


def _statement(selection: Selection, form: Form, last: Last, limit: int, table: str | None) -> Sql:
    """Of one row more than the page holds."""
    if table is None:
        rows = ordered_rows(selection, ROW, last, limit + 1)
        feature, joins = form.feature, form.joins
    elif selection.is_of_place:
        rows = ordered_rows(selection, "f.id, f.feature", last, limit + 1, table=table)
        feature, joins = "page.feature", ""
    else:
        rows = ordered_rows(selection, "f.id", last, limit + 1)
        feature, joins = "written.feature", f" JOIN {table} written ON written.id = page.id"
    text = _PAGE.format(rows=rows.text, order=rows.order, feature=feature, joins=joins)
    return Sql(text, rows.values)


def _fetched(statement: Sql) -> list[tuple[bytes, int]]:
    with connection.cursor() as cursor:
        # Texts as the bytes that they come as: they are sent on, not read.
        register_type(BYTES, cursor.cursor)
        cursor.execute(statement.text, statement.values)
        found: list[tuple[bytes, int]] = cursor.fetchall()
        return found


def count_matching(selection: Selection, *, cap: int) -> int | None:
    """How many features match, or None when more than `cap`, or when counting takes longer than
    the setting allows. Remembered: a version stays what it is, and every page of a series asks.
    """
    where = condition(selection).sql
    told = repr((where.text, where.values, cap)).encode("utf-8", "backslashreplace")
    key = hashlib.blake2b(told, digest_size=16).digest()
    count = _counted.get(key)
    if count is None:
        count = _count(where, cap)
        # What units in force have depends on today's units, not on the version alone.
        if count is not None and "layers_adminunit" not in where.text:
            if len(_counted) >= _KEPT:
                _counted.pop(next(iter(_counted)), None)
            _counted[key] = count
    return count if count is not None and count <= cap else None


def _count(where: Sql, cap: int) -> int | None:
    """At most one more than `cap`; None when it takes too long."""
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
    return int(count)


@contextmanager
def _apart() -> Iterator[None]:
    """Within a transaction neither the bound nor a cancelled statement may reach what follows."""
    if not connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
