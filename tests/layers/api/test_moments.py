"""Moments, days and periods of RFC 3339 as callers write them."""

import datetime as dt

import pytest

from layers.api.moments import FIRST, LAST, read_period
from layers.errors import BadDatetime
from layers.past import Period

NOON = dt.datetime(2026, 7, 1, 12, tzinfo=dt.UTC)


def test_a_moment_is_a_period_without_length() -> None:
    assert read_period("2026-07-01T12:00:00Z") == Period(NOON, NOON)
    assert read_period("2026-07-01t19:00:00+07:00") == Period(NOON, NOON)
    assert read_period("2026-07-01T12:00:00.123456789Z") == Period(
        *[NOON.replace(microsecond=123456)] * 2
    )
    assert read_period("2026-07-01T11:59:60Z") == read_period("2026-07-01T11:59:59Z")
    assert read_period("") is None


def test_a_day_is_the_whole_day_of_the_portal() -> None:
    day = read_period("2026-07-01")
    assert day is not None
    assert day.start == dt.datetime(2026, 6, 30, 17, tzinfo=dt.UTC)
    assert day.end == dt.datetime(2026, 7, 1, 16, 59, 59, 999999, tzinfo=dt.UTC)


def test_ends_may_be_open() -> None:
    assert read_period("../2026-07-01T12:00:00Z") == Period(None, NOON)
    assert read_period("/2026-07-01T12:00:00Z") == Period(None, NOON)
    assert read_period("2026-07-01T12:00:00Z/..") == Period(NOON, None)
    assert read_period("2026-07-01T12:00:00Z/2026-07-01T12:00:00Z") == Period(NOON, NOON)


def test_the_ends_of_the_calendar_are_far_away_and_no_mistake() -> None:
    assert read_period("0001-01-01T00:00:00+07:00") == Period(FIRST, FIRST)
    assert read_period("9999-12-31T23:59:59-07:00") == Period(LAST, LAST)
    whole = read_period("0001-01-01/9999-12-31")
    assert whole is not None
    assert whole.start == FIRST
    assert whole.end is not None
    assert whole.end.year == 9999


@pytest.mark.parametrize(
    "text",
    [
        "yesterday",
        "2026",
        "20260701",
        "2026-W27",
        "2026-02-30",
        "2026-07-01T12:00:00",
        "2026-07-01 12:00:00Z",
        "2026-07-01T24:00:00Z",
        "2026-07-01T12:00:00+99:00",
        "0000-01-01",
        "../..",
        "/",
        "a/b/c",
        "2026-07-02/2026-07-01",
        "٢٠٢٦-07-01",
        "2026-07-01\n",
    ],
)
def test_what_is_no_moment_is_refused_by_name(text: str) -> None:
    with pytest.raises(BadDatetime):
        read_period(text)
