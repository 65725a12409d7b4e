"""What came from the field, for those who work with it: reports of the units in somebody's care,
proposals, conflicts, and a steward's word on them. Everything that is read passes
`gis_portal.officer.jurisdiction`.
"""

import dataclasses
import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from gis_portal.officer.field.errors import (
    AlreadySettled,
    StewardDecides,
    UnknownFieldReport,
    UnknownProposal,
)
from gis_portal.officer.field.models import (
    Conflict,
    FieldReport,
    People,
    PeopleRead,
    Photo,
    Proposal,
    Settlement,
)
from gis_portal.officer.jurisdiction import may_read_unit, may_supervise, units_of
from layers.models import AdminUnit
from layers.permissions import User, private_context

# Counted for the rows of a page only, where a join would group all that a reader may see.
_PHOTOS = (
    Photo.objects.filter(operation=OuterRef("pk"))
    .order_by()
    .values("operation")
    .annotate(count=Count("pk"))
    .values("count")
)


@dataclass(frozen=True)
class Filters:
    """What a list of reports is narrowed to; empty: everything in the reader's care."""

    unit_id: int | None = None
    kind: str = ""
    observed_state: str = ""
    layer_slug: str = ""
    uid: UUID | None = None
    by_id: int | None = None
    since: dt.datetime | None = None
    until: dt.datetime | None = None
    text: str = ""


@dataclass(frozen=True)
class Side:
    """One proposal of a conflict."""

    proposal: Proposal
    settled: str

    @property
    def value(self) -> Any:
        """What it wants."""
        return self.proposal.new


@dataclass
class Disagreement:
    """Everything that is in conflict over one value of one parcel, side by side."""

    layer_slug: str
    uid: UUID
    field: str
    unit: AdminUnit | None
    opened_at: dt.datetime
    sides: list[Side] = dataclasses.field(default_factory=list)
    # What the register said against it when a proposal came.
    register_values: list[Any] = dataclasses.field(default_factory=list)

    @property
    def is_open(self) -> bool:
        """A steward has not decided on all sides."""
        return any(not side.settled for side in self.sides)


def in_care(user: User) -> Q:
    """Rows with a unit that this person may read; those without one are the stewards'."""
    return Q() if may_supervise(user) else Q(unit__in=units_of(user))


def reports(filters: Filters, user: User) -> QuerySet[FieldReport]:
    """Newest first; `photos_here` counts the photos that have come whole."""
    found = FieldReport.objects.filter(in_care(user)).select_related("unit", "by", "operation")
    exact = {
        name: value
        for name in ("unit_id", "kind", "observed_state", "layer_slug", "uid", "by_id")
        if (value := getattr(filters, name)) not in (None, "")
    }
    found = found.filter(**exact)
    if filters.since:
        found = found.filter(received_at__gte=filters.since)
    if filters.until:
        found = found.filter(received_at__lt=filters.until)
    if filters.text:
        found = found.filter(note__icontains=filters.text)
    return found.annotate(photos_here=Coalesce(Subquery(_PHOTOS), 0))


def report(number: UUID, user: User) -> FieldReport:
    """One report. Raises UnknownFieldReport, also for one of another unit."""
    found = reports(Filters(), user).filter(pk=number).first()
    if found is None:
        raise UnknownFieldReport(str(number))
    return found


def read_people(found: FieldReport, user: User) -> list[dict[str, Any]]:
    """Names and phones of those met, and a line that this person has read them. Empty when there
    are none, or not for this reader: the database decides.
    """
    if not may_read_unit(user, found.unit_id):
        return []
    with private_context(user):
        row = People.objects.filter(pk=found.pk).first()
        if row is None:
            return []
        PeopleRead.objects.create(operation_id=found.pk, by_id=_number(user))
    people = json.loads(bytes(row.content))
    return [one for one in people if isinstance(one, dict)] if isinstance(people, list) else []


