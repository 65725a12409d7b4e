"""What happened to a lot, step by step, with the decision or notice behind each.

From the file (decisions, publications), from the entries of stewards, and from the clock where a
date has passed. A step that was corrected stays on the list and says by what.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from gis_portal.auctions.lots import Lot, local_day
from gis_portal.auctions.models import Attachment, StageEntry
from gis_portal.auctions.moments import deadline_words, opening_words
from gis_portal.auctions.stages import STAGES, Boundary, boundaries, is_whole_day

FILE, ENTRY, CLOCK = "file", "entry", "clock"
# The clock has no say in them.
_BEFORE = frozenset({"planned", "decided", "org_selected"})
_PLACE = {FILE: 0, ENTRY: 1, CLOCK: 2}


@dataclass(frozen=True)
class Step:
    """One line of the history. `at` is set where the hour is known; `colour` of its stage."""

    day: dt.date | None
    title: str
    document: str
    origin: str
    at: dt.datetime | None = None
    colour: str = ""
    note: str = ""
    link: str = ""
    changed: tuple[str, ...] = ()
    attachments: Sequence[Attachment] = field(default_factory=tuple)
    entry: StageEntry | None = None
    is_corrected: bool = False


def history(lot: Lot, properties: dict[str, Any], language: str) -> list[Step]:
    """In order of their days; steps whose day is not known come first."""
    steps = [
        *_of_file(properties, language),
        *_of_clock(lot, language),
        *_of_entries(lot, language),
    ]
    return sorted(steps, key=lambda s: (s.day or dt.date.min, _PLACE[s.origin], s.at is not None))


def _of_file(properties: dict[str, Any], language: str) -> list[Step]:
    """Decisions of Land Law 2024 art. 229, and both publications of the notice."""
    told = [
        ("planned", _("Phê duyệt phương án đấu giá"), "decision_plan"),
        ("decided", _("Quyết định đấu giá quyền sử dụng đất"), "decision_auction"),
        ("decided", _("Phê duyệt giá khởi điểm"), "decision_price"),
        ("recognised", _("Công nhận kết quả trúng đấu giá"), "decision_result"),
    ]
    steps = [
        Step(
            _day(properties.get(f"{name}_date")),
            title,
            str(properties.get(name) or ""),
            FILE,
            colour=STAGES[stage].colour,
        )
        for stage, title, name in told
        if properties.get(name) or properties.get(f"{name}_date")
    ]
    notice = str(properties.get("notice_id") or "")
    for name, title in (
        ("published_1_at", _("Thông báo công khai lần 1")),
        ("published_2_at", _("Thông báo công khai lần 2")),
    ):
        if day := _day(properties.get(name)):
            words = _("Mã thông báo %(number)s") % {"number": notice} if notice else ""
            link = str(properties.get("notice_url") or "")
            colour = STAGES["announced"].colour
            steps.append(Step(day, title, words, FILE, colour=colour, link=link))
    return steps


def _of_clock(lot: Lot, language: str) -> list[Step]:
    """Dates of the present round that have passed; of an auction that was stopped nobody knows
    which of them were kept.
    """
    held = lot.stage.group != "stopped" and lot.said.status not in _BEFORE
    said = replace(lot.said, status="announced" if held else "planned")
    passed = (b for b in boundaries(said) if b.at <= lot.now and b.stage != "session_over")
    return [_by_clock(boundary, language) for boundary in passed]


def _by_clock(boundary: Boundary, language: str) -> Step:
    """A boundary at midnight comes of a day without an hour: a deadline was the day before."""
    stage, whole = STAGES[boundary.stage], is_whole_day(boundary.at)
    day = local_day(boundary.at)
    if whole and boundary.stage == "closed":
        day -= dt.timedelta(days=1)
    return Step(
        day,
        stage.label(language),
        "",
        CLOCK,
        at=None if whole else boundary.at,
        colour=stage.colour,
    )


def _of_entries(lot: Lot, language: str) -> list[Step]:
    held = {entry.pk for entry in lot.held}
    return [_of_entry(entry, entry.pk in held, language) for entry in lot.entries]


def _of_entry(entry: StageEntry, holds: bool, language: str) -> Step:
    stage = STAGES.get(entry.stage)
    if stage is not None:
        title = stage.label(language)
    elif entry.corrects_id:
        title = _("Rút lại một bước đã nhập")
    else:
        title = _("Thông báo lại, đính chính lịch")
    return Step(
        entry.happened_on,
        title,
        entry.document,
        ENTRY,
        at=entry.at,
        colour=stage.colour if stage else "",
        note=entry.note,
        changed=_changed(entry),
        attachments=list(entry.attachments.all()),
        entry=entry,
        is_corrected=not holds,
    )


def _changed(entry: StageEntry) -> tuple[str, ...]:
    """The dates that the entry states, in words."""
    words = []
    if entry.reg_start:
        words.append(_("Nhận hồ sơ từ %(when)s") % {"when": opening_words(entry.reg_start)})
    if entry.reg_end:
        words.append(_("Nhận hồ sơ đến %(when)s") % {"when": deadline_words(entry.reg_end)})
    if entry.auction_time:
        words.append(_("Đấu giá %(when)s") % {"when": opening_words(entry.auction_time)})
    return tuple(words)


def _day(text: Any) -> dt.date | None:
    """The day of a date or moment as the file's version stores it."""
    try:
        if "T" in text:
            return local_day(dt.datetime.fromisoformat(text))
        return dt.date.fromisoformat(text)
    except (TypeError, ValueError):
        return None
