"""The OpenAPI 3.0 document: parameters and schemas that resources name, and the document itself.

REST framework views are described by drf-spectacular; answers that the database builds have their
schemas in `layers.api.schemas`. The document is made once a process: it depends on the code only.
"""

import json
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.translation import gettext
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request

from layers.api.params import CRS84, DEFAULT_LIMIT, MAX_LIMIT, allow_only
from layers.api.render import REVALIDATE, content_etag, not_modified
from layers.api.resource import Resource, language
from layers.api.schemas import COMPONENTS, STATUS_WORDS, component
from layers.definition import Language

MEDIA_TYPE = "application/vnd.oai.openapi+json;version=3.0"
PROBLEM = "application/problem+json"

LANDING, CONFORMANCE, COLLECTIONS, QUERYABLES, FEATURE, FEATURE_COLLECTION, SEARCH = (
    component(name)
    for name in (
        "landingPage",
        "confClasses",
        "collections",
        "queryables",
        "featureGeoJSON",
        "featureCollectionGeoJSON",
        "searchAnswer",
    )
)

LANG = OpenApiParameter(
    "lang", str, enum=["vi", "en"], description="Ngôn ngữ của chữ trong câu trả lời; mặc định vi."
)
SLUG = OpenApiParameter("slug", str, OpenApiParameter.PATH, description="Mã lớp (collectionId).")
UID = OpenApiParameter(
    "uid", OpenApiTypes.UUID, OpenApiParameter.PATH, description="Mã bền của đối tượng (featureId)."
)
_BBOX = OpenApiParameter(
    "bbox",
    {
        "type": "array",
        "items": {"type": "number"},
        "oneOf": [{"minItems": 4, "maxItems": 4}, {"minItems": 6, "maxItems": 6}],
    },
    style="form",
    explode=False,
    description=(
        "tây,nam,đông,bắc bằng độ (CRS84). Với 6 số, hai độ cao được bỏ qua. "
        "Tây lớn hơn đông chỉ khi khung vắt qua kinh tuyến 180°."
    ),
)
CRS = OpenApiParameter(
    "crs",
    str,
    enum=[CRS84],
    description="Hệ tọa độ của câu trả lời; chỉ có kinh độ, vĩ độ (CRS84).",
)
_BBOX_CRS = OpenApiParameter(
    "bbox-crs", str, enum=[CRS84], description="Hệ tọa độ của bbox; chỉ có CRS84."
)
_LIMIT = OpenApiParameter(
    "limit",
    {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
    description=f"Số đối tượng mỗi trang; lớn hơn {MAX_LIMIT} được trả lời như {MAX_LIMIT}.",
)
_AFTER = OpenApiParameter(
    "after",
    {"type": "string", "pattern": "^[0-9]{1,18}[.][0-9]{1,18}$"},
    description="Mã trang, lấy từ liên kết next của trang trước.",
)
_UNIT = OpenApiParameter(
    "unit",
    {"type": "string", "pattern": "^[0-9]{2,5}$"},
    description="Mã đơn vị hành chính đang có hiệu lực.",
)
_DATETIME = OpenApiParameter(
    "datetime",
    str,
    description=(
        "Thời điểm hoặc khoảng theo RFC 3339. Đối tượng không mang thời gian riêng nên đều khớp."
    ),
)
_FORMAT = OpenApiParameter(
    "f", str, enum=["json", "geojson", "html"], description="Dạng của câu trả lời; html: để đọc."
)
FORM = OpenApiParameter(
    "f", str, enum=["json", "html"], description="Dạng của câu trả lời; html: để đọc."
)
_FIELDS = OpenApiParameter(
    "fields",
    {"type": "object", "additionalProperties": {"type": "string"}},
    style="form",
    explode=True,
    description="Bất kỳ trường nào ghi ở queryables, ví dụ `status=leased`. Tham số lạ: lỗi 400.",
)
ITEMS_PARAMETERS = [
    *(SLUG, _BBOX, _BBOX_CRS, CRS, _LIMIT, _AFTER, _UNIT, _DATETIME, _FORMAT, LANG, _FIELDS)
]
ITEMS_DESCRIPTION = (
    "GeoJSON theo thứ tự không gian, tọa độ 7 chữ số thập phân (khoảng 1 cm). Đi hết lớp "
    "bằng liên kết `next`. `numberMatched` vắng mặt khi có hơn 10.000 đối tượng khớp điều kiện lọc."
)


def answers(
    ok: Any, *statuses: int, media: str = "application/json", page: bool = False
) -> dict[int | tuple[int, str], Any]:
    """Responses of an operation: what it gives, also as a `page` for people, and which problems it
    may answer with.
    """
    found: dict[int | tuple[int, str], Any] = {(200, media): ok}
    if page:
        found[200, "text/html"] = OpenApiTypes.STR
    for status in statuses:
        found[status, PROBLEM] = OpenApiResponse(component("problem"), STATUS_WORDS[status])
    return found


class OpenApi(Resource):
    """`/api/openapi.json`."""

    @extend_schema(exclude=True)
    def get(self, request: Request) -> HttpResponseBase:
        """The document, from memory."""
        allow_only(request.GET, ("lang", "f"))
        body = document_bytes(language())
        etag = content_etag(body)
        unchanged = not_modified(request, etag, None, public=True)
        if unchanged is not None:
            return unchanged
        response = HttpResponse(body, content_type=MEDIA_TYPE)
        response.headers["Cache-Control"] = REVALIDATE
        response.headers["ETag"] = etag
        return response


@cache
def document_bytes(lang: Language) -> bytes:
    """The document as it is sent."""
    return json.dumps(document(lang), ensure_ascii=False).encode()


@cache
def document(lang: Language = "vi") -> dict[str, Any]:
    """The document with its texts in that language; the addresses and schemas are the same."""
    # Some words come from libraries, which speak the language of whoever asks first.
    with translation.override(settings.LANGUAGE_CODE):
        made = _document()
    if lang == "en":
        with translation.override(lang):
            made = _translated(made)
    made["info"]["title"] = settings.PORTAL_NAME_EN if lang == "en" else settings.PORTAL_NAME_VI
    return made


def _translated(found: Any) -> Any:
    """A copy with every text for readers in the language of now. Their Vietnamese is their key."""
    if isinstance(found, list):
        return [_translated(one) for one in found]
    if not isinstance(found, dict):
        return found
    return {
        name: gettext(value)
        if name in ("summary", "description") and isinstance(value, str) and value
        else _translated(value)
        for name, value in found.items()
    }


def _document() -> dict[str, Any]:
    """drf-spectacular's description of the views, with the schemas of SQL-built answers."""
    made: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    made["info"] = {
        "title": settings.PORTAL_NAME_VI,
        "description": "Đọc không cần khóa. Dữ liệu chỉ để tham khảo.",
        "version": settings.SPECTACULAR_SETTINGS["VERSION"],
    }
    made["servers"] = [{"url": "/"}]
    made.setdefault("components", {}).setdefault("schemas", {}).update(COMPONENTS)
    made["components"].pop("securitySchemes", None)
    for operations in made["paths"].values():
        for operation in operations.values():
            # Reading needs no key; the session cookie only opens internal layers to staff.
            operation.pop("security", None)
            # Without one of its own, drf-spectacular takes the docstring, which is for developers.
            if operation.get("description") != ITEMS_DESCRIPTION:
                operation.pop("description", None)
    return made