def proposals(user: User, *, settled: bool = False) -> QuerySet[Proposal]:
    """Those that wait for a steward's word, or those that have it; newest first."""
    found = Proposal.objects.filter(in_care(user), settlement__isnull=not settled)
    return found.select_related("unit", "by", "operation", "settlement__by")


def conflicts(user: User) -> list[Disagreement]:
    """Every value that is in conflict, until all its sides are decided; the oldest first."""
    rows = Conflict.objects.select_related(
        "first__unit", "first__by", "first__settlement", "second__by", "second__settlement"
    )
    care = in_care(user)
    if care:
        rows = rows.filter(first__unit__in=units_of(user))
    found: dict[tuple[str, UUID, str], Disagreement] = {}
    for row in rows:
        proposal = row.first
        key = (proposal.layer_slug, proposal.uid, proposal.field)
        group = found.get(key) or Disagreement(*key, proposal.unit, row.opened_at)
        found[key] = group
        _add_sides(group, row)
    return [group for group in found.values() if group.is_open]


def _add_sides(group: Disagreement, row: Conflict) -> None:
    known = {side.proposal.pk for side in group.sides}
    for proposal in (row.first, row.second):
        if proposal is not None and proposal.pk not in known:
            settlement = getattr(proposal, "settlement", None)
            group.sides.append(Side(proposal, settlement.outcome if settlement else ""))
    if row.second is None:
        group.register_values.append(row.register_value)


def settle(number: UUID, user: User, outcome: str, note: str = "") -> Settlement:
    """A steward's word on one proposal: `Settlement.TAKEN` or `Settlement.DECLINED`.

    Raises UnknownProposal, StewardDecides, AlreadySettled.
    """
    proposal = Proposal.objects.filter(in_care(user), pk=number).first()
    if proposal is None:
        raise UnknownProposal(str(number))
    if not may_supervise(user):
        raise StewardDecides
    with transaction.atomic():
        _lock(proposal)
        if Settlement.objects.filter(proposal=proposal).exists():
            raise AlreadySettled
        return Settlement.objects.create(
            proposal=proposal, outcome=outcome, note=note, by_id=_number(user)
        )


def settle_conflict(
    layer_slug: str, uid: UUID, name: str, user: User, *, take: UUID | None, note: str = ""
) -> list[Settlement]:
    """One side is taken (or none), the others that wait are declined; nothing is taken out.

    Raises UnknownProposal, StewardDecides, AlreadySettled.
    """
    if not may_supervise(user):
        raise StewardDecides
    with transaction.atomic():
        group = _disagreement(layer_slug, uid, name, user)
        waiting = [side.proposal for side in group.sides if not side.settled]
        if take is not None and take not in {proposal.pk for proposal in waiting}:
            raise UnknownProposal(str(take))
        return [_settled(one, take, note, user) for one in waiting]


def _disagreement(layer_slug: str, uid: UUID, name: str, user: User) -> Disagreement:
    _lock(Proposal(layer_slug=layer_slug, uid=uid, field=name))
    key = (layer_slug, uid, name)
    for group in conflicts(user):
        if (group.layer_slug, group.uid, group.field) == key:
            return group
    raise AlreadySettled


def _settled(proposal: Proposal, take: UUID | None, note: str, user: User) -> Settlement:
    outcome = Settlement.TAKEN if proposal.pk == take else Settlement.DECLINED
    return Settlement.objects.create(
        proposal=proposal, outcome=outcome, note=note, by_id=_number(user)
    )


def taken(user: User) -> Iterable[Proposal]:
    """What the next version should hold: proposals that a steward took, the oldest word first."""
    found = proposals(user, settled=True).filter(settlement__outcome=Settlement.TAKEN)
    return found.order_by("settlement__at")


def _number(user: User) -> int:
    """Of somebody who has signed in."""
    assert user.pk is not None
    return int(user.pk)


def _lock(proposal: Proposal) -> None:
    """The same as `applying`'s: no proposal comes in while a steward decides."""
    name = f"field {proposal.layer_slug}/{proposal.uid}/{proposal.field}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 36))", [name])
