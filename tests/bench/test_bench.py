"""`make bench`: measures, prints, and writes docs/benchmarks.md after a whole run.

Asserts equal answers, never times. Each section runs alone: `make bench ARGS="-k statement"`.
"""

from pathlib import Path

import pytest

from tests.bench.bench_cold import cold
from tests.bench.bench_statement import statement_figures
from tests.bench.land import Land
from tests.bench.peers import versions
from tests.bench.report import Report, Section

pytestmark = pytest.mark.bench


def test_statement(prepared: Land, report: Report) -> None:
    figures = statement_figures(prepared)
    report.add("statement", Section("Our statement and plain ST_AsMVTGeom", figures))


def test_cold(prepared: Land, report: Report, tmp_path: Path) -> None:
    report.versions |= versions()
    figures, text = cold(prepared, tmp_path)
    report.add("cold", Section("Cold tiles, z14–17", figures, text))
