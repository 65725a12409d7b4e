"""What supervisors do with a field report: every step checked, and written into its history.

Who may: whoever has the report's unit in their care (`jurisdiction.units_of`); of reports of no
unit, stewards. Each function locks the case's row, so that two people at once are told.
"""

import datetime as dt
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypedDict

from django.contrib.auth.models import User as Account
from django.db import transaction
from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django_stubs_ext import WithAnnotations

from gis_portal.officer.desk.errors import DecisionNeeded, ReasonNeeded
from gis_portal.officer.desk.life_cycle import NEW, SHORTEST, Behind, check_step
from gis_portal.officer.desk.models import Case, Step
from gis_portal.officer.field.errors import UnknownFieldReport
from gis_portal.officer.field.inbox import in_care
from gis_portal.officer.field.models import FieldReport
from gis_portal.officer.jurisdiction import is_officer, may_read_unit
from layers.permissions import User
from layers.values import LOCAL_TIME

# Stewards, and officers: each of the units in their care.
may_desk = is_officer


class Stated(TypedDict):
    """What lists know of a report besides its row."""

    state: str


if TYPE_CHECKING:
    StatedReport = WithAnnotations[FieldReport, Stated]
else:
    StatedReport = FieldReport
Reports = QuerySet[StatedReport]


def reports_of(user: User) -> Reports:
    """The field reports that this person may read and handle, with `state` and `assignee_id` of
    their cases; newest first. The one place that the desk reads reports from.
    """
    found = FieldReport.objects.filter(in_care(user)).defer("unit__geom")
    found = found.select_related("unit", "by", "case__assignee")
    return found.annotate(state=Coalesce(F("case__state"), Value(NEW), output_field=CharField()))


def report_of(user: User, number: uuid.UUID) -> StatedReport:
    """Raises UnknownFieldReport, also for who may not read it."""
    found = reports_of(user).filter(pk=number).first()
    if found is None:
        raise UnknownFieldReport(str(number))
    return found


@contextmanager
def _locked(report: FieldReport, by: User) -> Iterator[Case]:
    """The report's case for the one who changes it; saved at the end. Raises UnknownFieldReport."""
    if not may_desk(by) or not may_read_unit(by, report.unit_id):
        raise UnknownFieldReport(str(report.pk))
    with transaction.atomic():
        Case.objects.get_or_create(report=report)
        case = Case.objects.select_for_update(of=("self",)).get(pk=report.pk)
        yield case
        case.save()


def move(report: FieldReport, to: str, by: User, behind: Behind) -> None:
    """One step along the life cycle. Raises StepRefused, DecisionNeeded, ReasonNeeded."""
    with _locked(report, by) as case:
        today = timezone.localdate()
        check_step(case.state, to, behind, today=today, after=_last_day(report, case))
        case.state = to
        Step.objects.create(
            case=case,
            kind=Step.MOVED,
            state=to,
            text=behind.text.strip(),
            decision_no=behind.decision_no.strip(),
            decision_date=behind.decision_date,
            by=str(by),
        )


def _last_day(report: FieldReport, case: Case) -> dt.date:
    """The day of the last decision; of the report, while there is none."""
    decided = case.steps.filter(kind=Step.MOVED).exclude(decision_date=None)
    last = decided.order_by("-decision_date").values_list("decision_date", flat=True).first()
    return last or report.seen_at.astimezone(LOCAL_TIME).date()


def answer(report: FieldReport, by: User, text: str) -> None:
    """Words to whoever reported; their device shows them. Raises ReasonNeeded."""
    if len(text.strip()) < SHORTEST:
        raise ReasonNeeded
    with _locked(report, by) as case:
        case.answered_at = case.answered_at or timezone.now()
        _record(case, Step.ANSWERED, by, text)


def note(report: FieldReport, by: User, text: str) -> None:
    """A word among colleagues. Raises ReasonNeeded when there is none."""
    if not text.strip():
        raise ReasonNeeded
    with _locked(report, by) as case:
        _record(case, Step.NOTED, by, text)


def assign(report: FieldReport, by: User, to: Account | None) -> None:
    """Into somebody's care, or into nobody's."""
    with _locked(report, by) as case:
        case.assignee = to
        _record(case, Step.ASSIGNED, by, to.get_username() if to else "")


def sign(report: FieldReport, by: User, number: str, on: dt.date | None) -> None:
    """The minutes were signed on paper under this number. Raises DecisionNeeded."""
    number = number.strip()
    if not number or on is None:
        raise DecisionNeeded
    first, today = report.seen_at.astimezone(LOCAL_TIME).date(), timezone.localdate()
    if not first <= on <= today:
        raise DecisionNeeded(DecisionNeeded.wrong_day(first, today))
    with _locked(report, by) as case:
        Step.objects.create(
            case=case, kind=Step.SIGNED, decision_no=number, decision_date=on, by=str(by)
        )


def signed_of(report: FieldReport) -> Step | None:
    """The last signed minutes of a report."""
    return Step.objects.filter(case=report.pk, kind=Step.SIGNED).last()


def _record(case: Case, kind: str, by: User, text: str) -> None:
    Step.objects.create(case=case, kind=kind, state=case.state, by=str(by), text=text.strip())
