"""Tests run in a transaction that only one connection sees: the tiles role's must be that one.

What the tiles role itself may read is tested in test_tiles_role.py, on a connection of its own.
"""

from collections.abc import Iterator

import pytest

from tiles import mvt
from tiles.known import sources


@pytest.fixture(autouse=True)
def _one_connection(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Also forgets versions of other tests: they are rolled back, which no process ever sees."""
    monkeypatch.setattr(mvt, "PUBLIC_ROLE", mvt.APP_ROLE)
    sources.clear()
    yield
    sources.clear()
