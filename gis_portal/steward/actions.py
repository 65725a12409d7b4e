"""What the buttons of an import's page do. A refusal is shown on the page, by name, and nothing is
changed then; all of them are POST.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gis_portal.steward.access import may_look, may_upload, only
from gis_portal.steward.forms import LEVEL_ROLES, TO_APPROVE
from gis_portal.steward.inputs import check_text
from gis_portal.steward.pictures import day_of
from gis_portal.steward.report_parts import serious_count
from gis_portal.steward.run_page import render_run, run_of
from importers import diff, handled, jobs, originals
from importers.fixed_values import parse_values
from importers.models import ImportRun
from importers.request import Request, from_options
from importers.wording import number
from layers import approval
from layers.errors import PortalError, PublicationRefused
from layers.models import LayerVersion
from layers.permissions import User
from layers.publish import discard as discard_version
from layers.publish import publish as publish_version

Act = Callable[[HttpRequest, ImportRun], ImportRun]


def _action(allowed: Callable[[User], bool]) -> Callable[[Act], Callable[..., HttpResponseBase]]:
    """A POST on one import: does it, then shows the import that it leads to."""

    def wrap(act: Act) -> Callable[..., HttpResponseBase]:
        @require_POST
        @only(allowed)
        @wraps(act)
        def view(request: HttpRequest, number: int, **_kwargs: Any) -> HttpResponseBase:
            run = run_of(number)
            try:
                check_text(request.POST)
                leads_to = act(request, run)
            except PortalError as error:
                return render_run(request, run_of(number), error)
            return redirect("steward-import", leads_to.pk)

        return view

    return wrap


@_action(may_upload)
def cancel(_request: HttpRequest, run: ImportRun) -> ImportRun:
    """Stop it at the next place where it can be stopped."""
    return jobs.cancel(run)


@_action(may_upload)
def again(request: HttpRequest, run: ImportRun) -> ImportRun:
    """Run the kept file once more: as before, in another system (`crs`), or to be loaded."""
    asked = _asked_again(request, run)
    return jobs.submit(asked, upload=asked.path)


def _asked_again(request: HttpRequest, run: ImportRun) -> Request:
    """The former request with what was chosen now, by whoever chooses. Raises FileMissing.

    Those before are remembered, and a reason for removals was given for the former comparison.
    """
    asked = from_options(
        run.options, path=_kept(run), layer=run.layer, name=run.file_name, user=None
    )
    return replace(
        asked,
        crs=request.POST.get("crs", "").strip() or asked.crs,
        sheet=request.POST.get("sheet", "").strip() or asked.sheet,
        levels=_levels(request.POST) or asked.levels,
        values={**(asked.values or {}), **_values(request.POST.get("values", ""))} or None,
        data_date=day_of(request.POST.get("data_date")) or asked.data_date,
        dry_run=asked.dry_run and request.POST.get("mode") != TO_APPROVE,
        user=request.user if request.user.is_authenticated else None,
        publish=False,
        allow_removals="",
        handled_by=handled.people_of(run),
    )


def _levels(said: QueryDict) -> dict[str, list[str]]:
    """Role → levels, from a box of its role beside each `level`."""
    found: dict[str, list[str]] = {}
    for level, role in zip(said.getlist("level"), said.getlist("role"), strict=False):
        if role in LEVEL_ROLES:
            found.setdefault(role, []).append(level)
    return found


def _values(text: str) -> dict[str, str]:
    """Field → value, one a line. Raises BadFixedValue."""
    return parse_values(text[:4000].splitlines())


def _kept(run: ImportRun) -> Path:
    """Where the file lies: beside its run, or with the originals. Raises FileMissing."""
    return jobs.file_of(run) or originals.original_path(run.file_sha256)


# Whoever may see the page is told by name why not: `layers.approval` refuses.
@_action(may_look)
def approve(request: HttpRequest, run: ImportRun) -> ImportRun:
    """Agree to the version, with a word to go with it; serious warnings must have been seen."""
    serious = serious_count(run)
    unseen = serious and request.POST.get("seen") != str(serious)
    if unseen and approval.may_approve(_staged(run), request.user):
        raise PublicationRefused(
            _("Bản này có %(n)s cảnh báo nặng. Xem các dòng ấy, rồi đánh dấu là đã xem.")
            % {"n": number(serious)}
        )
    approval.approve(_staged(run), request.user, request.POST.get("note", "")[:2000])
    messages.success(request, _("Đã duyệt. Bản này có thể công bố."))
    return run


@_action(may_look)
def publish(request: HttpRequest, run: ImportRun) -> ImportRun:
    """Make the version the live one."""
    publish_version(_staged(run), by=request.user, wait=False)
    messages.success(request, _("Đã công bố. Bản đồ và API dùng dữ liệu này từ bây giờ."))
    return run


@_action(may_look)
def allow_removals(request: HttpRequest, run: ImportRun) -> ImportRun:
    """Say why much may be taken away."""
    reason = request.POST.get("reason", "").strip()
    if not reason:
        raise PublicationRefused(_("Hãy ghi lý do bỏ nhiều đối tượng."))
    approval.allow_removals(_staged(run), request.user, reason[:2000])
    messages.success(request, _("Đã ghi lý do."))
    return run


@_action(may_look)
def compare(request: HttpRequest, run: ImportRun) -> ImportRun:
    """Compare with what is live now; approval and reason given before fall away."""
    diff.compare_again(_staged(run), by=request.user)
    messages.success(request, _("Đã so lại với bản đang công bố."))
    return run


@_action(may_look)
def discard(request: HttpRequest, run: ImportRun) -> ImportRun:
    """Throw the staged version away."""
    discard_version(_staged(run), by=request.user)
    messages.success(request, _("Đã bỏ bản này. Dữ liệu đang công bố không đổi."))
    return run


def _staged(run: ImportRun) -> LayerVersion:
    """The version that waits. Raises PublicationRefused."""
    if run.version is None or run.version.state != LayerVersion.STAGED:
        raise PublicationRefused(_("Lần nạp này không có bản nào đang chờ duyệt."))
    return run.version
