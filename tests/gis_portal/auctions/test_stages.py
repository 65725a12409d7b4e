"""The life cycle: closed, the same as the register of statuses, true to the clock here."""

import csv
import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_portal.auctions.stages import (
    ANEW,
    BY_CLOCK,
    DATES,
    GROUPS,
    STAGES,
    Entry,
    Said,
    allowed_next,
    next_change,
    said,
    stage_at,
)
from layers.catalogue import shipped_definitions
from layers.values import LOCAL_TIME

CASES = json.loads(
    (Path(__file__).parents[2] / "data" / "auction_stages.json").read_text(encoding="utf-8")
)


def _moment(text: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text else None


def _dates(raw: dict[str, Any]) -> dict[str, Any]:
    return {name: _moment(raw.get(name)) for name in DATES}


def _said(raw: dict[str, Any]) -> Said:
    on = dt.date.fromisoformat(raw["on"]) if raw["on"] else None
    return Said(raw["status"], raw["round"], on, **_dates(raw))


def _entry(raw: dict[str, Any]) -> Entry:
    at = dt.datetime.fromisoformat(raw["at"])
    return Entry(raw["id"], raw["stage"], raw["round"], at, raw["corrects"], **_dates(raw))


def test_cases_that_the_browser_shares() -> None:
    for case in CASES:
        lot, events = _said(case["lot"]), [_entry(raw) for raw in case["events"]]
        now = dt.datetime.fromisoformat(case["now"])
        assert stage_at(lot, events, now).value == case["stage"], case
        coming = next_change(said(lot, events), now)
        assert (coming and coming.at) == _moment(case["next"]), case


def _register(shared: Path) -> Iterator[tuple[str, dict[str, str]]]:
    file = shared / "domain" / "status_lifecycles.csv"
    with file.open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            if row["entity"] == "auction":
                yield row["status"], row


def test_moves_are_those_of_the_register(shared: Path) -> None:
    rows = dict(_register(shared))
    assert set(STAGES) == {*rows, "session_over"}
    for value, row in rows.items():
        wanted = [word.partition("(")[0] for word in row["next"].split("|") if word]
        # No stage of that name is described: allocation without auction leaves the register.
        assert [s.value for s in allowed_next(value)] == [w for w in wanted if w != "closed_out"]
    assert allowed_next("session_over") == allowed_next("live")


def test_the_layer_calls_and_colours_stages_alike() -> None:
    lots = next(parsed for _raw, parsed in shipped_definitions() if parsed.slug == "auction-lots")
    for choice in lots.by_name["status"].type.choices:
        stage = STAGES[choice.value]
        assert (stage.vi, stage.en, stage.colour) == (choice.vi, choice.en, choice.color)
    assert {stage.group for stage in STAGES.values()} == set(GROUPS)
    assert all(b in STAGES[a].next for a, b in ANEW)


_days = st.integers(0, 60 * 24 * 3600).map(
    lambda seconds: dt.datetime(2026, 6, 1, tzinfo=LOCAL_TIME) + dt.timedelta(seconds=seconds)
)
_maybe = st.one_of(st.none(), _days)


@given(st.sampled_from(BY_CLOCK[:4]), _maybe, _maybe, _maybe, _days, _days)
def test_the_clock_never_goes_back(
    status: str,
    opens: dt.datetime | None,
    closes: dt.datetime | None,
    session: dt.datetime | None,
    one: dt.datetime,
    other: dt.datetime,
) -> None:
    lot = Said(status, 1, None, opens, closes, session)
    earlier, later = sorted([one, other])
    before, after = stage_at(lot, [], earlier), stage_at(lot, [], later)
    assert BY_CLOCK.index(before.value) <= BY_CLOCK.index(after.value)
    change = next_change(lot, earlier)
    if before != after:
        assert change is not None
        assert earlier < change.at <= later
    if change is not None:
        assert stage_at(lot, [], change.at - dt.timedelta(seconds=1)) == before
        assert stage_at(lot, [], change.at) != before


@pytest.mark.parametrize("value", list(STAGES))
def test_a_word_outside_the_clock_stays(value: str) -> None:
    if value not in BY_CLOCK:
        assert stage_at(Said(value), [], dt.datetime.now(dt.UTC)).value == value
