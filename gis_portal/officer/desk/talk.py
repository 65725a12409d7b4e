"""What the office and the officer said to each other about a report, in the order of saying it."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, OuterRef, Q, Subquery

from gis_portal.officer.desk.life_cycle import STATES
from gis_portal.officer.desk.models import Step
from gis_portal.officer.field.models import Answer, FieldReport

# Of the office's steps those that the officer's device shows.
TOLD = (Step.ANSWERED, Step.MOVED)


@dataclass(frozen=True)
class Said:
    """A turn; `state`: the step that the office took with these words."""

    at: dt.datetime
    by: str
    text: str
    from_field: bool = False
    state: str = ""


def talk_of(report: FieldReport, language: str) -> list[Said]:
    """Both sides' words, the oldest first; steps without a word are in the history only."""
    office = Step.objects.filter(case=report.pk, kind__in=TOLD).exclude(text="")
    said = [
        Said(s.at, s.by, s.text, state=STATES[s.state].label(language) * (s.kind == Step.MOVED))
        for s in office
    ]
    field = report.answers.select_related("by")
    said += [Said(a.received_at, a.by.get_username(), a.note, from_field=True) for a in field]
    return sorted(said, key=lambda one: one.at)


def replied(reports: Iterable[UUID]) -> set[UUID]:
    """Those in which the officer had the last word: the office has not said anything since."""
    office = Step.objects.filter(case=OuterRef("report"), kind__in=TOLD).order_by("-at")
    found = Answer.objects.filter(report__in=list(reports))
    found = found.annotate(office_at=Subquery(office.values("at")[:1]))
    found = found.filter(Q(office_at=None) | Q(received_at__gt=F("office_at")))
    return set(found.order_by().values_list("report_id", flat=True))
