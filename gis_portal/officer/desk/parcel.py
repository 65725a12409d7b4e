"""`/officer/desk/parcels/{uid}/`: everything that happened to a parcel, newest first.

Field reports with their steps, proposals, versions of the register, citizens' reports. A parcel of
another unit answers as one that does not exist.
"""

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gis_portal.officer.desk.handling import may_desk, reports_of
from gis_portal.officer.desk.life_cycle import CLOSED, STATES, state_of_parcel
from gis_portal.officer.desk.listing import language_of
from gis_portal.officer.desk.models import Step
from gis_portal.officer.desk.proposing import Reader
from gis_portal.officer.desk.told import Line, lines_of, parcel_names, told
from gis_portal.officer.field.inbox import in_care
from gis_portal.officer.field.models import Proposal, Settlement
from gis_portal.officer.jurisdiction import features_in
from gis_portal.reports.handling import visible_reports
from gis_portal.steward.access import only
from layers.errors import UnknownItem
from layers.models import Feature, Layer, LayerVersion, VersionChange
from layers.permissions import User
from layers.standing import standing_layers

MOST = 200


@dataclass(frozen=True)
class Happened:
    """One thing in a parcel's history; `sort`: report, step, proposal, version, citizen."""

    at: dt.datetime
    sort: str
    what: str | Promise
    text: str = ""
    by: str = ""
    url: str = ""


@dataclass(frozen=True)
class Found:
    """A parcel as far as it is known; `feature` None: it is in the register no more."""

    layer: Layer
    feature: Feature | None


@never_cache
@require_safe
@only(may_desk)
def history(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Raises UnknownItem, also for a parcel of another unit."""
    language = language_of(request)
    lines = lines_of(reports_of(request.user).filter(uid=uid)[:MOST], request.user, language)
    found = _parcel(uid, request.user, lines)
    events = [
        *_reported(lines, language),
        *_proposed(uid, request.user, language),
        *_versions(found.layer, uid),
        *_citizens(found.layer, uid, request.user),
    ]
    state = state_of_parcel(line.state.value for line in reversed(lines))
    said = next((s for s in STATES.values() if s.parcel == state), None) if state else None
    name = parcel_names([(found.layer.slug, uid)], request.user, language).get(uid)
    context = {
        "uid": uid,
        "title": name or _("Thửa đất không còn trong dữ liệu hiện hành"),
        "layer_title": found.layer.title(language),
        "feature": found.feature,
        "events": sorted(events, key=lambda one: one.at, reverse=True)[:MOST],
        "state": said.label(language) if said else "",
        "closed": said is not None and said.group == CLOSED,
        "lines": lines,
    }
    return render(request, "desk/parcel.html", context)


def _parcel(uid: uuid.UUID, user: User, lines: list[Line]) -> Found:
    """In the live version of a register, within the reader's units; or known from its reports."""
    layers = [layer for layer in standing_layers(user) if layer.parsed.geometry == "polygon"]
    for layer in layers:
        if layer.live_version is not None:
            feature = features_in(user, layer.live_version).filter(uid=uid).first()
            if feature is not None:
                return Found(layer, feature)
    slugs = {line.report.layer_slug for line in lines}
    gone = next((layer for layer in layers if layer.slug in slugs), None)
    if gone is None:
        raise UnknownItem(str(uid))
    return Found(gone, None)


def _reported(lines: list[Line], language: str) -> Iterator[Happened]:
    """Reports and what was done with them."""
    for line in lines:
        report = line.report
        url = reverse("officer-desk-report", args=[report.pk])
        by = report.by.get_username()
        kind = report.get_kind_display()
        yield Happened(report.seen_at, "report", kind, report.note, by, url)
        for step in Step.objects.filter(case=report.pk).exclude(kind=Step.NOTED):
            said = told(step, language)
            text = " · ".join(filter(None, (said.paper_no, said.text)))
            yield Happened(step.at, "step", said.what, text, said.by, url)
        for answer in report.answers.select_related("by"):
            by, at = answer.by.get_username(), answer.received_at
            yield Happened(at, "step", _("Cán bộ trả lời"), answer.note, by, url)


def _proposed(uid: uuid.UUID, user: User, language: str) -> Iterator[Happened]:
    found = list(
        Proposal.objects.filter(in_care(user), uid=uid).select_related("by", "settlement__by")[
            :MOST
        ]
    )
    reader = Reader(found, user, language)
    for proposal in found:
        wanted = reader.wanted(proposal)
        text = f"{wanted.field}: {wanted.old or '—'} → {wanted.new or '—'}"
        if wanted.hidden:
            text = wanted.field
        by = proposal.by.get_username()
        yield Happened(proposal.received_at, "proposal", _("Đề xuất sửa dữ liệu"), text, by)
        word: Settlement | None = getattr(proposal, "settlement", None)
        if word is not None:
            taken = word.outcome == Settlement.TAKEN
            what = _("Đề xuất được nhận vào bản sau") if taken else _("Đề xuất bị từ chối")
            yield Happened(word.at, "proposal", what, word.note, word.by.get_username())


def _versions(layer: Layer, uid: uuid.UUID) -> Iterator[Happened]:
    """What publications of the register changed; of versions that were published only."""
    versions = LayerVersion.objects.filter(layer=layer).exclude(published_at=None)
    changes = VersionChange.objects.filter(version__in=versions, uid=uid).select_related("version")
    for change in changes[:MOST]:
        version = change.version
        number = _("Bản %(number)s của dữ liệu") % {"number": version.number}
        if version.published_at is not None:
            what = f"{number}: {change.get_what_display()}"
            yield Happened(version.published_at, "version", what, version.decision_no)


def _citizens(layer: Layer, uid: uuid.UUID, user: User) -> Iterator[Happened]:
    """Citizens' reports of this parcel that the reader handles."""
    for report in visible_reports(user).filter(layer_slug=layer.slug, uid=uid)[:MOST]:
        url = reverse("report-handling", args=[report.reference])
        what = f"{_('Người dân phản ánh')}: {report.get_category_display()}"
        text = f"{report.text} ({report.get_state_display()})"
        yield Happened(report.sent_at, "citizen", what, text, "", url)
