"""Proposals and conflicts: what officers want changed in the register, and a steward's word on it.

Nothing is changed here: what a steward takes is a list for the next import. Officers see the
proposals of their units; a value of a field that the reader may not read is not shown.
"""

import csv
import io
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gis_portal.officer.desk.errors import InConflict, ReasonNeeded
from gis_portal.officer.desk.handling import may_desk
from gis_portal.officer.desk.life_cycle import SHORTEST
from gis_portal.officer.desk.listing import language_of
from gis_portal.officer.desk.told import parcel_names
from gis_portal.officer.field import inbox
from gis_portal.officer.field.models import Proposal, Settlement
from gis_portal.officer.jurisdiction import may_supervise
from gis_portal.steward.access import only
from gis_portal.steward.inputs import check_text
from gis_portal.templatetags.portal import moment
from layers.errors import PortalError
from layers.exports.formulas import harmless
from layers.models import Feature, Layer
from layers.permissions import User, readable_fields
from layers.standing import standing_layers

PER_PAGE = 25


@dataclass(frozen=True)
class Wanted:
    """A proposal as people read it. `hidden`: its field is not for this reader."""

    proposal: Proposal
    parcel: str
    field: str
    old: str
    new: str
    hidden: bool


class Reader:
    """What one person may read of proposals, in their language."""

    def __init__(self, proposals: Iterable[Proposal], user: User, language: str) -> None:
        self.language = language
        found = list(proposals)
        self.names = parcel_names([(one.layer_slug, one.uid) for one in found], user, language)
        wanted = {one.layer_slug for one in found}
        self.layers = {layer.slug: layer for layer in standing_layers(user) if layer.slug in wanted}
        self.readable = {
            slug: {field.name for field in readable_fields(layer.parsed, user)}
            for slug, layer in self.layers.items()
        }

    def wanted(self, proposal: Proposal) -> Wanted:
        """One of them."""
        slug, name = proposal.layer_slug, proposal.field
        hidden = name not in self.readable.get(slug, set())
        old, new = (
            ("", "")
            if hidden
            else (self.value(slug, name, one) for one in (proposal.old, proposal.new))
        )
        parcel = self.names.get(proposal.uid, "")
        return Wanted(proposal, parcel, self.label(slug, name), old, new, hidden)

    def label(self, slug: str, name: str) -> str:
        """What the field is called."""
        layer = self.layers.get(slug)
        declared = layer.parsed.by_name.get(name) if layer else None
        return declared.label(self.language) if declared else name

    def value(self, slug: str, name: str, value: Any) -> str:
        """A value as the field's type writes it; one that is not of that type as it stands."""
        if value in (None, "", []):
            return ""
        layer = self.layers.get(slug)
        declared = layer.parsed.by_name.get(name) if layer else None
        try:
            return declared.type.format(value, self.language) if declared else str(value)
        except (TypeError, ValueError, AttributeError):
            return str(value)


@never_cache
@require_safe
@only(may_desk)
def proposals(request: HttpRequest) -> HttpResponse:
    """Those that wait; `?settled`: those that were decided."""
    return _proposals(request)


def _proposals(
    request: HttpRequest, *, error: PortalError | None = None, status: int = 200
) -> HttpResponse:
    settled = "settled" in request.GET
    found = inbox.proposals(request.user, settled=settled)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    reader = Reader(page.object_list, request.user, language_of(request))
    context = {
        "page": page,
        "wanted": [reader.wanted(one) for one in page.object_list],
        "contradicted": set() if settled else _contradicted(request.user),
        "settled": settled,
        "query": "settled&" if settled else "",
        "may_settle": may_supervise(request.user),
        "has_taken": any(True for _one in inbox.taken(request.user)),
        "error": error,
    }
    return render(request, "desk/proposals.html", context, status=status)


@never_cache
@require_POST
@only(may_desk)
def settle(request: HttpRequest, number: uuid.UUID) -> HttpResponseBase:
    """Taken into the next version, or refused with a reason."""
    take, note = request.POST.get("outcome") == "take", request.POST.get("note", "").strip()
    try:
        check_text(request.POST)
        if not take and len(note) < SHORTEST:
            raise ReasonNeeded
        if number in _contradicted(request.user):
            raise InConflict
        outcome = Settlement.TAKEN if take else Settlement.DECLINED
        inbox.settle(number, request.user, outcome, note)
    except PortalError as error:
        if error.status == 404:
            raise
        return _proposals(request, error=error, status=error.status)
    messages.success(
        request, _("Đã đưa vào danh sách cho bản sau.") if take else _("Đã từ chối đề xuất.")
    )
    return redirect("officer-desk-proposals")


