"""One theatre for all tests of this folder; `tests/sharing.py` keeps them together."""

from collections.abc import Iterator

import pytest

from tests.faults.theatre import Theatre, theatre


@pytest.fixture(scope="session")
def stage() -> Iterator[Theatre]:
    """A private portal that may be killed."""
    with theatre() as made:
        yield made
