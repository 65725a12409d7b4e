"""Statements planned once a connection: bounded, and planned again wherever the plan is gone."""

from collections.abc import Iterator

import pytest
from django.db import connections
from pytest_django.plugin import DjangoDbBlocker

from tiles import planned
from tiles.grid import Tile

HERE = Tile(3, 1, 0)
QUERY = "SELECT (%(x)s + %(k)s * 0)::text, 'per %% cent', NULL, '\\x00ff'::bytea"
ALIAS = "default"


@pytest.fixture(autouse=True)
def _connected(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Outside of a transaction, as in the portal; nothing is written."""
    # Tests without the mark of the database come last: a browser's loop may still be there.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with django_db_blocker.unblock():
        connections[ALIAS].close()
        yield
        connections[ALIAS].close()


def plans() -> int:
    with connections[ALIAS].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements")
        return int(cursor.fetchone()[0])


def test_a_statement_is_planned_once() -> None:
    for _ in range(3):
        assert planned.first_row(ALIAS, QUERY, HERE) == (b"1", b"per % cent", None, b"\x00\xff")
    assert plans() == 1


def test_a_lost_connection_is_opened_again() -> None:
    """The database was restarted between two tiles; nobody sees it."""
    assert planned.first_row(ALIAS, QUERY, HERE)
    opened = connections[ALIAS].connection
    other = connections.create_connection(ALIAS)
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [opened.info.backend_pid])
    other.close()
    assert planned.first_row(ALIAS, QUERY, HERE)
    assert connections[ALIAS].connection is not opened


def test_a_session_behind_a_pooler_plans_again() -> None:
    assert planned.first_row(ALIAS, QUERY, HERE)
    with connections[ALIAS].cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    assert planned.first_row(ALIAS, QUERY, HERE)


def test_plans_of_a_connection_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planned, "KEPT", 3)
    for number in (0, 1, 2, 0, 3, 4, 0):
        assert planned.first_row(ALIAS, f"SELECT '{number}'", HERE) == (str(number).encode(),)
    assert plans() == 3
    assert planned.first_row(ALIAS, "SELECT '1'", HERE) == (b"1",)
