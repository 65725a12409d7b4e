"""`make bench`: measures, prints, and writes docs/benchmarks.md after a whole run.

Asserts equal answers, never times. Each section runs alone: `make bench ARGS="-k statement"`.
"""

from pathlib import Path

import pytest

from tests.bench.bench_bad_addresses import bad_address_figures
from tests.bench.bench_cold import cold
from tests.bench.bench_exports import export_figures
from tests.bench.bench_extract import extract_figures
from tests.bench.bench_figures import figures_figures
from tests.bench.bench_imagery import imagery_figures
from tests.bench.bench_lists import lists
from tests.bench.bench_low import Build, build_figures, low
from tests.bench.bench_packs import pack_figures
from tests.bench.bench_parcel import parcel_figures
from tests.bench.bench_planner import planner_figures
from tests.bench.bench_planner_results import planner_result_figures
from tests.bench.bench_search import search_figures
from tests.bench.bench_sitemap import sitemap_figures
from tests.bench.bench_statement import statement_figures
from tests.bench.bench_store import warm_figures
from tests.bench.first_view import first_view
from tests.bench.land import Land
from tests.bench.peers import versions
from tests.bench.report import Report, Section
from tests.bench.serving import portal as served_land
from tests.running_portal import Portal

pytestmark = pytest.mark.bench


def test_statement(prepared: Land, report: Report) -> None:
    figures = statement_figures(prepared)
    report.add("statement", Section("Our statement and plain ST_AsMVTGeom", figures))


def test_cold(prepared: Land, report: Report, tmp_path: Path) -> None:
    report.versions |= versions()
    figures, text = cold(prepared, tmp_path)
    report.add("cold", Section("Cold tiles, z14–17", figures, text))


def test_low_zooms(prepared: Land, built: Build, report: Report, tmp_path: Path) -> None:
    figures, text = low(prepared, tmp_path)
    title = "Below the working zoom"
    report.add("low", Section(title, [*build_figures(built), *figures], text))


def test_warm(prepared: Land, report: Report, tmp_path: Path) -> None:
    report.add("warm", Section("Warm tiles", warm_figures(prepared, tmp_path)))


def test_lists(prepared: Land, report: Report, tmp_path: Path) -> None:
    report.add("lists", Section("Lists", *lists(prepared, tmp_path)))


def test_search(land: Land, report: Report) -> None:
    report.add("search", Section("Search", *search_figures(land)))


def test_parcel(land: Land, report: Report) -> None:
    report.add("parcel", Section("The page of a parcel", *parcel_figures(land)))


def test_extract(land: Land, report: Report) -> None:
    report.add("extract", Section("Extracts on paper, share cards", *extract_figures(land)))


def test_sitemap(land: Land, report: Report) -> None:
    report.add("sitemap", Section("The sitemap", *sitemap_figures(land)))


def test_figures(land: Land, report: Report) -> None:
    report.add("figures", Section("The dashboard", figures_figures(land)))


def test_exports(land: Land, report: Report, tmp_path: Path) -> None:
    report.add("exports", Section("Files of a layer", *export_figures(land, tmp_path)))


def test_packs(land: Land, report: Report) -> None:
    report.add("packs", Section("Packs for officers", *pack_figures(land)))


def test_planner(land: Land, report: Report, tmp_path: Path) -> None:
    report.versions |= versions()
    report.add("planner", Section("Planners' questions", planner_figures(land, tmp_path)))


def test_planner_results(land: Land, report: Report) -> None:
    figures = planner_result_figures(land)
    report.add("planner-results", Section("Results of planners' questions", figures))


def test_imagery(land: Land, report: Report, tmp_path: Path) -> None:
    report.add("imagery", Section("Imagery", imagery_figures(tmp_path)))


def test_first_view(prepared: Land, portal: Portal, report: Report) -> None:
    figures = first_view(portal.url, of="demo province, all home layers")
    with served_land(prepared) as server:
        figures += first_view(server.url, of=f"{prepared.count:,} parcels")
    report.add("first-view", Section("The first view on a phone", figures))


def test_bad_addresses(prepared: Land, report: Report, tmp_path: Path) -> None:
    figures = bad_address_figures(prepared, tmp_path)
    report.add("bad-addresses", Section("Bad addresses", figures))
