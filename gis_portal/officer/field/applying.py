"""An operation is applied: once, whatever comes.

Each one has a transaction of its own: lock of its id, look whether it is there, apply, receipt. A
server that is killed leaves it wholly there or not there at all, and the device sends it again. The
receipt is part of the row, so it is the same however often it is asked for. What is refused is kept
too: under its id where it can be read, else as it came (`kept.py`).
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import DataError, connection, transaction
from django.utils import timezone

from gis_portal.officer.devices.door import Officer
from gis_portal.officer.field import meeting
from gis_portal.officer.field.canonical import canonical
from gis_portal.officer.field.checklists import missing
from gis_portal.officer.field.envelope import Envelope, read_envelope
from gis_portal.officer.field.errors import (
    OperationConflict,
    OperationDiffers,
    OperationPlace,
    OperationReport,
    OperationUnreadable,
)
from gis_portal.officer.field.inbox import in_care
from gis_portal.officer.field.kept import keep
from gis_portal.officer.field.models import (
    ANSWER,
    CONFLICT,
    OBSERVATION,
    PROPOSAL,
    RECEIVED,
    REFUSED,
    Answer,
    FieldReport,
    Operation,
    People,
    Proposal,
)
from gis_portal.officer.field.payloads import (
    Observation,
    read_answer,
    read_observation,
    read_point,
    read_proposal,
)
from gis_portal.officer.field.receipts import words, words_of
from gis_portal.officer.field.subject import Subject, check_field, find_subject, register_values
from layers.errors import PortalError

# A clock may be so much ahead without a word.
AHEAD = dt.timedelta(minutes=5)
# Of a proposal that was refused nobody knows whether its field holds personal data.
APART_IF_REFUSED = {
    OBSERVATION: {"people"},
    PROPOSAL: {"people", "old", "new"},
    ANSWER: {"people"},
}
_OLDEST = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


@dataclass
class Applying:
    """One operation on its way; `notes` are remarks for its receipt."""

    envelope: Envelope
    officer: Officer
    operation: Operation
    notes: list[str]

    @property
    def payload(self) -> dict[str, Any]:
        """What was sent."""
        return self.envelope.payload


def apply(item: Any, officer: Officer) -> Operation:
    """The operation with its receipt; unsaved when it could not be kept under its id."""
    try:
        envelope = read_envelope(item)
        with transaction.atomic():
            return _once(envelope, officer)
    except PortalError as error:
        return keep(item, officer, error)
    except DataError:
        # Whatever the database does not take and nobody thought of: one item, not all of them.
        return keep(item, officer, OperationUnreadable())


def _once(envelope: Envelope, officer: Officer) -> Operation:
    """Raises OperationDiffers."""
    _lock(f"field {envelope.id}")
    before = Operation.objects.filter(pk=envelope.id).first()
    if before is not None:
        if _is_same(before, envelope, officer):
            return before
        raise OperationDiffers
    work = Applying(envelope, officer, _begun(envelope, officer), [])
    _note_clock(work)
    try:
        with transaction.atomic():
            _carry_out(work)
    except PortalError as error:
        _refuse(work, error)
    return work.operation


def _is_same(before: Operation, envelope: Envelope, officer: Officer) -> bool:
    base = envelope.base
    return (
        before.user_id == officer.user.pk
        and before.sha256 == envelope.sha256
        and before.kind == envelope.kind
        and before.uid == (base.uid if base else None)
        and before.layer_slug == (base.layer if base else "")
    )


def _begun(envelope: Envelope, officer: Officer) -> Operation:
    now, base = timezone.now(), envelope.base
    return Operation(
        id=envelope.id,
        kind=envelope.kind,
        user=officer.user,
        device=officer.device.pk,
        layer_slug=base.layer if base else "",
        uid=base.uid if base else None,
        base_version=base.version if base else None,
        payload_bytes=envelope.content,
        sha256=envelope.sha256,
        made_at=envelope.made_at or now,
        received_at=now,
    )


def _note_clock(work: Applying) -> None:
    made, now = work.envelope.made_at, work.operation.received_at
    if made is None or made > now + AHEAD or made < _OLDEST:
        work.notes.append("clock-wrong")


def _carry_out(work: Applying) -> None:
    if work.operation.kind == OBSERVATION:
        _observe(work)
    elif work.operation.kind == PROPOSAL:
        _propose(work)
    else:
        _answer(work)


# --- Kinds ---------------------------------------------------------------------------------------
def _observe(work: Applying) -> None:
    seen = read_observation(work.payload)
    subject = find_subject(work.envelope.base, seen.point, work.officer.user)
    if subject.is_gone:
        work.notes.insert(0, "parcel-gone")
    work.notes += [f"{part}-unreadable" for part in seen.unread]
    if missing(seen.kind, seen.checklist):
        work.notes.append("checklist-incomplete")
    operation = work.operation
    operation.photo_count = len(seen.photos)
    _finish(work, subject)
    FieldReport.objects.create(
        operation=operation,
        kind=seen.kind,
        observed_state=seen.state,
        note=seen.note,
        unit_id=subject.unit_id,
        layer_slug=operation.layer_slug,
        uid=operation.uid,
        base_version=operation.base_version,
        is_gone=subject.is_gone,
        point=seen.point,
        accuracy_m=seen.accuracy_m,
        heading=seen.heading,
        sketch=seen.sketch,
        checklist=seen.checklist,
        has_people=seen.has_people,
        photo_count=operation.photo_count,
        by=work.officer.user,
        seen_at=_seen_at(seen, operation),
        received_at=operation.received_at,
    )
    _keep_people(work)


def _seen_at(seen: Observation, operation: Operation) -> dt.datetime:
    """By the device's clock, but not after the server's."""
    said = seen.at or operation.made_at
    return operation.received_at if said < _OLDEST else min(said, operation.received_at)


def _propose(work: Applying) -> None:
    wish = read_proposal(work.payload)
    envelope, user = work.envelope, work.officer.user
    if envelope.base is None:
        raise OperationPlace
    place = work.payload.get("place")
    point = read_point(place) if isinstance(place, dict) else None
    subject = find_subject(envelope.base, point, user)
    assert subject.layer is not None
    check_field(subject.layer, wish.field, user)
    if subject.is_gone:
        work.notes.insert(0, "parcel-gone")
    operation = work.operation
    _lock(f"field {operation.layer_slug}/{operation.uid}/{wish.field}")
    proposal = Proposal(
        operation=operation,
        unit_id=subject.unit_id,
        layer_slug=operation.layer_slug,
        uid=envelope.base.uid,
        field=wish.field,
        old=wish.old,
        new=wish.new,
        why=wish.why,
        device=operation.device,
        by=user,
        received_at=operation.received_at,
    )
    others = meeting.conflicts_with(proposal)
    said = register_values(subject, envelope.base, wish.field, user, otherwise=wish.old)
    behind = said is not None and meeting.left_behind(proposal, said.before, said.now)
    if others or behind:
        operation.state, operation.code = CONFLICT, OperationConflict.code
        operation.detail = words(OperationConflict())
    _finish(work, subject)
    proposal.save(force_insert=True)
    meeting.open_conflicts(proposal, others)
    if behind and said is not None and subject.version is not None:
        meeting.open_register_conflict(proposal, said.now, subject.version.pk)
    _keep_people(work)


def _answer(work: Applying) -> None:
    said = read_answer(work.payload)
    report = FieldReport.objects.filter(in_care(work.officer.user), pk=said.report).first()
    if report is None:
        raise OperationReport
    _finish(work, Subject(report.unit_id))
    Answer.objects.create(
        operation=work.operation,
        report=report,
        note=said.note,
        by=work.officer.user,
        received_at=work.operation.received_at,
    )
    _keep_people(work)


# --- Ends ----------------------------------------------------------------------------------------
def _finish(work: Applying, subject: Subject) -> None:
    """The row, with its receipt."""
    operation = work.operation
    operation.unit_id = subject.unit_id
    operation.server_version = subject.version.pk if subject.version else None
    operation.successors = list(subject.successors)
    if not operation.state:
        operation.state = RECEIVED
        operation.code = work.notes[0] if work.notes else ""
        operation.detail = words_of(work.notes)
    operation.save(force_insert=True)


def _refuse(work: Applying, error: PortalError) -> None:
    """The row without anything that follows from it."""
    operation = work.operation
    operation.unit_id = operation.server_version = None
    operation.photo_count, operation.successors = _photos_said(work.payload), []
    operation.state, operation.code, operation.detail = REFUSED, error.code, words(error)
    apart = APART_IF_REFUSED[operation.kind] & work.payload.keys()
    operation.payload_bytes = work.envelope.without(apart)
    operation.save(force_insert=True)
    _keep_apart(work, {name: work.payload[name] for name in apart})


def _photos_said(payload: dict[str, Any]) -> int:
    photos = payload.get("photos")
    return min(len(photos), 200) if isinstance(photos, list) else 0


def _keep_people(work: Applying) -> None:
    """Those whom the officer met, apart from all the rest."""
    if "people" in work.payload:
        _keep_apart(work, work.payload["people"])


def _keep_apart(work: Applying, what: Any) -> None:
    """Under row-level security."""
    if what:
        operation = work.operation
        row = People(operation=operation, unit_id=operation.unit_id, content=canonical(what))
        row.save(force_insert=True)


def _lock(name: str) -> None:
    """Until the transaction ends; first of the operation, then of the value, never back."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 36))", [name])
