"""A planner's run whose worker is killed, at every point of it, and with the database: it is
computed anew to the same last digit, or fails by name; nothing half written is left.
"""

import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.faults.points import POSTMASTER, WORKER
from tests.faults.theatre import Theatre

pytestmark = pytest.mark.faults
# As `tests.faults.planning` has them; that module needs a portal of its own around it.
POINTS = (
    "turn taken", "table of the answer made", "sets divided", "in the middle of the cutting",
    "before the seal", "after the seal", "before the first map", "before it says done", "said done",
)  # fmt: skip
KILLS = [
    *((point, WORKER) for point in POINTS),
    ("in the middle of the cutting", POSTMASTER),
    ("after the seal", POSTMASTER),
]
PATIENCE_SECONDS = 30


def _until(true: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < end, what
        time.sleep(0.1)


def _killed(stage: Theatre, run: str, point: str, victim: str) -> None:
    """A worker begins the run and does not end it; then a beat of the sweeper."""
    postmaster = stage.postmaster() if victim == POSTMASTER else 0
    ended = stage.act("die", point=point, victim=victim, postmaster=postmaster, path="")
    if victim == POSTMASTER:
        assert ended["status"] != 99, "the point was never reached"
        stage.restart_database()
    else:
        assert ended["signal"] == 9, ended

    def is_taken_up() -> bool:
        # The session of the killed worker may still be at its last statement.
        stage.act("sweep_runs")
        return bool(stage.act("answer_of", run=run)["state"] != "running")

    _until(is_taken_up, "the run is nobody's")


@pytest.fixture(scope="module")
def right(stage: Theatre) -> Any:
    """The answer when nobody kills anything."""
    run = stage.act("ask_question")["run"]
    stage.act("work")
    told = stage.act("answer_of", run=run)
    assert told["state"] == "done"
    assert len(told["tables"]) == 1
    return told


@pytest.mark.parametrize(("point", "victim"), KILLS)
def test_a_killed_run_is_computed_anew(stage: Theatre, right: Any, point: str, victim: str) -> None:
    run = stage.act("ask_question")["run"]
    _killed(stage, run, point, victim)
    told = stage.act("answer_of", run=run)
    if point != "said done":
        assert (told["state"], told["tables"]) == ("queued", [])
        stage.act("work")
        told = stage.act("answer_of", run=run)
        assert told["attempts"] == 2
    assert (told["state"], told["rows"], told["sums"]) == ("done", right["rows"], right["sums"])
    assert len(told["tables"]) == 1


def test_killed_twice_it_fails_by_name(stage: Theatre, right: Any) -> None:
    run = stage.act("ask_question")["run"]
    for _time in range(2):
        _killed(stage, run, "before the seal", WORKER)
    told = stage.act("answer_of", run=run)
    assert (told["state"], told["code"]) == ("failed", "run-interrupted")
    assert told["tables"] == []
    again = stage.act("ask_question")["run"]
    stage.act("work")
    assert stage.act("answer_of", run=again)["rows"] == right["rows"]
    # Nor does a task of a killed worker say for ever that it is running.
    stage.act("a_day_later")
    assert not stage.act("leftovers")
