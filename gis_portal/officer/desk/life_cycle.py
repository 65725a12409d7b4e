"""The life of a field report and of the violation that it may turn out to be, as closed data.

The states are `life_cycle.json`, carried over from the two registers of the field (report, public
land), which meet where a confirmed report gets its minutes. Supervisors move a report one step at a
time; `needs` says what must be behind a step: the number and day of a decision, or a reason in
words. `parcel` is what a state says of the public parcel. Docs: decision 0039.
"""

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from gis_portal.officer.desk.errors import DecisionNeeded, ReasonNeeded, StepRefused

SOURCE = Path(__file__).parent / "life_cycle.json"
DECISION, TEXT = "decision", "text"
SHORTEST = 5


@dataclass(frozen=True)
class State:
    """One state. `group` is what lists and statistics count by: open, violation, closed."""

    value: str
    vi: str
    en: str
    button_vi: str
    button_en: str
    colour: str
    group: str
    parcel: str
    needs: tuple[str, ...]
    next: tuple[str, ...]

    def label(self, language: str) -> str:
        """In the reader's words."""
        return self.en if language == "en" else self.vi

    def button(self, language: str) -> str:
        """What the button says that leads here."""
        return self.button_en if language == "en" else self.button_vi


STATES: dict[str, State] = {
    row["value"]: State(**{**row, "needs": tuple(row["needs"]), "next": tuple(row["next"])})
    for row in json.loads(SOURCE.read_text(encoding="utf-8"))
}
CLOSED = "closed"
GROUPS = ("open", "violation", CLOSED)
NEW = "new"
OPEN_STATES = tuple(value for value, state in STATES.items() if state.group != CLOSED)


@dataclass(frozen=True)
class Behind:
    """What stands behind a step: a decision by number and day, and words."""

    decision_no: str = ""
    decision_date: dt.date | None = None
    text: str = ""


def allowed_next(state: str) -> tuple[State, ...]:
    """The states that a supervisor may move a report to."""
    return tuple(STATES[value] for value in STATES[state].next)


def check_step(state: str, to: str, behind: Behind, *, today: dt.date, after: dt.date) -> None:
    """Whether `to` may follow `state` with this behind it. `after` is the day of the last decision,
    or of the report: none may be dated before it.

    Raises StepRefused, DecisionNeeded, ReasonNeeded.
    """
    if to not in STATES or to not in STATES[state].next:
        raise StepRefused
    needs, on = STATES[to].needs, behind.decision_date
    if DECISION in needs and not (behind.decision_no.strip() and on):
        raise DecisionNeeded
    if on is not None and not after <= on <= today:
        raise DecisionNeeded(DecisionNeeded.wrong_day(after, today))
    if TEXT in needs and len(behind.text.strip()) < SHORTEST:
        raise ReasonNeeded


def state_of_parcel(states: Iterable[str]) -> str:
    """What reports in their order say of a public parcel: the last that says anything; "" none."""
    said = [STATES[state].parcel for state in states if state in STATES and STATES[state].parcel]
    return said[-1] if said else ""
