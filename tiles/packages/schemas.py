"""OpenAPI 3.0 schemas of packages and of the wish for one."""

from typing import Any

from layers.api.schemas import component

Schema = dict[str, Any]
_TEXT: Schema = {"type": "string"}
_WHOLE: Schema = {"type": "integer", "minimum": 0}
_ZOOM: Schema = {"type": "integer", "minimum": 0, "maximum": 22}
_LINKS: Schema = {"type": "array", "items": component("link")}
_BBOX: Schema = {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 4}


def _or_null(schema: Schema) -> Schema:
    return {**schema, "nullable": True}


PACKAGE: Schema = {
    "type": "object",
    "required": ["id", "layer", "version", "state", "bbox", "min_zoom", "max_zoom", "links"],
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "layer": _TEXT,
        "version": _WHOLE,
        "data_date": _or_null({"type": "string", "format": "date"}),
        "state": {"type": "string", "enum": ["waiting", "building", "ready", "failed"]},
        "area": {"type": "string", "enum": ["whole", "unit", "bbox"]},
        "unit": _or_null(_TEXT),
        "bbox": _BBOX,
        "min_zoom": _ZOOM,
        "max_zoom": _ZOOM,
        "tiles_done": _WHOLE,
        "tiles_total": _WHOLE,
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
PACKAGES: Schema = {
    "type": "object",
    "required": ["packages", "min_zoom", "max_zoom", "links"],
    "properties": {
        "packages": {"type": "array", "items": PACKAGE},
        "min_zoom": _ZOOM,
        "max_zoom": _ZOOM,
        "bbox": _BBOX,
        "links": _LINKS,
    },
}
_ASKED: Schema = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "unit": _or_null({"type": "string", "description": "Mã xã đang có hiệu lực."}),
        "bbox": _or_null({**_BBOX, "description": "Tây, nam, đông, bắc, độ."}),
        "min_zoom": _or_null(_ZOOM),
        "max_zoom": _or_null(_ZOOM),
    },
}
WISH = {"application/json": _ASKED}
