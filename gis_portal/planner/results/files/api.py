"""`/api/runs/{id}/files`: files of a result for programs; large ones are made in the background."""

from typing import Any
from uuid import UUID

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from gis_portal.planner.asking.resource import PlannerResource
from gis_portal.planner.models import Run, RunFile
from gis_portal.planner.permissions import run_visible_to
from gis_portal.planner.results.asked import check_ready, language, page_address
from gis_portal.planner.results.files import asking
from gis_portal.planner.results.files.formats import FORMATS, format_of, is_small, pieces_in
from importers.api.described import answers
from layers.api.wishes import why_failed

TAGS = ["analyses"]
FILE: dict[str, Any] = {
    "type": "object",
    "required": ["format", "state", "pieces", "links"],
    "properties": {
        "format": {"type": "string", "enum": list(FORMATS)},
        "state": {
            "type": "string",
            "enum": ["none", *(value for value, _label in RunFile.STATES)],
            "description": "none: chưa ai yêu cầu. ready: tải ở links.file.",
        },
        "pieces": {"type": "integer"},
        "done": {"type": "integer"},
        "size": {"type": "integer", "description": "Byte."},
        "error": {"type": "object", "additionalProperties": True, "nullable": True},
        "expires_at": {"type": "string", "format": "date-time", "nullable": True},
        "links": {"type": "object", "additionalProperties": {"type": "string"}},
    },
}
FILES: dict[str, Any] = {
    "type": "object",
    "required": ["files"],
    "properties": {"files": {"type": "array", "items": FILE}},
}
WISH: dict[str, Any] = {
    "type": "object",
    "required": ["format"],
    "properties": {"format": {"type": "string", "enum": list(FORMATS)}},
}


class RunFiles(PlannerResource):
    """What files a result has, and asking for one."""

    is_for_planners = False

    def _run(self, pk: UUID) -> Run:
        """Raises UnknownRun, RunNotReady, ResultGone."""
        run = run_visible_to(pk, self.reader, self.token)
        check_ready(run)
        return run

    @extend_schema(
        operation_id="getRunFiles",
        summary="Các tệp của một kết quả và tiến độ làm tệp",
        tags=TAGS,
        responses=answers(FILES, 401, 403, 404, 409, 410),
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """Small ones are ready at once."""
        run = self._run(pk)
        return Response({"files": [self._described(run, key) for key in FORMATS]})

    @extend_schema(
        operation_id="askForRunFile",
        summary="Yêu cầu làm tệp lớn của kết quả ở nền",
        tags=TAGS,
        request={"application/json": WISH},
        responses=answers(FILE, 400, 401, 403, 404, 409, 410, 429, 503, ok=202),
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """202 while it is being made, 200 when it is there; `Location` tells how far."""
        run, key = self._run(pk), format_of(self.body().get("format")).key
        if not is_small(run):
            plain = request._request
            asking.ask(plain, run, key, language(), page_address(plain, run))
        found = self._described(run, key)
        response = Response(found, status=200 if found["state"] == RunFile.READY else 202)
        response.headers["Location"] = reverse("api-run-files", args=[run.pk])
        return response

    def _described(self, run: Run, key: str) -> dict[str, Any]:
        file = None if is_small(run) else asking.file_of(run, key, language())
        state = RunFile.READY if is_small(run) else file.state if file else "none"
        links = {"self": reverse("api-run-files", args=[run.pk])}
        if state == RunFile.READY:
            links["file"] = reverse(f"planner-run-{key}", args=[run.pk])
        return {
            "format": key,
            "state": state,
            "pieces": pieces_in(run),
            "done": file.rows_done if file else 0,
            "size": file.size if file else 0,
            "error": why_failed(file) if file else None,
            "expires_at": file.expires_at if file else None,
            "links": links,
        }
