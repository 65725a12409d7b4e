"""`/steward/auctions/`: what waits for a step, the form of a lot, and corrections."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from gis_portal.auctions.asked import stages_named
from gis_portal.auctions.documents import most_bytes
from gis_portal.auctions.entering import (
    TIMETABLED,
    choices,
    correct,
    correctable,
    enter_all,
    may_take_back,
    same_auction,
    stages_instead,
)
from gis_portal.auctions.forms import TAKE_BACK, TIMETABLE, EntryForm
from gis_portal.auctions.history import history
from gis_portal.auctions.listing import GROUP_WORDS, deadline
from gis_portal.auctions.lots import Lot, lot, lots, properties_of
from gis_portal.auctions.stages import STAGES, allowed_next
from gis_portal.errors import PageNotFound
from gis_portal.steward.access import may_upload, only
from gis_portal.steward.inputs import check_text
from importers.upload_handler import stream_to_disk
from layers.errors import PortalError
from layers.values import fold

PER_PAGE = 50
# What a steward should look at first.
_FIRST = ("session_over", "live", "closed", "won", "recognised", "suspended", "failed")


@require_safe
@only(may_upload)
def waiting(request: HttpRequest) -> HttpResponseBase:
    """The lots, those first whose next step somebody has to enter; `q`, `stage`, `page`."""
    query = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    stage = request.GET.get("stage", "")
    wanted, words = stages_named(stage), fold(query)
    found = [
        each
        for each in lots(user=request.user)
        if (not wanted or each.stage.value in wanted)
        and words in fold(f"{each.row.lot_code} {each.row.auction_code} {each.row.place}")
    ]
    found.sort(key=_need)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(each, deadline(each), bool(choices(each))) for each in page.object_list],
        "q": query,
        "stage": stage,
        "groups": GROUP_WORDS.items(),
        "overdue": sum(each.stage.value == "session_over" for each in found),
    }
    return render(request, "auctions/steward_list.html", context)


def _need(found: Lot) -> tuple[int, str, str]:
    value = found.stage.value
    place = _FIRST.index(value) if value in _FIRST else len(_FIRST)
    return place, found.row.auction_code, found.row.lot_code


# As the upload of files: the body is not read before it is told to go to disk.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@only(may_upload)
def steps(request: HttpRequest, uid: uuid.UUID) -> HttpResponseBase:
    """The steps of a lot, and the form of the next one."""
    stream_to_disk(request)
    return _steps(request, uid)


@csrf_protect
def _steps(request: HttpRequest, uid: uuid.UUID) -> HttpResponseBase:
    found = lot(uid, user=request.user)
    if request.method != "POST":
        return _page(request, found, _form(found))
    check_text(request.POST)
    form = _form(found, request)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    seen = {uid: form.cleaned_data["last"]}
    if request.POST.get("others"):
        seen |= {each.uid: _last(each) for each in _also(found, request)}
    try:
        enter_all(seen, form.wish(), _person(request))
    except PortalError as error:
        again = lot(uid, user=request.user)
        return _page(request, again, _form(again), error=error, status=error.status)
    messages.success(request, _("Đã nhập cho %(n)s lô.") % {"n": len(seen)})
    return redirect("steward-lot", uid)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@only(may_upload)
def correction(request: HttpRequest, uid: uuid.UUID, number: int) -> HttpResponseBase:
    """The form of an entry that stands in place of another."""
    stream_to_disk(request)
    return _correction(request, uid, number)


@csrf_protect
def _correction(request: HttpRequest, uid: uuid.UUID, number: int) -> HttpResponseBase:
    found = lot(uid, user=request.user)
    entry = correctable(found, number)
    others = [(TIMETABLE, _("Chỉ lịch mới"))] if not entry.stage else []
    if may_take_back(found, entry):
        others.append((TAKE_BACK, _("Rút lại: bước này chưa từng có")))
    first = {
        "what": entry.stage or TIMETABLE,
        "document": entry.document,
        "happened_on": entry.happened_on,
        "reg_start": entry.reg_start,
        "reg_end": entry.reg_end,
        "auction_time": entry.auction_time,
        "winning_price": entry.winning_price or "",
        "last": _last(found),
    }
    data = (request.POST, request.FILES) if request.method == "POST" else ()
    form = EntryForm(*data, initial=first, stages=stages_instead(found, entry), others=others)
    form.fields["note"].required = True
    form.fields["note"].label = _("Vì sao đính chính (công bố)")
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        return _page(request, found, form, corrected=entry, status=status)
    check_text(request.POST)
    wish, said = form.wish(), form.cleaned_data
    try:
        taken_back = said["what"] == TAKE_BACK
        correct(
            uid,
            number,
            None if taken_back else wish,
            _person(request),
            reason=said["note"],
            last=said["last"],
        )
    except PortalError as error:
        return _page(request, found, form, corrected=entry, error=error, status=error.status)
    messages.success(request, _("Đã đính chính. Bước cũ vẫn nằm trong lịch sử của lô."))
    return redirect("steward-lot", uid)


def _form(found: Lot, request: HttpRequest | None = None) -> EntryForm:
    data = (request.POST, request.FILES) if request else ()
    others = []
    if found.stage.value in TIMETABLED:
        others.append((TIMETABLE, _("Thông báo lại hoặc đính chính lịch, giai đoạn giữ nguyên")))
    first = {"last": _last(found)}
    return EntryForm(*data, initial=first, stages=choices(found), others=others)


def _last(found: Lot) -> int:
    """The number of the latest entry, as the form's author has seen it."""
    return max((entry.pk for entry in found.entries), default=0)


def _also(found: Lot, request: HttpRequest) -> list[Lot]:
    return same_auction(found, lots(user=request.user))


def _person(request: HttpRequest) -> User:
    """Who is signed in: `only` let nobody else in."""
    if not isinstance(request.user, User):
        raise PageNotFound
    return request.user


def _page(
    request: HttpRequest, found: Lot, form: EntryForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    language = str(request.LANGUAGE_CODE)
    properties, _box = properties_of(found, request.user)
    word = found.row.file.status
    context = {
        "lot": found,
        "row": found.row,
        "form": form,
        "steps": history(found, properties, language),
        "held": {entry.pk for entry in found.held},
        "deadline": deadline(found),
        "same": [] if more.get("corrected") else _also(found, request),
        "file_stage": STAGES.get(word) if word != found.stage.value else None,
        "decided": [
            stage.label(language)
            for stage in allowed_next(found.stage)
            if stage not in choices(found)
        ],
        "most_mb": most_bytes() // 2**20,
        "may_enter": True,
        **more,
    }
    return render(request, "auctions/steward_lot.html", context, status=status)
