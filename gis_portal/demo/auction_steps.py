"""A few steps of lots as a steward enters them: a result recognised, a correction of a notice, a
new round after a failed auction, and a mistake that was taken back.
"""

import datetime as dt

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from gis_portal.auctions.entering import Wish, correct, enter
from gis_portal.auctions.lots import Filter, Lot, lots
from gis_portal.auctions.models import StageEntry
from layers.values import LOCAL_TIME

BY = "steward"
NOTE = "minh họa"


@transaction.atomic
def ensure_steps() -> int:
    """Enter them once; how many entries were made. None where there are no lots, or entries."""
    by = User.objects.filter(username=BY).first()
    if by is None or StageEntry.objects.exists():
        return 0
    today = timezone.localdate()
    for stage, step in _STEPS.items():
        found = lots(Filter(stages=frozenset({stage})), user=by)
        if found:
            step(found[-1], today, by)
    return StageEntry.objects.count()


def _at(day: dt.date, hour: int) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour), LOCAL_TIME)


def _recognised(found: Lot, today: dt.date, by: User) -> None:
    wish = Wish("recognised", today, f"311/QĐ-UBND ({NOTE})", "Công nhận kết quả trúng đấu giá")
    enter(found.uid, wish, by, last=0)


def _again(found: Lot, today: dt.date, by: User) -> None:
    """The next round: its dates are those of the notice."""
    dates = {
        "reg_start": _at(today + dt.timedelta(days=3), 8),
        "reg_end": _at(today + dt.timedelta(days=28), 17),
        "auction_time": _at(today + dt.timedelta(days=31), 9),
    }
    note = "Đấu giá lại sau khi không thành"
    wish = Wish("announced", today, f"95/TB-TTĐG ({NOTE})", note, dates={**dates})
    enter(found.uid, wish, by, last=0)


def _published_again(found: Lot, today: dt.date, by: User) -> None:
    """A correction of the notice: one more day for dossiers."""
    end = found.said.reg_end
    if end is None:
        return
    dates = {"reg_end": end + dt.timedelta(days=1)}
    wish = Wish("", today, f"97/TB-TTĐG ({NOTE})", "Đính chính hạn nộp hồ sơ", dates={**dates})
    enter(found.uid, wish, by, last=0)


def _taken_back(found: Lot, today: dt.date, by: User) -> None:
    wrong = enter(found.uid, Wish("paid", today, f"12/TB-CT ({NOTE})"), by, last=0)
    correct(found.uid, wrong.pk, None, by, reason="Nhập nhầm lô", last=wrong.pk)


_STEPS = {
    "won": _recognised,
    "failed": _again,
    "registration": _published_again,
    "recognised": _taken_back,
}
