"""One running portal for all clients, and what its database holds."""

from collections.abc import Callable
from functools import cache

import pytest

from tests.conformance.reading import Api, Held, held
from tests.running_portal import Portal


@pytest.fixture(scope="session")
def api(portal: Portal) -> Api:
    """The API of the running portal."""
    return Api(portal)


@pytest.fixture(scope="session")
def database(portal: Portal) -> Callable[[str], Held]:
    """A layer's live version, read once."""
    return cache(lambda slug: held(portal, slug))
