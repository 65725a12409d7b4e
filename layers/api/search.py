"""`/api/search?q=`: one box for parcels, places, lots, coordinates and everything with a name."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from layers.api import openapi
from layers.api.params import allow_only, read_limit
from layers.api.resource import Resource, rendered
from layers.errors import BadQuery
from layers.search.answer import search

DEFAULT_RESULTS, MAX_RESULTS = 10, 50
MAX_LENGTH = 200


class Search(Resource):
    """Typed results, best first, and notes that explain an empty answer."""

    @extend_schema(
        operation_id="search",
        tags=["Search"],
        summary="Tìm thửa đất, nơi chốn, lô đấu giá, tọa độ",
        parameters=[
            OpenApiParameter(
                "q",
                {"type": "string", "minLength": 1, "maxLength": MAX_LENGTH},
                required=True,
                description="Ví dụ: `tờ 5 thửa 12 Long Điền`, `vung tau`, `1144200 426902`.",
            ),
            OpenApiParameter(
                "limit",
                {"type": "integer", "minimum": 1, "maximum": MAX_RESULTS, "default": 10},
                description="Số kết quả nhiều nhất.",
            ),
            openapi.LANG,
        ],
        responses=openapi.answers(openapi.SEARCH, 400, 503),
    )
    def get(self, request: Request) -> Response:
        """Answer what was typed."""
        values = allow_only(request.GET, ("q", "limit", "lang", "f"))
        text = values.get("q", "").strip()
        if not text or len(text) > MAX_LENGTH:
            raise BadQuery
        limit = read_limit(values.get("limit"), DEFAULT_RESULTS, MAX_RESULTS)
        return rendered(request, Response(search(text, request.user, limit=limit)))
