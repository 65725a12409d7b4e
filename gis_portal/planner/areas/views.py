"""`/api/areas`, and `/planner/areas/` for forms: what a planner drew or brought as a file."""

from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import TemporaryUploadedFile
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from gis_portal.planner.areas import keeping
from gis_portal.planner.asking.described import AREA, AREAS, described_area, gone
from gis_portal.planner.asking.resource import PlannerResource
from gis_portal.planner.errors import AreaTooLarge, NoAreaSent, UnknownArea
from gis_portal.planner.models import PlannerArea
from gis_portal.planner.permissions import areas_visible_to
from importers import sandbox
from importers.api.described import answers
from importers.confined.refusals import UploadsOff
from importers.upload_handler import stream_to_disk

TAGS = ["analyses"]
_NAME = {"type": "string", "maxLength": keeping.LONGEST_NAME}
FORM = {
    "type": "object",
    "required": ["file"],
    "properties": {
        "name": _NAME,
        "file": {"type": "string", "format": "binary"},
        "crs": {"type": "string", "description": "Ví dụ EPSG:5899. Không gửi: theo tệp ghi."},
    },
}
DRAWN = {
    "type": "object",
    "required": ["geometry"],
    "properties": {"name": _NAME, "geometry": {"type": "object", "additionalProperties": True}},
}


class Areas(PlannerResource):
    """`/api/areas`."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Files go to disk, also those that CSRF protection looks through."""
        if _is_form(request):
            stream_to_disk(request)
        return super().dispatch(request, *args, **kwargs)

    @property
    def most_bytes(self) -> int:
        """A file is larger than a document."""
        return keeping.most_bytes() if _is_form(self.request) else super().most_bytes

    @extend_schema(
        operation_id="getAreas",
        summary="Vùng riêng của tôi",
        tags=TAGS,
        responses=answers(AREAS, 401, 403, 404),
    )
    def get(self, request: Request) -> Response:
        """The newest first, without their shapes."""
        rows = areas_visible_to(self.reader).defer("geom", "geom_source")
        return Response({"areas": [described_area(row) for row in rows]})

    @extend_schema(
        operation_id="makeArea",
        summary="Lưu một vùng riêng: vẽ (GeoJSON) hoặc tệp",
        tags=TAGS,
        request={"application/json": DRAWN, "multipart/form-data": FORM},
        responses=answers(AREA, 400, 401, 403, 404, 413, 422, 429, 503, ok=201),
    )
    def post(self, request: Request) -> Response:
        """Only its planner sees it; it expires."""
        area = self._brought() if _is_form(request) else self._drawn()
        response = Response(described_area(area, shape=True), status=201)
        response.headers["Location"] = reverse("api-area", args=[area.pk])
        return response

    def _drawn(self) -> PlannerArea:
        body = self.body()
        name = body.get("name")
        shape = body["geometry"] if "geometry" in body and "type" not in body else body
        return keeping.drawn(self.reader, name if isinstance(name, str) else "", shape)

    def _brought(self) -> PlannerArea:
        request = self.request._request
        file = request.FILES.get("file")
        if not isinstance(file, TemporaryUploadedFile):
            raise NoAreaSent
        if file.size is None or file.size > keeping.most_bytes():
            raise AreaTooLarge(f"{keeping.most_bytes() // 2**20} MB")
        if not sandbox.available():
            raise UploadsOff
        path, said = Path(file.temporary_file_path()), request.POST
        name = said.get("name") or Path(str(file.name)).stem
        return keeping.brought(self.reader, name, path, str(file.name), said.get("crs", ""))


@extend_schema(exclude=True)
class AreasOfPages(Areas):
    """`/planner/areas/`: the same for pages; the OpenAPI document names it once."""


def _is_form(request: Any) -> bool:
    return str(request.META.get("CONTENT_TYPE", "")).startswith("multipart/form-data")


class OneArea(PlannerResource):
    """`/api/areas/{id}`."""

    @extend_schema(
        operation_id="getArea",
        summary="Một vùng riêng của tôi",
        tags=TAGS,
        responses=answers(AREA, 401, 403, 404),
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """With its shape in degrees."""
        return Response(described_area(self._mine(pk), shape=True))

    @extend_schema(
        operation_id="deleteArea",
        summary="Xóa một vùng riêng",
        tags=TAGS,
        responses=gone(401, 403, 404),
    )
    def delete(self, request: Request, pk: UUID) -> Response:
        """Results that were computed with it stay."""
        self._mine(pk).delete()
        return Response(status=204)

    def _mine(self, pk: UUID) -> PlannerArea:
        found = areas_visible_to(self.reader).filter(pk=pk).first()
        if found is None:
            raise UnknownArea
        return found
