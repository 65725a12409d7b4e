"""`/steward/upload/`: a file goes to disk, is put into the queue, and its import's page opens."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from gis_portal.steward.access import may_upload, only
from gis_portal.steward.forms import CHECK_ONLY, UploadForm
from gis_portal.steward.overview import readiness
from importers import jobs, sandbox
from importers.models import ImportRun
from importers.request import from_form
from importers.upload_handler import most_bytes, stream_to_disk
from layers.errors import PortalError


# CSRF protection reads the body, which must not happen before the upload is told to go to disk: it
# is done by `_answer`.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@only(may_upload)
def upload(request: HttpRequest) -> HttpResponseBase:
    """The form, and what was sent with it."""
    stream_to_disk(request)
    return _answer(request)


@csrf_protect
def _answer(request: HttpRequest) -> HttpResponseBase:
    if request.method != "POST":
        wanted = {"layer": request.GET.get("layer", "")}
        return _page(request, UploadForm(initial=wanted))
    form = UploadForm(request.POST, request.FILES)
    if not sandbox.available():
        form.add_error(None, _("Máy chủ này chưa nhận tệp qua web."))
    if not form.is_valid():
        return _refused(request, form)
    try:
        run = _submit(request, form)
    except PortalError as error:
        form.add_error(None, " ".join(str(w) for w in (error.title, error.detail, error.hint) if w))
        return _refused(request, form)
    address = reverse("steward-import", args=[run.pk])
    return JsonResponse({"location": address}) if _is_script(request) else redirect(address)


def _submit(request: HttpRequest, form: UploadForm) -> ImportRun:
    """Put it into the queue. Raises what `importers.jobs.submit` raises."""
    said: dict[str, Any] = {
        **form.cleaned_data,
        "levels": form.levels(),
        "checks": ("gaps",) if form.cleaned_data["gaps"] else (),
    }
    check_only = request.POST.get("mode") == CHECK_ONLY
    asked = from_form(said, said["file"], dry_run=check_only, user=request.user)
    return jobs.submit(asked, upload=asked.path)


def _is_script(request: HttpRequest) -> bool:
    """The page's script, which shows errors beside the boxes and keeps the chosen file."""
    return request.headers.get("X-Requested-With") == "portal"


def _refused(request: HttpRequest, form: UploadForm) -> HttpResponse:
    if _is_script(request):
        return JsonResponse({"errors": form.errors}, status=422)
    return _page(request, form, status=422)


def _page(request: HttpRequest, form: UploadForm, status: int = 200) -> HttpResponse:
    context = {"form": form, "most_bytes": most_bytes(), **readiness()}
    return render(request, "steward/upload.html", context, status=status)
