"""Entering a step of a lot: only what the life cycle allows from where the lot stands now, one
entry at a time, with who and when. Nothing is changed afterwards: a correction is an entry.
"""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gis_portal.auctions.documents import Checked
from gis_portal.auctions.errors import DatesDecide, EnteredMeanwhile, NotCorrectable, StageNotNext
from gis_portal.auctions.lots import Lot, as_entry, lot
from gis_portal.auctions.models import Attachment, StageEntry
from gis_portal.auctions.stages import (
    ANEW,
    BY_CLOCK,
    DATES,
    STAGES,
    Entry,
    Said,
    Stage,
    allowed_next,
    by_clock,
    said,
    stage_at,
    standing,
)

# Where a timetable may be published again or corrected.
TIMETABLED = frozenset({*BY_CLOCK, "suspended"})
# Where a result has a price.
PRICED = frozenset({"won", "recognised", "paid", "handed_over"})


@dataclass(frozen=True)
class Wish:
    """What a steward wants to enter. `stage` empty: only dates, or nothing but taking back."""

    stage: str
    happened_on: dt.date
    document: str
    note: str = ""
    dates: dict[str, dt.datetime | None] = field(default_factory=dict)
    winning_price: int | None = None
    link: str = ""
    file: Checked | None = None


def choices(found: Lot) -> tuple[Stage, ...]:
    """The stages that the form offers: the allowed ones that the lot's own dates do not decide."""
    return tuple(
        stage
        for stage in allowed_next(found.stage)
        if not stage.date
        or found.stage.value == "suspended"
        or getattr(found.said, stage.date) is None
    )


@transaction.atomic
def enter(uid: uuid.UUID, wish: Wish, by: User, *, last: int) -> StageEntry:
    """One more entry of a lot; `last` is the number of the latest that its author has seen.

    Raises EnteredMeanwhile, StageNotNext, DatesDecide, and as `lots.lot`.
    """
    now = timezone.now()
    found = _locked(uid, now, by, last)
    check_move(found, wish)
    anew = (found.stage.value, wish.stage) in ANEW
    entry = _save(uid, wish, by, found.said.round + anew)
    _check_dates(found.row.file, [*map(as_entry, found.entries), as_entry(entry)], found, wish)
    return entry


@transaction.atomic
def enter_all(seen: dict[uuid.UUID, int], wish: Wish, by: User) -> list[StageEntry]:
    """The same entry of several lots, or of none: uid → the latest that its author has seen."""
    # Always in the same order, so that two stewards do not wait for each other.
    return [enter(uid, wish, by, last=seen[uid]) for uid in sorted(seen)]


def check_move(found: Lot, wish: Wish) -> None:
    """The life cycle allows it. Raises StageNotNext."""
    if wish.stage:
        allowed = wish.stage in found.stage.next
    else:
        allowed = found.stage.value in TIMETABLED and any(wish.dates.values())
    if not allowed:
        raise StageNotNext(_move_words(found.stage, wish.stage))


def _move_words(here: Stage, wanted: str) -> str:
    language = str(get_language())
    if wanted not in STAGES:
        return _("Lô đang ở giai đoạn “%(here)s”.") % {"here": here.label(language)}
    return _("Từ “%(here)s” không có bước sang “%(there)s”.") % {
        "here": here.label(language),
        "there": STAGES[wanted].label(language),
    }


def _check_dates(file: Said, events: Sequence[Entry], found: Lot, wish: Wish) -> None:
    """A stage that dates decide is where the lot then stands; who resumes what was suspended leaves
    that to the dates. Raises DatesDecide.
    """
    decided = bool(wish.stage) and bool(STAGES[wish.stage].date)
    if not decided or found.stage.value == "suspended":
        return
    stands = by_clock(said(file, events), found.now)
    if stands.value != wish.stage:
        words = _("Theo lịch, lúc này lô ở giai đoạn “%(stage)s”.")
        raise DatesDecide(words % {"stage": stands.label(str(get_language()))})


