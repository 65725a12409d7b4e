"""Field reports as people read them: names of parcels, states, checklists, the history in words."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gis_portal.maps.panel import feature_title
from gis_portal.officer.desk.handling import StatedReport
from gis_portal.officer.desk.life_cycle import STATES, State
from gis_portal.officer.desk.models import Case, Step
from gis_portal.officer.field.checklists import ChecklistError, checklists
from gis_portal.officer.field.models import FieldReport
from gis_portal.templatetags.portal import number
from layers.models import Feature, Layer
from layers.permissions import User
from layers.standing import standing_layers
from layers.values import LOCAL_TIME

_WHAT: dict[str, str | Promise] = {
    Step.ASSIGNED: _("Giao cho"),
    Step.ANSWERED: _("Trả lời cán bộ"),
    Step.NOTED: _("Ghi chú nội bộ"),
    Step.SIGNED: _("Biên bản đã ký"),
}


def reference_of(report: FieldReport) -> str:
    """What a report is called on paper and by telephone: its day and six signs of its id."""
    return f"{report.seen_at.astimezone(LOCAL_TIME):%y%m%d}-{report.pk.hex[-6:].upper()}"


@dataclass(frozen=True)
class Line:
    """A report in a list."""

    report: FieldReport
    state: State
    state_label: str
    parcel: str

    @property
    def reference(self) -> str:
        """Its name."""
        return reference_of(self.report)

    @cached_property
    def assignee(self) -> str:
        """Who takes care of it."""
        case: Case | None = getattr(self.report, "case", None)
        return case.assignee.get_username() if case and case.assignee else ""


@dataclass(frozen=True)
class Told:
    """One line of the history. `paper`: the document behind it."""

    what: str | Promise
    text: str
    paper_no: str
    paper_date: dt.date | None
    by: str
    at: dt.datetime


def lines_of(reports: Iterable[StatedReport], user: User, language: str) -> list[Line]:
    """In their order; one query a layer for the names of parcels."""
    found = list(reports)
    names = parcel_names(((one.layer_slug, one.uid) for one in found), user, language)
    return [line_of(one, names, language) for one in found]


def line_of(report: StatedReport, names: dict[UUID, str], language: str) -> Line:
    """One line."""
    state = STATES[report.state]
    parcel = names.get(report.uid, "") if report.uid else ""
    return Line(report, state, state.label(language), parcel)


def parcel_names(
    subjects: Iterable[tuple[str, UUID | None]], user: User, language: str
) -> dict[UUID, str]:
    """What parcels are called in the live versions; those that are gone are not there."""
    wanted: dict[str, set[UUID]] = {}
    for slug, uid in subjects:
        if slug and uid:
            wanted.setdefault(slug, set()).add(uid)
    layers = {layer.slug: layer for layer in standing_layers(user) if layer.slug in wanted}
    found: dict[UUID, str] = {}
    for slug, layer in layers.items():
        found |= _names_in(layer, wanted[slug], language)
    return found


def _names_in(layer: Layer, uids: set[UUID], language: str) -> dict[UUID, str]:
    if layer.live_version is None:
        return {}
    rows = Feature.objects.filter(version_id=layer.live_version.pk, uid__in=uids)
    return {
        uid: feature_title(layer.parsed, properties, language)
        for uid, properties in rows.values_list("uid", "properties")
    }


def told(step: Step, language: str) -> Told:
    """A step as staff read it."""
    what = STATES[step.state].label(language) if step.kind == Step.MOVED else _WHAT[step.kind]
    return Told(what, step.text, step.decision_no, step.decision_date, step.by, step.at)


def checklist_of(report: FieldReport, language: str) -> list[tuple[str, str]]:
    """(question, answer) in the order of the checklist; answers of no question come last."""
    try:
        asked = checklists().get(report.kind)
    except ChecklistError:
        asked = None
    rows, left = [], dict(report.checklist)
    for question in asked.questions if asked else ():
        if question.id in left:
            words = {one["value"]: str(one["label"][language]) for one in question.choices}
            value = _answer(left.pop(question.id), words, language)
            unit = f" {question.unit}" if question.unit else ""
            rows.append((question.label[language], f"{value}{unit}"))
    return rows + [(name, _answer(value, {}, language)) for name, value in left.items()]


def _answer(value: Any, words: dict[str, str], language: str) -> str:
    yes, no = ("Yes", "No") if language == "en" else ("Có", "Không")
    if isinstance(value, bool):
        return yes if value else no
    if isinstance(value, list):
        return ", ".join(_answer(one, words, language) for one in value)
    if isinstance(value, int | float):
        return number(value, 0 if float(value).is_integer() else 2)
    text = str(value if value is not None else "—")
    return words.get(text, {"yes": yes, "no": no}.get(text, text))
