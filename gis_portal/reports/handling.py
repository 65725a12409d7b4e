"""What staff do with a report: every step checked, and written into its history.

Who may: a steward with every report, an officer with those of the units in their care
(`visible_reports`). Each function locks the report's row, so that two people at once are told.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.contrib.auth.models import User as Account
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from gis_portal.officer.jurisdiction import is_officer, units_of
from gis_portal.reports import moves
from gis_portal.reports.contacts import forget_contacts
from gis_portal.reports.errors import AnswerNeeded, MoveRefused, NotModerated, UnknownReport
from gis_portal.reports.models import Event, Report
from layers.models import AdminUnit
from layers.permissions import OFFICER, STEWARD, User, roles_of

SHORTEST, LONGEST_PUBLIC = 5, 500


# Stewards and officers have an inbox.
may_handle = is_officer


def visible_reports(user: User) -> QuerySet[Report]:
    """The reports of this person's inbox."""
    roles = roles_of(user)
    reports = Report.objects.select_related("unit", "assignee").defer("unit__geom")
    if STEWARD in roles:
        return reports
    if OFFICER in roles:
        return reports.filter(unit_id__in=units_of(user))
    return reports.none()


@contextmanager
def _locked(report: Report, by: User) -> Iterator[Report]:
    """The row as it is now, for the one who changes it; saved at the end. Raises UnknownReport."""
    with transaction.atomic():
        now = visible_reports(by).select_for_update(of=("self",)).filter(pk=report.pk).first()
        if now is None:
            raise UnknownReport
        yield now
        now.save()


def _record(report: Report, kind: str, by: User, text: str = "") -> None:
    Event.objects.create(report=report, kind=kind, state=report.state, by=str(by), text=text)


def move(report: Report, to: str, by: User, answer: str = "", *, public: bool = False) -> None:
    """To another state, with an answer to whoever sent it. Raises MoveRefused, AnswerNeeded."""
    answer = answer.strip()
    with _locked(report, by) as now:
        if not moves.may_move(now.state, to):
            raise MoveRefused
        if to in moves.NEEDS_ANSWER and len(answer) < SHORTEST:
            raise AnswerNeeded
        now.state = to
        said = "" if answer == now.answer else answer
        if answer:
            now.answer, now.answer_is_public = answer, public
        days = dt.timedelta(days=settings.PORTAL_REPORT_CONTACT_DAYS)
        now.contact_until = timezone.now() + days if now.is_closed else None
        # Opened again: what the page says about it may not be so.
        now.is_public = now.is_public and to in moves.HANDLED
        _record(now, Event.MOVED, by, said)


def note(report: Report, by: User, text: str) -> None:
    """A word among colleagues. Raises AnswerNeeded when there is none."""
    if not text.strip():
        raise AnswerNeeded
    with _locked(report, by) as now:
        _record(now, Event.NOTED, by, text.strip())


def assign(report: Report, by: User, to: Account | None) -> None:
    """Into somebody's care, or into nobody's."""
    with _locked(report, by) as now:
        now.assignee = to
        _record(now, Event.ASSIGNED, by, to.get_username() if to else "")


def forward(report: Report, by: User, unit: AdminUnit) -> None:
    """To the unit that it belongs to; its officers see it then, others do not any more."""
    with _locked(report, by) as now:
        now.unit, now.assignee = unit, None
        _record(now, Event.FORWARDED, by, unit.name)


def forget_contact(report: Report, by: User) -> None:
    """At once, because whoever sent it wishes so."""
    with _locked(report, by) as now:
        # Before the clock of the transaction that deletes.
        now.contact_until = timezone.now() - dt.timedelta(minutes=1)
    forget_contacts()


def release(report: Report, by: User, text: str, photos: list[str], *, answer: bool) -> None:
    """Onto the public page: these words, these photos, and the answer if it may be read by all.

    Raises NotModerated.
    """
    text = text.strip()
    with _locked(report, by) as now:
        if now.state not in moves.HANDLED or not SHORTEST <= len(text) <= LONGEST_PUBLIC:
            raise NotModerated
        now.is_public, now.public_text, now.answer_is_public = True, text, answer
        for photo in now.photos.defer("jpeg"):
            photo.is_released = str(photo.pk) in photos
            photo.save(update_fields=["is_released"])
        _record(now, Event.RELEASED, by, text)


def hide(report: Report, by: User) -> None:
    """Off the public page."""
    with _locked(report, by) as now:
        now.is_public = False
        _record(now, Event.HIDDEN, by)
