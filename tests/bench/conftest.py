"""Options of the benchmarks, and the land that they measure on."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from pytest_django.plugin import DjangoDbBlocker

from tests.bench.bench_low import Build, build
from tests.bench.land import PARCEL, Land, make_land, own_database
from tests.bench.report import DOCUMENT, FIGURES_ARE_OF, Report

# The order of docs/benchmarks.md.
SECTIONS = (
    "statement",
    "cold",
    "low",
    "warm",
    "lists",
    "search",
    "parcel",
    "extract",
    "sitemap",
    "figures",
    "exports",
    "packs",
    "planner",
    "planner-results",
    "imagery",
    "first-view",
    "bad-addresses",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--parcels=200000` for a quick turn; the figures are those of a million."""
    parser.addoption("--parcels", type=int, default=1_000_000)
    parser.addoption("--keep", action="store_true", help="keep the database for the next run")


@pytest.fixture(scope="session")
def land(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[Land]:
    """The parcels, really committed in a database of their own; files go to a folder of their own.

    No test that uses it is marked `django_db`: nothing is rolled back, other processes see it all.
    """
    folder = tmp_path_factory.mktemp("land")
    with (
        pytest.MonkeyPatch.context() as patch,
        django_db_blocker.unblock(),
        own_database(keep=request.config.getoption("--keep")) as urls,
    ):
        patch.setattr(settings, "MEDIA_ROOT", folder / "files")
        patch.setattr(settings, "PORTAL_TILE_STORE", folder / "tiles", raising=False)
        yield make_land(int(request.config.getoption("--parcels")), folder, urls)


@pytest.fixture(scope="session")
def report(land: Land) -> Iterator[Report]:
    """Collects the sections; a whole run of a million is kept as a document."""
    found = Report(SECTIONS)
    yield found
    text = found.text(count=land.count, side=PARCEL, tiles=len(land.tiles), boxes=len(land.boxes))
    if found.is_whole and land.count == FIGURES_ARE_OF:
        DOCUMENT.write_text(text, encoding="utf-8")
        print(f"\n  Written: {DOCUMENT}")  # noqa: T201 - a report on the screen


@pytest.fixture(scope="session")
def built(land: Land) -> Build:
    """How its tables for tiles were made, which the worker does after a publication."""
    return build(land)


@pytest.fixture(scope="session")
def prepared(land: Land, built: Build) -> Land:
    """The land with its tables for tiles."""
    return land
