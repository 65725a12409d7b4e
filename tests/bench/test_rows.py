"""What a figure says of itself: met, missed, or not taken, never nothing."""

import pytest

from tests.bench.rows import Figure, shown


@pytest.mark.parametrize(
    ("value", "limit", "at_least", "met"),
    [
        (0.75, 0.75, True, True),
        (0.74, 0.75, True, False),
        (150.0, 150.0, False, True),
        (151.0, 150.0, False, False),
        (None, 2.0, True, None),
        (3.0, None, True, None),
    ],
)
def test_a_limit_is_met_from_itself_on(
    value: float | None, limit: float | None, at_least: bool, met: bool | None
) -> None:
    assert Figure("x", value, "", limit, at_least).is_met is met


def test_a_figure_that_was_not_taken_is_in_the_table() -> None:
    row = Figure("ours ÷ tipg", None, "", 2.0, remark="tipg cannot be installed").row()
    assert "**not taken**" in row
    assert "tipg cannot be installed" in row


def test_a_missed_figure_shows() -> None:
    row = Figure("slowest tile", 612.4, "ms", 150, at_least=False, remark="z9").row()
    assert row == "| slowest tile | 612 ms | ≤ 150 | **missed** | z9 |"


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (0.7534, "0.753"), (1.0, "1"), (12.34, "12.3"), (4210.4, "4,210"), (300, "300")],
)
def test_three_figures_that_count(value: float, text: str) -> None:
    assert shown(value) == text
