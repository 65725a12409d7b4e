"""The dashboard over a million parcels: what counting costs once a version, and a page afterwards.

Counting is compared with the barest statement that groups the same rows by unit: what is above it
is the price of classes and sums. Pages are asked for in this process, written out whole.
"""

import statistics
import time
from collections.abc import Callable

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gis_portal.figures.declared import indicators
from gis_portal.figures.remembered import count_version, forget
from gis_portal.figures.tally import count_cells
from layers.catalogue import layer_by_slug
from tests.bench.land import SLUG, Land
from tests.bench.rows import Figure

PASSES, PAGES = 3, 20
MOST_MS = 150.0
SECONDS = 120
_BARE = """SELECT unit_id, count(*), sum(area_m2) FROM layers_feature
WHERE version_id = %s GROUP BY unit_id"""


def figures_figures(land: Land) -> list[Figure]:
    """What is counted, and the pages."""
    definition = layer_by_slug(SLUG).parsed
    asked = [one for one in indicators() if one.layer == SLUG]

    def bare() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
            cursor.execute(_BARE, [land.version.pk])
            cursor.fetchall()

    def counted() -> None:
        for one in asked:
            cells = count_cells(one, definition, land.version.pk, seconds=SECONDS)
            assert sum(cell.count for cell in cells) == land.count, one.key

    each, floor = _ms(counted, PASSES) / len(asked), _ms(bare, PASSES)
    count_version(land.version.pk)
    client = Client()
    addresses = ("/figures/", f"/figures/{asked[0].key}/", f"/figures/{asked[0].key}/?units=old")
    figures = [
        Figure("counting an indicator, once a version", each, "ms"),
        Figure("counting an indicator ÷ grouping by unit alone", each / floor, ""),
    ]
    for address in addresses:
        forget()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            _asked(client, address)
        # At once: the next request empties the log.
        remark = f"{len(queries)} queries when nothing is in memory"
        spent = _ms(lambda address=address: _asked(client, address), PAGES)  # type: ignore[misc]
        figures.append(
            Figure(f"page {address}", spent, "ms", MOST_MS, at_least=False, remark=remark)
        )
    return figures


def _asked(client: Client, address: str) -> None:
    assert client.get(address).status_code == 200, address


def _ms(work: Callable[[], None], passes: int) -> float:
    """The median of so many passes, after one that is not counted."""
    work()
    times = []
    for _each in range(passes):
        begun = time.perf_counter()
        work()
        times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times)
