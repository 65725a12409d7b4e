"""The queue is fair, whatever planners ask and however long their runs take: played with a clock of
its own against a reckoning of its own.
"""

import datetime as dt
import os
from collections import Counter

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from gis_portal.planner.asking import pace, queue
from gis_portal.planner.errors import TooManyPreviews
from gis_portal.planner.models import Analysis, Run
from tests.gis_portal.planner.test_document import planner

pytestmark = pytest.mark.django_db
COUNT = max(5, int(os.environ.get("PORTAL_FUZZ_ANALYSES", "0")) // 10)
START = dt.datetime(2026, 1, 5, 8, tzinfo=dt.UTC)
# Who asks (or nobody), and for how many minutes what is computed goes on after it.
MOVES = st.lists(st.tuples(st.integers(-1, 2), st.integers(1, 40)), min_size=4, max_size=12)


class Office:
    """Planners, a clock, and who had how much of the workers when."""

    def __init__(self, people: list[User], places: int) -> None:
        self.people, self.places, self.now = people, places, START
        self.had: list[tuple[int, dt.datetime, dt.datetime]] = []
        self.working: dict[int, tuple[Run, dt.datetime]] = {}

    def ask(self, who: int) -> None:
        person = self.people[who]
        analysis = Analysis.objects.create(owner=person, title="x", document={})
        run = Run.objects.create(analysis=analysis, document={}, asked_by=person)
        Run.objects.filter(pk=run.pk).update(created_at=self.now)

    def seconds(self, person: int) -> float:
        """Of the workers within the last hour."""
        since = self.now - queue.WINDOW
        spans = [*self.had, *((p, begun, self.now) for p, (_run, begun) in self.working.items())]
        return sum(
            (end - max(begun, since)).total_seconds()
            for p, begun, end in spans
            if p == person and end > since
        )

    def take(self) -> None:
        """Whoever is chosen had the least of those that wait and have nothing under way."""
        waiting = Counter(
            Run.objects.filter(state=Run.QUEUED).values_list("asked_by", flat=True).order_by()
        )
        may = [person for person in waiting if person not in self.working]
        run = queue.take_next()
        if len(self.working) == self.places or not may:
            assert run is None
            return
        assert run is not None
        chosen = int(run.asked_by_id or 0)
        assert chosen in may
        assert self.seconds(chosen) == pytest.approx(min(map(self.seconds, may)), abs=0.01)
        own = Run.objects.filter(asked_by=chosen, state=Run.QUEUED, created_at__lt=run.created_at)
        assert not own.exists(), "one's own runs go in the order in which they were asked"
        self.working[chosen] = (run, self.now)

    def end(self, minutes: int) -> None:
        """Time goes on; what was begun first is done then."""
        self.now += dt.timedelta(minutes=minutes)
        if self.working:
            person, (run, begun) = next(iter(self.working.items()))
            del self.working[person]
            queue.let_go(run.pk)
            assert queue.end(run, Run.DONE)
            self.had.append((person, begun, self.now))


def test_whoever_had_least_goes_next(monkeypatch: pytest.MonkeyPatch) -> None:
    people = [planner(f"p{number}") for number in range(3)]

    @examples(
        max_examples=COUNT, deadline=None, database=None, derandomize=True,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(MOVES, st.integers(1, 2))
    def played(moves: list[tuple[int, int]], places: int) -> None:
        Run.objects.all().delete()
        office = Office(people, places)
        monkeypatch.setattr(settings, "PORTAL_RUNS_AT_ONCE", places)
        monkeypatch.setattr("django.utils.timezone.now", lambda: office.now)
        for who, minutes in moves:
            if who >= 0:
                office.ask(who)
            office.take()
            if minutes % 2 or who < 0:
                office.end(minutes)
        left = Run.objects.filter(state=Run.QUEUED).count()
        for _ in range(2 * left + 2):
            office.take()
            office.end(1)
        assert not Run.objects.filter(state=Run.QUEUED).exists(), "everybody has their turn"
        for run, _begun in office.working.values():
            queue.let_go(run.pk)

    played()
    monkeypatch.undo()


def test_previews_have_a_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [1000.0]
    monkeypatch.setattr("time.monotonic", lambda: clock[0])
    monkeypatch.setattr(settings, "PORTAL_PREVIEWS_A_MINUTE", 3)
    monkeypatch.setattr(pace, "_asked", {})

    def passes(who: int) -> bool:
        try:
            pace.check_pace(who)
        except TooManyPreviews:
            return False
        return True

    assert [passes(1) for _ in range(5)] == [True] * 3 + [False] * 2
    assert passes(2), "another planner has a pace of their own"
    clock[0] += 61
    assert passes(1)
    assert 2 not in pace._asked, "who asks no more is forgotten"