def same_auction(found: Lot, every: Iterable[Lot]) -> list[Lot]:
    """Other lots of the auction that stand where this one does."""
    code = found.row.auction_code
    return [
        each
        for each in every
        if code
        and each.row.auction_code == code
        and each.uid != found.uid
        and each.stage == found.stage
    ]


# --- Corrections ---------------------------------------------------------------------------------


def correctable(found: Lot, number: int) -> StageEntry:
    """The entry of this lot that holds and has this number. Raises NotCorrectable."""
    entry = next((each for each in found.held if each.pk == number), None)
    if entry is None:
        raise NotCorrectable(str(number))
    return entry


def stages_instead(found: Lot, entry: StageEntry) -> tuple[Stage, ...]:
    """What a correction may put in the entry's place: another move from where the lot stood then,
    as long as nothing later rests on it; else the same stage, with another document or dates.
    """
    own = (STAGES[entry.stage],) if entry.stage in STAGES else ()
    if not entry.stage or not _is_last_step(found, entry):
        return own
    others = allowed_next(_before(found, entry)[0])
    return (*own, *(stage for stage in others if stage not in own))


def may_take_back(found: Lot, entry: StageEntry) -> bool:
    """As if it had never been entered: nothing later rests on it."""
    return not entry.stage or _is_last_step(found, entry)


def _is_last_step(found: Lot, entry: StageEntry) -> bool:
    steps = [each.pk for each in found.held if each.stage]
    return bool(steps) and steps[-1] == entry.pk


def _before(found: Lot, entry: StageEntry) -> tuple[Stage, int]:
    """The stage and the round from which the entry moved the lot."""
    held = standing(map(as_entry, found.entries))
    earlier = held[: [each.id for each in held].index(entry.pk)]
    file = found.row.file
    return stage_at(file, earlier, entry.at), said(file, earlier).round


@transaction.atomic
def correct(
    uid: uuid.UUID, number: int, wish: Wish | None, by: User, *, reason: str, last: int
) -> StageEntry:
    """An entry in the place of another; `wish` None takes that one back.

    Raises EnteredMeanwhile, NotCorrectable, StageNotNext, and as `lots.lot`.
    """
    found = _locked(uid, timezone.now(), by, last)
    entry = correctable(found, number)
    if wish is None:
        if not may_take_back(found, entry):
            raise NotCorrectable(_("Đã có bước sau dựa vào bước này."))
        wish = Wish("", entry.happened_on, entry.document, reason)
        return _save(uid, wish, by, entry.round, entry)
    before, round_before = _before(found, entry)
    instead = {stage.value for stage in stages_instead(found, entry)} or {""}
    if wish.stage not in instead:
        raise StageNotNext(_move_words(before, wish.stage))
    anew = (before.value, wish.stage) in ANEW
    round_ = round_before + anew if wish.stage != entry.stage else entry.round
    return _save(uid, replace(wish, note=reason), by, round_, entry)


# --- Writing -------------------------------------------------------------------------------------


def _locked(uid: uuid.UUID, now: dt.datetime, by: User, last: int) -> Lot:
    """The lot, while nobody else enters anything about it. Raises EnteredMeanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 29))", [str(uid)])
    found = lot(uid, now, by)
    latest = max((entry.pk for entry in found.entries), default=0)
    if latest != last:
        raise EnteredMeanwhile
    return found


def _save(
    uid: uuid.UUID, wish: Wish, by: User, round_: int, corrects: StageEntry | None = None
) -> StageEntry:
    entry = StageEntry.objects.create(
        uid=uid,
        stage=wish.stage,
        round=round_,
        happened_on=wish.happened_on,
        document=wish.document,
        note=wish.note,
        winning_price=wish.winning_price if wish.stage in PRICED else None,
        corrects=corrects,
        by=by,
        **{name: wish.dates.get(name) for name in DATES},
    )
    if wish.link:
        Attachment.objects.create(entry=entry, name=wish.document[:120], link=wish.link)
    if wish.file:
        file = wish.file
        file.keep()
        Attachment.objects.create(
            entry=entry,
            name=file.name[:120],
            kind=file.kind,
            size=len(file.content),
            sha256=file.sha256,
        )
    return entry
