"""Questions and runs as programs see them, and as the OpenAPI document describes them."""

from typing import Any

from django.urls import reverse

from gis_portal.planner.areas.keeping import as_geojson
from gis_portal.planner.asking.versions import are_kept
from gis_portal.planner.models import Analysis, PlannerArea, Run
from importers.api.described import answers
from layers.models import LayerVersion

Schema = dict[str, Any]
_TEXT: Schema = {"type": "string"}
_UUID: Schema = {"type": "string", "format": "uuid"}
_MOMENT: Schema = {"type": "string", "format": "date-time"}
_FREE: Schema = {"type": "object", "additionalProperties": True}

DOCUMENT: Schema = {
    "type": "object",
    "description": "Theo khuôn mẫu JSON Schema 2020-12 ở /planner/schema.json.",
    "additionalProperties": True,
}
ASKED: Schema = {
    "type": "object",
    "properties": {
        "document": DOCUMENT,
        "shared": {**_TEXT, "enum": [value for value, _label in Analysis.SHARED]},
    },
}
ANALYSIS: Schema = {
    "type": "object",
    "required": ["id", "title", "document", "shared", "is_mine", "links"],
    "properties": {
        "id": _UUID,
        "title": _TEXT,
        "document": DOCUMENT,
        "sha256": _TEXT,
        "shared": {**_TEXT, "enum": [value for value, _label in Analysis.SHARED]},
        "token": {**_TEXT, "description": "Chỉ nói một lần, khi chia sẻ bằng đường dẫn."},
        "is_mine": {"type": "boolean"},
        "created_at": _MOMENT,
        "updated_at": _MOMENT,
        "runs": {"type": "array", "items": _FREE},
        "links": {"type": "object", "additionalProperties": _TEXT},
    },
}
ANALYSES: Schema = {
    "type": "object",
    "required": ["analyses"],
    "properties": {"analyses": {"type": "array", "items": ANALYSIS}},
}
RUN: Schema = {
    "type": "object",
    "required": ["id", "analysis", "state", "ended", "progress", "links"],
    "properties": {
        "id": _UUID,
        "analysis": _UUID,
        "state": {**_TEXT, "enum": [value for value, _label in Run.STATES]},
        "ended": {"type": "boolean"},
        "progress": {"type": "number", "minimum": 0, "maximum": 1},
        "note": _TEXT,
        "created_at": _MOMENT,
        "started_at": {**_MOMENT, "nullable": True},
        "finished_at": {**_MOMENT, "nullable": True},
        "expires_at": {**_MOMENT, "nullable": True},
        "error": {**_FREE, "nullable": True},
        "versions": _FREE,
        "versions_kept": {"type": "boolean"},
        "document": DOCUMENT,
        "summary": {**_FREE, "nullable": True},
        "links": {"type": "object", "additionalProperties": _TEXT},
    },
}
SUMMARY: Schema = {**_FREE, "description": "Bảng tính trên một mẫu: xem sample."}
AREA: Schema = {
    "type": "object",
    "required": ["id", "name", "expires_at"],
    "properties": {
        "id": _UUID,
        "name": _TEXT,
        "origin": {**_TEXT, "enum": ["drawn", "file"]},
        "created_at": _MOMENT,
        "expires_at": _MOMENT,
        "geometry": _FREE,
    },
}
AREAS: Schema = {
    "type": "object",
    "required": ["areas"],
    "properties": {"areas": {"type": "array", "items": AREA}},
}


def gone(*statuses: int) -> dict[Any, Any]:
    """Of an operation that answers nothing, and its problems."""
    found: dict[Any, Any] = dict(answers({}, *statuses, ok=204))
    del found[204, "application/json"]
    found[204] = None
    return found


def described_analysis(analysis: Analysis, user: Any, *, runs: list[Run] | None = None) -> Schema:
    """`runs`: those that this reader may see; None leaves them out."""
    found = {
        "id": str(analysis.pk),
        "title": analysis.title,
        "document": analysis.document,
        "sha256": analysis.document_sha256,
        "shared": analysis.shared,
        "is_mine": bool(user and user.pk and analysis.owner_id == user.pk),
        "created_at": analysis.created_at,
        "updated_at": analysis.updated_at,
        "links": {
            "self": reverse("api-analysis", args=[analysis.pk]),
            "runs": reverse("api-analysis-runs", args=[analysis.pk]),
            "schema": reverse("planner-schema"),
        },
    }
    if runs is not None:
        found["runs"] = [brief_run(run) for run in runs]
    return found


def brief_run(run: Run) -> Schema:
    """A run in a list."""
    return {
        "id": str(run.pk),
        "state": run.state,
        "created_at": run.created_at,
        "finished_at": run.finished_at,
        "links": {"self": reverse("api-run", args=[run.pk])},
    }


def described_run(run: Run) -> Schema:
    """A run with what it found."""
    return {
        "id": str(run.pk),
        "analysis": str(run.analysis_id),
        "state": run.state,
        "ended": not run.is_open,
        "progress": run.progress,
        "note": run.note,
        "created_at": run.created_at,
        "started_at": run.started_at,
        "finished_at": run.finished_at,
        "expires_at": run.expires_at,
        "error": _error(run),
        "versions": _versions(run),
        "versions_kept": are_kept(run.versions),
        "document": run.document,
        "summary": run.summary,
        "links": {
            "self": reverse("api-run", args=[run.pk]),
            "cancel": reverse("api-run-cancel", args=[run.pk]),
            "analysis": reverse("api-analysis", args=[run.analysis_id]),
        },
    }


def _error(run: Run) -> Schema | None:
    return {"code": run.error_code, "detail": run.error_detail} if run.error_code else None


def _versions(run: Run) -> Schema:
    """What was read: layer and number, and the day of its data."""
    rows = LayerVersion.objects.select_related("layer").in_bulk(list(run.versions.values()))
    return {
        name: {
            "layer": rows[pk].layer.slug,
            "number": rows[pk].number,
            "data_date": rows[pk].data_date,
            "published_at": rows[pk].published_at,
        }
        for name, pk in run.versions.items()
        if pk in rows
    }


def described_area(area: PlannerArea, *, shape: bool = False) -> Schema:
    """An area, in degrees where its shape is asked for."""
    found: Schema = {
        "id": str(area.pk),
        "name": area.name,
        "origin": area.origin,
        "created_at": area.created_at,
        "expires_at": area.expires_at,
    }
    if shape:
        found["geometry"] = as_geojson(area)
    return found
