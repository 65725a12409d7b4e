"""Options of the benchmarks."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--parcels=200000` for a quick turn; the figures are those of a million."""
    parser.addoption("--parcels", type=int, default=1_000_000)
