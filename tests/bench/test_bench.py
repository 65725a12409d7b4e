"""`make bench`: measures, prints and writes docs/benchmarks.md. Asserts equal answers, never
times.
"""

import pytest

from tests.bench.bench_tiles import items_row, low_zoom_rows, tile_rows
from tests.bench.parcels import publish_parcels
from tests.bench.report import write

pytestmark = [pytest.mark.bench, pytest.mark.django_db]


def test_tiles_and_lists() -> None:
    version = publish_parcels()
    rows = [*tile_rows(version), items_row(version)]
    print("\n" + write(rows, low_zoom_rows(version)))  # noqa: T201 - a report on the screen