def _contradicted(user: User) -> set[uuid.UUID]:
    """Proposals that wait in a conflict with others: one of them is chosen there."""
    return {
        side.proposal.pk
        for group in inbox.conflicts(user)
        if len(group.sides) > 1
        for side in group.sides
        if not side.settled
    }


@never_cache
@require_safe
@only(may_desk)
def conflicts(request: HttpRequest) -> HttpResponse:
    """Values that several officers want differently, side by side."""
    return _conflicts(request)


def _conflicts(
    request: HttpRequest, *, error: PortalError | None = None, status: int = 200
) -> HttpResponse:
    groups = inbox.conflicts(request.user)
    reader = Reader(
        [side.proposal for group in groups for side in group.sides],
        request.user,
        language_of(request),
    )
    context = {
        "groups": [
            {
                "group": group,
                "sides": [(side, reader.wanted(side.proposal)) for side in group.sides],
                "field": reader.label(group.layer_slug, group.field),
                "parcel": reader.names.get(group.uid, ""),
                "register": [
                    reader.value(group.layer_slug, group.field, value) or "—"
                    for value in group.register_values
                    if group.field in reader.readable.get(group.layer_slug, set())
                ],
            }
            for group in groups
        ],
        "may_settle": may_supervise(request.user),
        "error": error,
    }
    return render(request, "desk/conflicts.html", context, status=status)


@never_cache
@require_POST
@only(may_desk)
def choose(request: HttpRequest) -> HttpResponseBase:
    """One side of a conflict is taken, or none; the others are declined and stay to be read."""
    asked = request.POST
    try:
        check_text(asked)
        uid, take = _uuid(asked.get("uid", "")), _uuid(asked.get("take", ""))
        if uid is None or (take is None and asked.get("take") != "none"):
            raise ReasonNeeded(_("Chọn một phương án, hoặc chọn không lấy phương án nào."))
        inbox.settle_conflict(
            asked.get("layer", ""),
            uid,
            asked.get("field", ""),
            request.user,
            take=take,
            note=asked.get("note", "").strip(),
        )
    except PortalError as error:
        if error.status == 404:
            raise
        return _conflicts(request, error=error, status=error.status)
    messages.success(request, _("Đã ghi quyết định; các đề xuất khác vẫn còn trong lịch sử."))
    return redirect("officer-desk-conflicts")


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


@never_cache
@require_safe
@only(may_supervise)
def accepted_csv(request: HttpRequest) -> HttpResponse:
    """What stewards took, for the next import: a row a value, with the parcel's business key.

    Values are as the register stores them; a field that the steward may not read is left out.
    """
    found = list(inbox.taken(request.user))
    reader = Reader(found, request.user, language_of(request))
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_HEADS)
    keys = _keys(reader.layers, found)
    for one in found:
        if one.field in reader.readable.get(one.layer_slug, set()):
            writer.writerow([harmless(cell) for cell in _row(one, keys)])
    answer = HttpResponse(out.getvalue().encode(), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="proposals-taken.csv"'
    return answer


_HEADS = ["layer", "key", "uid", "field", "old", "new", "why", "by", "taken_by", "taken_at"]


def _keys(layers: dict[str, Layer], found: Iterable[Proposal]) -> dict[uuid.UUID, str]:
    """Business keys in the live versions, by which imports know their features."""
    uids = {one.uid for one in found}
    live = [layer.live_version.pk for layer in layers.values() if layer.live_version]
    rows = Feature.objects.filter(version_id__in=live, uid__in=uids)
    return dict(rows.values_list("uid", "key"))


def _row(one: Proposal, keys: dict[uuid.UUID, str]) -> list[str]:
    word = one.settlement
    return [
        one.layer_slug,
        keys.get(one.uid, ""),
        str(one.uid),
        one.field,
        _stored(one.old),
        _stored(one.new),
        one.why,
        one.by.get_username(),
        word.by.get_username(),
        moment(word.at),
    ]


def _stored(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(map(str, value))
    return "" if value is None else str(value)
