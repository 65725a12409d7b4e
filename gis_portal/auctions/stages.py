"""The life cycle of an auction lot: which stages there are, what may follow, where it stands now.

The stages are closed data (`life_cycle.json`, read by the browser's twin
`frontend/src/auctions/stages.ts` too); both are held to the same cases,
`tests/data/auction_stages.json`. Three voices speak of a lot: the file that was imported, the
entries of stewards, and the clock. `said` settles the first two, `by_clock` adds the third
(docs/decisions/0029-who-says-the-stage.md):

* An entry stands above the file. A file may only go on from it: later data, same round, a stage
  that follows. A file of a higher round begins anew.
* From the announcement to the session dates decide, wherever there are any.
* A deadline at 00:00 is a day that was written without an hour: it lasts until that day's end.
"""

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path

from layers.values import LOCAL_TIME

SOURCE = Path(__file__).parent / "life_cycle.json"


@dataclass(frozen=True)
class Stage:
    """One stage. `group` is what the list counts by, `date` the field whose moment brings it."""

    value: str
    vi: str
    en: str
    colour: str
    group: str
    next: tuple[str, ...]
    date: str = ""

    def label(self, language: str) -> str:
        """In the reader's words."""
        return self.en if language == "en" else self.vi


STAGES: dict[str, Stage] = {
    row["value"]: Stage(**{**row, "next": tuple(row["next"])})
    for row in json.loads(SOURCE.read_text(encoding="utf-8"))
}
GROUPS = ("open", "coming", "session", "result", "stopped")
# In this order; the clock moves a lot along them and nowhere else.
BY_CLOCK = ("announced", "registration", "closed", "live", "session_over")
# Moves that begin the auction anew: the lot's next round, with dates of its own.
ANEW = frozenset(
    {
        ("failed", "announced"),
        ("result_cancelled", "planned"),
        ("result_cancelled", "announced"),
        ("cancelled", "planned"),
    }
)


@dataclass(frozen=True)
class Said:
    """What is said of a lot, by its file or by all together; `on` is the day of the file's data."""

    status: str
    round: int = 1
    on: dt.date | None = None
    reg_start: dt.datetime | None = None
    reg_end: dt.datetime | None = None
    auction_time: dt.datetime | None = None


@dataclass(frozen=True)
class Entry:
    """What a steward entered. `stage` is empty where only dates were given, or where a correction
    takes an entry back; `corrects` is the number of the entry that this one stands in place of.
    """

    id: int
    stage: str
    round: int
    at: dt.datetime
    corrects: int | None = None
    reg_start: dt.datetime | None = None
    reg_end: dt.datetime | None = None
    auction_time: dt.datetime | None = None


@dataclass(frozen=True)
class Boundary:
    """The moment from which dates say that a lot has reached a stage."""

    at: dt.datetime
    stage: str


DATES = ("reg_start", "reg_end", "auction_time")


def stage_at(lot: Said, events: Sequence[Entry], now: dt.datetime) -> Stage:
    """Where a lot stands: `lot` is its file's word, `events` the entries in order of number."""
    return by_clock(said(lot, events), now)


def allowed_next(stage: str | Stage) -> tuple[Stage, ...]:
    """The stages that an entry may move a lot to."""
    found = stage if isinstance(stage, Stage) else STAGES[stage]
    return tuple(STAGES[value] for value in found.next)


def standing(events: Iterable[Entry]) -> list[Entry]:
    """The entries that hold: a correction in the place of what it corrects."""
    place: dict[int, int] = {}
    held: list[Entry] = []
    for event in events:
        if event.corrects in place:
            place[event.id] = place.pop(event.corrects)
            held[place[event.id]] = event
        else:
            place[event.id] = len(held)
            held.append(event)
    return held


def said(lot: Said, events: Sequence[Entry]) -> Said:
    """File and entries settled into one; unknown words of a file count as planned."""
    lot = lot if lot.status in STAGES else replace(lot, status="planned")
    if not events:
        return lot
    held = standing(events)
    latest = max((event.round for event in held), default=0)
    if lot.round > latest:
        return lot
    # An earlier round's file has nothing to say of this round's dates.
    now_said = lot if lot.round == latest else Said(lot.status, latest, lot.on)
    for event in held:
        if event.round == latest:
            stated = {name: at for name in DATES if (at := getattr(event, name)) is not None}
            now_said = replace(now_said, **stated)
    last = next((event for event in reversed(held) if event.stage), None)
    if last is None or (lot.round == latest and _goes_on(lot, last)):
        return now_said
    return replace(now_said, status=last.stage)


def _goes_on(lot: Said, last: Entry) -> bool:
    """The file knows of a later stage than the entry: its data are of a later day."""
    later = lot.on is not None and lot.on > last.at.astimezone(LOCAL_TIME).date()
    return later and lot.status in onward(last.stage)


@cache
def onward(stage: str) -> frozenset[str]:
    """Every stage that may follow without beginning anew."""
    found: set[str] = set()
    waiting = [stage]
    while waiting:
        here = waiting.pop()
        after = {value for value in STAGES[here].next if (here, value) not in ANEW}
        waiting += after - found
        found |= after
    return frozenset(found)


@lru_cache(maxsize=50_000)
def boundaries(lot: Said) -> tuple[Boundary, ...]:
    """When the clock moves this lot, earliest first; nothing outside the stages of the clock.

    Kept: lists ask it of every lot at every request, and what is said of most stays the same.
    """
    if lot.status not in BY_CLOCK:
        return ()
    found = []
    if lot.reg_start:
        found.append(Boundary(lot.reg_start, "registration"))
    if lot.reg_end:
        found.append(Boundary(end_of(lot.reg_end), "closed"))
    if lot.auction_time:
        found.append(Boundary(lot.auction_time, "live"))
        found.append(Boundary(_day_after(lot.auction_time), "session_over"))
    return tuple(sorted(found, key=lambda boundary: boundary.at))


def by_clock(lot: Said, now: dt.datetime) -> Stage:
    """The stage that dates and clock make of what was said."""
    if lot.status not in BY_CLOCK:
        return STAGES[lot.status]
    date = STAGES[lot.status].date
    # The word counts where the date that would decide is missing.
    word = lot.status if not date or getattr(lot, date) is None else "announced"
    reached = [boundary.stage for boundary in boundaries(lot) if boundary.at <= now]
    return STAGES[max([word, *reached], key=BY_CLOCK.index)]


def next_change(lot: Said, now: dt.datetime) -> Boundary | None:
    """What the clock does next, if anything."""
    here = BY_CLOCK.index(by_clock(lot, now).value) if lot.status in BY_CLOCK else 0
    later = (b for b in boundaries(lot) if b.at > now and BY_CLOCK.index(b.stage) > here)
    return next(later, None)


def end_of(deadline: dt.datetime) -> dt.datetime:
    """The moment from which a deadline has passed."""
    return _day_after(deadline) if is_whole_day(deadline) else deadline


def is_whole_day(moment: dt.datetime) -> bool:
    """Written without an hour: cells that hold a day only are stored as its first moment."""
    return moment.astimezone(LOCAL_TIME).time() == dt.time()


def _day_after(moment: dt.datetime) -> dt.datetime:
    """The next midnight here."""
    day = moment.astimezone(LOCAL_TIME).date() + dt.timedelta(days=1)
    return dt.datetime.combine(day, dt.time(), LOCAL_TIME)
