"""The import API in the OpenAPI document: the form that is sent, and the answers."""

from typing import Any

from drf_spectacular.utils import OpenApiResponse

from layers.api.openapi import PROBLEM
from layers.api.schemas import STATUS_WORDS, component

Schema = dict[str, Any]
_TEXT: Schema = {"type": "string"}
_WHOLE: Schema = {"type": "integer", "minimum": 0}
_FREE: Schema = {"type": "object", "additionalProperties": True}

IMPORT_FORM: Schema = {
    "type": "object",
    "required": ["layer", "file"],
    "properties": {
        "layer": {**_TEXT, "description": "Mã lớp."},
        "file": {**_TEXT, "format": "binary"},
        "mode": {**_TEXT, "enum": ["check", "stage"], "default": "stage"},
        "data_date": {**_TEXT, "format": "date"},
        "decision_no": _TEXT,
        "source_org": _TEXT,
        "illustrative": {"type": "boolean", "default": False},
        "crs": {**_TEXT, "description": "Ví dụ EPSG:5899; chỉ khi tệp không ghi."},
        "sheet": {**_TEXT, "description": "Lớp hoặc trang tính trong tệp."},
        "checks": {"type": "array", "items": {**_TEXT, "enum": ["gaps"]}},
        "values": {**_TEXT, "description": "TRƯỜNG = GIÁ TRỊ, mỗi dòng một trường."},
        "levels": {**_TEXT, "description": 'Level của bản vẽ, JSON: {"boundary": ["10"]}.'},
    },
}
IMPORT: Schema = {
    "type": "object",
    "required": ["id", "state", "ended", "layer", "file", "rows", "links"],
    "properties": {
        "id": _WHOLE,
        "state": {
            **_TEXT,
            "enum": [
                "queued",
                "running",
                "checked",
                "staged",
                "published",
                "refused",
                "failed",
                "interrupted",
                "cancelled",
            ],
        },
        "ended": {"type": "boolean"},
        "layer": _TEXT,
        "file": _TEXT,
        "sha256": _TEXT,
        "started_at": {**_TEXT, "format": "date-time"},
        "finished_at": {**_TEXT, "format": "date-time", "nullable": True},
        "rows": {"type": "object", "properties": {"read": _WHOLE, "good": _WHOLE, "bad": _WHOLE}},
        "progress": _FREE,
        "error": {**_FREE, "nullable": True},
        "version": {**_FREE, "nullable": True},
        "diff": _FREE,
        "report": _FREE,
        "links": {"type": "object", "additionalProperties": _TEXT},
    },
}
ISSUES: Schema = {
    "type": "object",
    "required": ["issues", "next"],
    "properties": {
        "issues": {"type": "array", "items": _FREE},
        "next": {**_TEXT, "nullable": True},
    },
}


def answers(good: Schema, *statuses: int, ok: int = 200) -> dict[int | tuple[int, str], Any]:
    """What an operation answers, and which problems it may answer with."""
    found: dict[int | tuple[int, str], Any] = {(ok, "application/json"): good}
    for status in statuses:
        found[status, PROBLEM] = OpenApiResponse(component("problem"), STATUS_WORDS[status])
    return found
