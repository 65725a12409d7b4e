"""`…/table.xlsx`, `…/table.gpkg` and `/planner/runs/{id}/files/{format}/`: all pieces of a result.

A small file is sent at once. A large one is asked for on its page, which tells how far it is, and
then lies at the same address. All of it works without JavaScript; a page of something that is
being made loads itself again.
"""

from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from gis_portal.planner.models import Run, RunFile
from gis_portal.planner.permissions import is_planner
from gis_portal.planner.results.asked import (
    FOR_NOBODY,
    TOKEN,
    as_file,
    language,
    page_address,
    pieces_of,
    told_of,
)
from gis_portal.planner.results.errors import ResultTooLarge, RunFileNotReady
from gis_portal.planner.results.files import asking
from gis_portal.planner.results.files.formats import (
    Format,
    file_name,
    format_of,
    is_small,
    pieces_in,
)
from layers.api.people import prefers_pages
from layers.api.wishes import why_failed
from layers.errors import PortalError
from layers.ondemand.download import Deliverable, deliver

SECONDS = "3"


@require_safe
def result_file(request: HttpRequest, run: UUID, key: str) -> HttpResponseBase:
    """The file, at once or once it is made. Raises ResultTooLarge, RunFileNotReady, ServiceBusy."""
    found, kind = pieces_of(request, run), format_of(key)
    if not is_small(found):
        return _made(request, found, kind)
    body = asking.bytes_now(told_of(found, whole=True), kind, page_address(request, found))
    return as_file(body, kind.media_type, found, kind.key)


def _made(request: HttpRequest, run: Run, kind: Format) -> HttpResponseBase:
    file = asking.file_of(run, kind.key, language())
    if file is None or file.ready_at is None or not file.is_there:
        if prefers_pages(request):
            return redirect(page_of(request, run, kind.key))
        if file is not None and file.is_open:
            raise RunFileNotReady
        there = request.build_absolute_uri(reverse("api-run-files", args=[run.pk]))
        raise ResultTooLarge(links=[{"rel": "files", "href": there, "type": "application/json"}])
    return delivered(request, file, kind)


def delivered(request: HttpRequest, file: RunFile, kind: Format) -> HttpResponseBase:
    """A made one, whole or by ranges. Raises RunFileNotReady."""
    if file.ready_at is None:
        raise RunFileNotReady
    whole = Deliverable(
        path=file.path,
        name=file_name(file.run_id, kind.key),
        media_type=kind.media_type,
        key=file.pk.hex,
        made=file.ready_at,
        # It can be made private again.
        for_all=False,
    )
    try:
        response = deliver(request, whole)
    except FileNotFoundError as error:
        raise RunFileNotReady from error
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def page_of(request: HttpRequest, run: Run, key: str) -> str:
    """The page of a file, for who came by a link too."""
    return reverse("planner-run-file", args=[run.pk, key]) + _query(request)


def _query(request: HttpRequest) -> str:
    token = request.GET.get(TOKEN)
    return f"?{urlencode({TOKEN: token})}" if token else ""


@require_http_methods(["GET", "HEAD", "POST"])
def file_page(request: HttpRequest, run: UUID, key: str) -> HttpResponseBase:
    """How far the file is; POST has it made. Raises UnknownRunFormat."""
    found, kind = pieces_of(request, run), format_of(key)
    download = reverse(f"planner-run-{kind.key}", args=[found.pk]) + _query(request)
    if is_small(found):
        return redirect(download)
    error: PortalError | None = None
    if request.method == "POST":
        try:
            asking.ask(request, found, kind.key, language(), page_address(request, found))
            return redirect(page_of(request, found, kind.key))
        except PortalError as refused:
            error = refused
    file = asking.file_of(found, kind.key, language())
    context = {
        "layout": "planner/base.html" if is_planner(request.user) else "base.html",
        "is_planner": is_planner(request.user),
        "run": found,
        "title": told_of(found).title,
        "format": kind,
        "file": file,
        "failure": why_failed(file) if file else None,
        "is_ready": file is not None and file.is_there,
        "pieces": pieces_in(found),
        "error": error,
        "download": download,
        "back": reverse("planner-run", args=[found.pk]) + _query(request),
    }
    status = error.status if error else 200
    response: HttpResponse = render(request, "planner/run_file.html", context, status=status)
    response.headers["Cache-Control"] = FOR_NOBODY
    response.headers["X-Robots-Tag"] = "noindex"
    if file is not None and file.is_open:
        response.headers["Refresh"] = SECONDS
    return response
