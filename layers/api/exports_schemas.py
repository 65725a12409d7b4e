"""OpenAPI 3.0 schemas and parameters of exports."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter

from layers.api import openapi
from layers.api.schemas import component
from layers.exports.formats import FORMATS

Schema = dict[str, Any]
_TEXT: Schema = {"type": "string"}
_WHOLE: Schema = {"type": "integer", "minimum": 0}
_LINKS: Schema = {"type": "array", "items": component("link")}
_FORMAT: Schema = {"type": "string", "enum": list(FORMATS)}
_OPEN: Schema = {"type": "object", "additionalProperties": True}

DESCRIPTION = (
    "Nhận các tham số chọn lọc của items (filter, bbox, unit, datetime, properties, crs …) trừ "
    "phân trang và thứ tự. Tọa độ trong tệp luôn viết x (đông) trước. Quá nhiều đối tượng: lỗi "
    "`export-too-large`; khi đó gửi POST tới `exports`."
)
COORDINATES = OpenApiParameter(
    "coordinates",
    str,
    enum=["lonlat", "wkt", "xy"],
    description="Trong CSV và XLSX: kinh vĩ độ, WKT, hoặc X (bắc) Y (đông) của lưới VN-2000.",
)
# Paging and order have no meaning for a file.
_PAGES = ("limit", "after", "sortby", "skipGeometry", "f")
PARAMETERS = [one for one in openapi.ITEMS_PARAMETERS if one.name not in _PAGES] + [COORDINATES]


def _or_null(schema: Schema) -> Schema:
    return {**schema, "nullable": True}


EXPORT: Schema = {
    "type": "object",
    "required": ["id", "layer", "version", "format", "state", "links"],
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "layer": _TEXT,
        "version": _WHOLE,
        "data_date": _or_null({"type": "string", "format": "date"}),
        "format": _FORMAT,
        "parameters": _OPEN,
        "state": {"type": "string", "enum": ["waiting", "building", "ready", "failed"]},
        "features_done": _WHOLE,
        "features_total": _or_null(_WHOLE),
        "size": _or_null(_WHOLE),
        "name": _TEXT,
        "made_at": _or_null({"type": "string", "format": "date-time"}),
        "expires_at": _or_null({"type": "string", "format": "date-time"}),
        "error": _or_null(
            {
                "type": "object",
                "properties": {"code": _TEXT, "title": _TEXT, "detail": _TEXT, "hint": _TEXT},
            }
        ),
        "links": _LINKS,
    },
}
EXPORTS: Schema = {
    "type": "object",
    "required": ["formats", "links"],
    "properties": {
        "formats": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["format", "media_type", "href"],
                "properties": {
                    "format": _FORMAT,
                    "title": _TEXT,
                    "media_type": _TEXT,
                    "href": {"type": "string", "format": "uri"},
                    "is_direct": {"type": "boolean"},
                    "estimated_size": _WHOLE,
                },
            },
        },
        "most_at_once": _WHOLE,
        "about": _OPEN,
        "fields": {"type": "array", "items": _OPEN},
        "links": _LINKS,
    },
}
WISH = {
    "application/json": {
        "type": "object",
        "required": ["format"],
        "description": "format và các tham số của export.{format}, viết như trong địa chỉ.",
        "properties": {"format": _FORMAT},
        "additionalProperties": {"type": "string"},
    }
}
