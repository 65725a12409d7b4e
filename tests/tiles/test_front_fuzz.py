"""Random bad tile addresses, parameters and headers through the real application: no answer of 5xx.

`make fuzz` asks 10,000; `make test` a part of the same list.
"""

import os

import pytest

from tests.layers.rows import plots_layer, published
from tests.tiles.bad_addresses import asked
from tests.tiles.test_store import STYLE
from tiles.source import source_of

COUNT = int(os.environ.get("PORTAL_FUZZ", "1000"))


@pytest.mark.django_db
@pytest.mark.filterwarnings("ignore")
def test_no_bad_address_makes_the_server_fail(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("CRITICAL")
    published(plots_layer(slug="test-internal", style=STYLE, visibility="internal"), ["B1"])
    version = published(plots_layer(style=STYLE), ["A1", "A2"])
    outcome = asked(version.pk, source_of("test-plots", version.pk).digest, COUNT)
    assert outcome.statuses.total() == COUNT
    assert not outcome.failures, outcome.failures[:5]
    # The list reaches every kind of answer: else it would prove little.
    assert {200, 204, 400, 404, 405} <= set(outcome.statuses), outcome.statuses
