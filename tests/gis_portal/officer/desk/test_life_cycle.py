"""The life cycle of field reports: the register's moves, closed, and nothing without its papers."""

import csv
import datetime as dt
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_portal.officer.desk.errors import DecisionNeeded, ReasonNeeded, StepRefused
from gis_portal.officer.desk.life_cycle import (
    DECISION,
    GROUPS,
    NEW,
    STATES,
    TEXT,
    Behind,
    allowed_next,
    check_step,
    state_of_parcel,
)
from layers.errors import PortalError

DAY = dt.date(2026, 6, 1)
# Ours beside the register: a report without a violation is closed as such.
OURS = {("checking", "noted")}
values = st.sampled_from(sorted(STATES))
behinds = st.builds(
    Behind,
    decision_no=st.sampled_from(["", "  ", "12/BB-VPHC"]),
    decision_date=st.none() | st.integers(-400, 400).map(lambda days: DAY + dt.timedelta(days)),
    text=st.sampled_from(["", "ngắn", "Đã kiểm tra tại chỗ."]),
)


def test_moves_are_those_of_the_register(shared: Path) -> None:
    with (shared / "domain" / "status_lifecycles.csv").open(encoding="utf-8") as lines:
        rows = {
            (row["entity"], row["status"]): row["next"].split("|") for row in csv.DictReader(lines)
        }
    moves = {
        (state.value, to.value) for state in STATES.values() for to in allowed_next(state.value)
    }
    said = {
        value: rows.get(("field_report", value)) or rows.get(("public_parcel", value))
        for value in STATES
    }
    # What follows when the land is back in management is no violation any more.
    wanted = {
        (value, to)
        for value, following in said.items()
        if value != "managed_vacant"
        for to in following or ()
        if to
    }
    assert moves - OURS == wanted
    assert moves >= OURS
    # The register leads to it and describes it nowhere.
    assert {value for value, following in said.items() if following is None} == {
        "dismissed",
        "noted",
    }
    assert said["confirmed"] == rows["public_parcel", STATES["confirmed"].parcel]


def test_states_are_whole() -> None:
    assert {state.group for state in STATES.values()} == set(GROUPS)
    for state in STATES.values():
        assert state.vi
        assert state.en
        assert re.fullmatch("#[0-9a-f]{6}", state.colour)
        assert bool(state.button_vi) == bool(state.button_en) == (state.value != NEW)
        assert set(state.next) <= set(STATES)
        assert (state.group == "closed") == (not state.next), "closed is where nothing follows"


@given(values, values | st.text(max_size=8), behinds, st.integers(0, 300), st.integers(0, 300))
def test_every_allowed_step_works_and_every_other_is_refused(
    state: str, to: str, behind: Behind, before: int, later: int
) -> None:
    after, today = DAY - dt.timedelta(before), DAY + dt.timedelta(later)
    on = behind.decision_date
    refused: type[PortalError] | None = None
    needs = STATES[to].needs if to in STATES else ()
    unwritten = DECISION in needs and (not behind.decision_no.strip() or on is None)
    if to not in STATES[state].next:
        refused = StepRefused
    elif unwritten or (on is not None and not after <= on <= today):
        refused = DecisionNeeded
    elif TEXT in needs and len(behind.text.strip()) < 5:
        refused = ReasonNeeded
    if refused is None:
        check_step(state, to, behind, today=today, after=after)
        return
    with pytest.raises(refused):
        check_step(state, to, behind, today=today, after=after)


@given(st.data())
def test_every_walk_ends(data: st.DataObject) -> None:
    walked, state = [NEW], NEW
    while following := allowed_next(state):
        state = data.draw(st.sampled_from(following)).value
        assert state not in walked, "no step leads back"
        walked.append(state)
    assert STATES[state].group == "closed"
    assert state_of_parcel(["confirmed", state]) in {"encroached", "managed_vacant"}
    if "managed_vacant" not in walked:
        assert state_of_parcel([state]) == ""
