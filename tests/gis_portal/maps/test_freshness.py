"""The promised interval and the data's date."""

import datetime as dt

import pytest
from django.utils import translation

from gis_portal.maps.freshness import due, state
from layers.durations import interval_text


@pytest.mark.parametrize(
    ("date", "interval", "expected"),
    [
        (dt.date(2026, 1, 31), "P1M", dt.date(2026, 2, 28)),
        (dt.date(2024, 2, 29), "P1Y", dt.date(2025, 2, 28)),
        (dt.date(2026, 9, 30), "P6M", dt.date(2027, 3, 30)),
        (dt.date(2026, 12, 31), "P1D", dt.date(2027, 1, 1)),
        (dt.date(2026, 1, 1), "P2W", dt.date(2026, 1, 15)),
        (dt.date(2026, 1, 1), "", None),
        (dt.date(2026, 1, 1), "P", None),
        (dt.date(2026, 1, 1), "six months", None),
    ],
)
def test_due(date: dt.date, interval: str, expected: dt.date | None) -> None:
    assert due(date, interval) == expected


def test_state_turns_late_the_day_after() -> None:
    promised = dt.date(2026, 7, 1)
    assert state(dt.date(2026, 1, 1), "P6M", promised) == "on-time"
    assert state(dt.date(2026, 1, 1), "P6M", promised + dt.timedelta(days=1)) == "late"
    assert state(None, "P6M", promised) == "unknown"


def test_interval_in_words() -> None:
    with translation.override("vi"):
        assert interval_text("P6M") == "6 tháng một lần"
        assert interval_text("P1D") == "hằng ngày"
        assert interval_text("") == ""
