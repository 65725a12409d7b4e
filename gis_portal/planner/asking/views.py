"""`/api/analyses` and `/api/runs`: questions as data, and their answers."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_safe
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from gis_portal.planner.asking import keeping, queue
from gis_portal.planner.asking.described import (
    ANALYSES,
    ANALYSIS,
    ASKED,
    RUN,
    SUMMARY,
    described_analysis,
    described_run,
    gone,
)
from gis_portal.planner.asking.pace import check_pace
from gis_portal.planner.asking.resource import PlannerResource
from gis_portal.planner.document import shape
from gis_portal.planner.errors import BadAsking
from gis_portal.planner.models import Analysis
from gis_portal.planner.permissions import (
    analyses_readable_by,
    analysis_visible_to,
    own_analysis,
    own_run,
    run_visible_to,
    runs_visible_to,
)
from importers.api.described import answers
from layers.heavy import in_turn

TAGS = ["analyses"]
LISTED = 200


class Analyses(PlannerResource):
    """`/api/analyses`."""

    @extend_schema(
        operation_id="getAnalyses",
        summary="Câu hỏi phân tích của tôi và những câu được chia sẻ",
        tags=TAGS,
        responses=answers(ANALYSES, 401, 403, 404),
    )
    def get(self, request: Request) -> Response:
        """Newest first."""
        rows = analyses_readable_by(self.reader)[:LISTED]
        return Response({"analyses": [described_analysis(row, self.reader) for row in rows]})

    @extend_schema(
        operation_id="makeAnalysis",
        summary="Lưu một câu hỏi phân tích",
        tags=TAGS,
        request={"application/json": ASKED},
        responses=answers(ANALYSIS, 400, 401, 403, 404, 413, 429, ok=201),
    )
    def post(self, request: Request) -> Response:
        """Keep a question; it is not computed yet."""
        body = self.body()
        analysis = keeping.keep(document_in(body), self.reader)
        found = described_analysis(analysis, self.reader)
        if "shared" in body:
            found |= _shared(analysis, body["shared"])
        response = Response(found, status=201)
        response.headers["Location"] = reverse("api-analysis", args=[analysis.pk])
        return response


class OneAnalysis(PlannerResource):
    """`/api/analyses/{id}`."""

    is_for_planners = False

    @extend_schema(
        operation_id="getAnalysis",
        summary="Một câu hỏi phân tích và các lần chạy",
        tags=TAGS,
        responses=answers(ANALYSIS, 401, 403, 404),
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """Also for others, with whom it is shared (`token` of a link)."""
        analysis = analysis_visible_to(pk, self.reader, self.token)
        runs = runs_visible_to(self.reader, self.token).filter(analysis=analysis)
        return Response(described_analysis(analysis, self.reader, runs=list(runs[:LISTED])))

    @extend_schema(
        operation_id="changeAnalysis",
        summary="Sửa câu hỏi, hoặc chia sẻ",
        tags=TAGS,
        request={"application/json": ASKED},
        responses=answers(ANALYSIS, 400, 401, 403, 404, 413),
    )
    def put(self, request: Request, pk: UUID) -> Response:
        """Another document, other rights, or both; runs stay as they were."""
        analysis, body = own_analysis(pk, self.reader), self.body()
        if not body:
            raise BadAsking(at="document")
        if "document" in body or "analysis" in body:
            keeping.change(analysis, document_in(body), self.reader)
        shared = _shared(analysis, body["shared"]) if "shared" in body else {}
        return Response(described_analysis(analysis, self.reader) | shared)

    @extend_schema(
        operation_id="deleteAnalysis",
        summary="Xóa câu hỏi cùng các kết quả",
        tags=TAGS,
        responses=gone(401, 403, 404),
    )
    def delete(self, request: Request, pk: UUID) -> Response:
        """With everything that was computed of it."""
        keeping.delete(own_analysis(pk, self.reader))
        return Response(status=204)


class Runs(PlannerResource):
    """`/api/analyses/{id}/runs`."""

    @extend_schema(
        operation_id="runAnalysis",
        summary="Đưa câu hỏi vào hàng đợi để tính",
        tags=TAGS,
        request={
            "application/json": {
                "type": "object",
                "properties": {"versions": {"type": "string", "enum": ["live", "stored"]}},
            }
        },
        responses=answers(RUN, 400, 401, 403, 404, 410, 413, 429, ok=202),
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """202 with the address to ask how it goes. `stored`: on the versions of the last run."""
        analysis = own_analysis(pk, self.reader)
        versions = self.body().get("versions", "live")
        if not isinstance(versions, str):
            raise BadAsking(at="versions")
        run = queue.ask(analysis, self.reader, versions)
        response = Response(described_run(run), status=202)
        response.headers["Location"] = reverse("api-run", args=[run.pk])
        return response


class OneRun(PlannerResource):
    """`/api/runs/{id}`."""

    is_for_planners = False

    @extend_schema(
        operation_id="getRun",
        summary="Trạng thái, tiến độ và kết quả của một lần chạy",
        tags=TAGS,
        responses=answers(RUN, 401, 403, 404),
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """Also for others, once it is done, with whom it is shared."""
        return Response(described_run(run_visible_to(pk, self.reader, self.token)))

    @extend_schema(
        operation_id="deleteRun",
        summary="Xóa một lần chạy cùng kết quả",
        tags=TAGS,
        responses=gone(401, 403, 404),
    )
    def delete(self, request: Request, pk: UUID) -> Response:
        """With what was computed."""
        queue.forget(own_run(pk, self.reader))
        return Response(status=204)


class CancelRun(PlannerResource):
    """`/api/runs/{id}/cancel`."""

    @extend_schema(
        operation_id="cancelRun",
        summary="Hủy một lần chạy đang chờ hoặc đang tính",
        tags=TAGS,
        request=None,
        responses=answers(RUN, 401, 403, 404, 409),
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """What was computed of it goes."""
        return Response(described_run(queue.cancel(own_run(pk, self.reader))))


class Preview(PlannerResource):
    """`/api/analyses/preview`."""

    @extend_schema(
        operation_id="previewAnalysis",
        summary="Xem trước trên một mẫu",
        tags=TAGS,
        request={"application/json": ASKED},
        responses=answers(SUMMARY, 400, 401, 403, 404, 413, 422, 429, 503),
    )
    def post(self, request: Request) -> Response:
        """A sample at once; nothing is kept."""
        from gis_portal.planner.document.reading import read
        from gis_portal.planner.engine.preview import preview

        document = read(document_in(self.body()), self.reader)
        check_pace(int(self.reader.pk or 0))
        with in_turn():
            return Response(preview(document, self.reader).as_json())


def document_in(body: dict[str, Any]) -> Any:
    """The document of a request: its member `document`, or the body itself. Raises BadAsking."""
    if "analysis" in body:
        return body
    if "document" not in body:
        raise BadAsking(at="document")
    return body["document"]


def _shared(analysis: Analysis, how: object) -> dict[str, Any]:
    """How it is shared now; of a link the token, this once."""
    token = keeping.share(analysis, how if isinstance(how, str) else "")
    return {"shared": analysis.shared, **({"token": token} if token else {})}


@require_safe
def schema(request: HttpRequest) -> JsonResponse:
    """The schema of documents, for everybody."""
    response = JsonResponse(shape.schema(), json_dumps_params={"ensure_ascii": False, "indent": 1})
    response.headers["Content-Type"] = "application/schema+json"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response
