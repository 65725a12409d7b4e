"""`POST /api/imports` and what follows: state, progress, report, defects, cancelling.

For stewards only: nobody else learns that there are imports. A file goes to disk as it comes and
waits in the queue; nothing is published from here.
"""

from typing import Any

from django.core.files.uploadedfile import TemporaryUploadedFile
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request as ApiRequest
from rest_framework.response import Response
from rest_framework.views import APIView

from importers import jobs, sandbox
from importers.api.described import IMPORT, IMPORT_FORM, ISSUES, answers
from importers.api.errors import BadImportRequest, SignInNeeded, UnknownImport, UploadTooLarge
from importers.api.forms import ImportForm
from importers.api.models import CANCEL, CHECK, READ, STAGE, ApiKey
from importers.api.tokens import KeyAuthentication, OwnSession, check_key
from importers.comparison import comparison_of, report_of
from importers.confined.refusals import UploadsOff
from importers.issue_texts import text_of
from importers.models import ImportIssue, ImportRun
from importers.request import from_form
from importers.upload_handler import most_bytes, stream_to_disk
from layers.api.resource import AlwaysFirst, PlainJson
from layers.errors import BadPage
from layers.permissions import STEWARD, roles_of

ISSUES_A_PAGE = 500


class ImportResource(APIView):
    """Base: stewards by session or key; anybody else 401, or 404 when they are known."""

    authentication_classes = (KeyAuthentication, OwnSession)
    parser_classes: Any = (MultiPartParser,)
    renderer_classes: Any = (PlainJson,)
    content_negotiation_class = AlwaysFirst

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Uploads go to disk, also those that CSRF protection looks through."""
        stream_to_disk(request)
        response = super().dispatch(request, *args, **kwargs)
        response.headers["Cache-Control"] = "private, no-store"
        if response.status_code == SignInNeeded.status:
            response.headers["WWW-Authenticate"] = KeyAuthentication().authenticate_header(
                self.request
            )
        return response

    def initial(self, request: ApiRequest, *args: Any, **kwargs: Any) -> None:
        """Raises MethodNotAllowed, before anybody is asked who they are; SignInNeeded, BadKey,
        UnknownImport.
        """
        if request.method not in self.allowed_methods:
            self.http_method_not_allowed(request)
        super().initial(request, *args, **kwargs)
        if not request.user.is_authenticated:
            raise SignInNeeded
        if STEWARD not in roles_of(request.user):
            raise UnknownImport

    def run_of(self, number: int) -> ImportRun:
        """The import. Raises UnknownImport, also where the key was made for other layers."""
        found = ImportRun.objects.select_related("layer", "version").filter(pk=number).first()
        key = self.request.auth
        if found is None or (isinstance(key, ApiKey) and not key.reaches(found.layer)):
            raise UnknownImport(str(number))
        return found


class Imports(ImportResource):
    """`/api/imports`."""

    @extend_schema(
        operation_id="sendImport",
        summary="Gửi một tệp để nạp vào lớp",
        tags=["imports"],
        request={"multipart/form-data": IMPORT_FORM},
        responses=answers(IMPORT, 400, 401, 403, 404, 413, 429, 503, ok=202),
    )
    def post(self, request: ApiRequest) -> Response:
        """Put a file into the queue; 202 with the address to ask how it goes."""
        if not sandbox.available():
            raise UploadsOff
        form = ImportForm(request.POST, request.FILES)
        if not form.is_valid():
            fields = {name: [str(e) for e in errors] for name, errors in form.errors.items()}
            raise BadImportRequest(", ".join(fields), fields=fields)
        said = form.cleaned_data
        check_key(request, CHECK if said["mode"] == CHECK else STAGE, said["layer"])
        run = _submit(said, request)
        response = Response(describe(run), status=202)
        response.headers["Location"] = reverse("api-import", args=[run.pk])
        return response


def _submit(said: dict[str, Any], request: ApiRequest) -> ImportRun:
    file: TemporaryUploadedFile = said["file"]
    if file.size is None or file.size > most_bytes():
        raise UploadTooLarge(f"{most_bytes() // 2**20} MB")
    asked = from_form(said, file, dry_run=said["mode"] == CHECK, user=request.user)
    return jobs.submit(asked, upload=asked.path)


class Import(ImportResource):
    """`/api/imports/{number}`."""

    @extend_schema(
        operation_id="getImport",
        summary="Trạng thái, tiến độ và báo cáo của một lần nạp",
        tags=["imports"],
        responses=answers(IMPORT, 401, 403, 404),
    )
    def get(self, request: ApiRequest, number: int) -> Response:
        """How it goes, and the report once it has ended."""
        check_key(request, READ)
        return Response(describe(self.run_of(number)))


class ImportIssues(ImportResource):
    """`/api/imports/{number}/issues`."""

    @extend_schema(
        operation_id="getImportIssues",
        summary="Các dòng có lỗi của một lần nạp",
        tags=["imports"],
        responses=answers(ISSUES, 400, 401, 403, 404),
    )
    def get(self, request: ApiRequest, number: int) -> Response:
        """ISSUES_A_PAGE of them, in order; `next` leads on."""
        check_key(request, READ)
        run = self.run_of(number)
        rows = run.issues.order_by("pk").filter(pk__gt=_after(request))
        found = list(rows[: ISSUES_A_PAGE + 1])
        more, shown = len(found) > ISSUES_A_PAGE, found[:ISSUES_A_PAGE]
        here = reverse("api-import-issues", args=[number])
        keys = run.report.get("keys", {})
        return Response(
            {
                "issues": [_issue(issue, keys) for issue in shown],
                "next": f"{here}?after={shown[-1].pk}" if more else None,
            }
        )


def _after(request: ApiRequest) -> int:
    """The last defect that the caller has, 0 at the beginning. Raises BadPage."""
    text = request.query_params.get("after", "0")
    # 18 digits fit a bigint whatever they are.
    if not (text.isdecimal() and len(text) <= 18):
        raise BadPage
    return int(text)


class CancelImport(ImportResource):
    """`/api/imports/{number}/cancel`."""

    @extend_schema(
        operation_id="cancelImport",
        summary="Hủy một lần nạp đang chờ hoặc đang chạy",
        tags=["imports"],
        request=None,
        responses=answers(IMPORT, 401, 403, 404, 409),
    )
    def post(self, request: ApiRequest, number: int) -> Response:
        """Stop it where it can be stopped. Raises CannotCancel."""
        check_key(request, CANCEL)
        return Response(describe(jobs.cancel(self.run_of(number))))


def describe(run: ImportRun) -> dict[str, Any]:
    """An import as programs see it."""
    version = run.version
    return {
        "id": run.pk,
        "state": run.state,
        "ended": run.state in ImportRun.ENDED,
        "layer": run.layer.slug,
        "file": run.file_name,
        "sha256": run.file_sha256,
        "started_at": run.started_at,
        "finished_at": run.finished_at,
        "rows": {"read": run.rows_read, "good": run.rows_loaded, "bad": run.rows_refused},
        "progress": run.progress or {"steps": []},
        "error": run.report.get("error") if run.error_code else None,
        "version": {"number": version.number, "state": version.state} if version else None,
        "diff": comparison_of(run),
        "report": report_of(run),
        "links": {
            "self": reverse("api-import", args=[run.pk]),
            "issues": reverse("api-import-issues", args=[run.pk]),
            "cancel": reverse("api-import-cancel", args=[run.pk]),
        },
    }


def _issue(issue: ImportIssue, keys: dict[str, str]) -> dict[str, Any]:
    """One defect; x is east and y is north, in the file's own system."""
    return {
        "row": issue.row,
        "key": keys.get(str(issue.row), ""),
        "field": issue.field,
        "value": issue.value,
        "code": issue.code,
        "severity": issue.severity,
        "message": str(text_of(issue.code).message),
        "hint": issue.hint,
        "x": issue.x,
        "y": issue.y,
    }
