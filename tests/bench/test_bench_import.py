"""`make bench-import`: a million parcels in and in again; prints and writes
docs/benchmarks-import.md. Asserts counts, never times.
"""

from pathlib import Path

import pytest
from django.db import connection
from pytest_django.plugin import DjangoDbBlocker

from tests.bench.bench_import import check_counts, imported, limit, made_files, ogr2ogr
from tests.bench.import_report import write

pytestmark = pytest.mark.bench
FIGURES_ARE_OF = 1_000_000


@pytest.mark.django_db
def test_the_database_is_a_scratch_one() -> None:
    """Without a marked test no test database is made, and the next test would write elsewhere."""
    assert connection.settings_dict["NAME"].startswith("test_")


def test_import(
    tmp_path: Path,
    request: pytest.FixtureRequest,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
) -> None:
    """Really committed, in the tests' own database, which is dropped afterwards."""
    count = int(request.config.getoption("--parcels"))
    assert connection.settings_dict["NAME"].startswith("test_")
    with django_db_blocker.unblock():
        first_file, second_file = made_files(tmp_path, count)
        first = imported(first_file)
        limits = limit(first.run), limit(first.run, "id, key, properties, geom")
        ogr = ogr2ogr(first_file)
        again = imported(second_file)
        made = check_counts(first, again, count)
        kept = count == FIGURES_ARE_OF
        text = write(count, first, again, limits, ogr, made, keep=kept)
        print("\n" + text)  # noqa: T201 - a report on the screen
