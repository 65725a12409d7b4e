"""One theatre for all tests of this folder: they carry `xdist_group("faults")`."""

from collections.abc import Iterator

import pytest

from tests.faults.theatre import Theatre, theatre


@pytest.fixture(scope="session")
def stage() -> Iterator[Theatre]:
    """A private portal that may be killed."""
    with theatre() as made:
        yield made
