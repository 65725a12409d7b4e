"""`make bench`: measures, prints, and writes docs/benchmarks.md after a whole run.

Asserts equal answers, never times. Each section runs alone: `make bench ARGS="-k statement"`.
"""

import pytest

from tests.bench.bench_statement import statement_figures
from tests.bench.land import Land
from tests.bench.report import Report, Section

pytestmark = pytest.mark.bench


def test_statement(land: Land, report: Report) -> None:
    report.add(
        "statement", Section("Our statement and plain ST_AsMVTGeom", statement_figures(land))
    )
