"""GeoJSON for the small maps of pages: what a list shows, as features."""

from typing import Any

from django.http import JsonResponse


def feature_collection(features: list[dict[str, Any]], kept: str) -> JsonResponse:
    """The answer; `kept`: by whom and how long, as Cache-Control has it."""
    answer = JsonResponse(
        {"type": "FeatureCollection", "features": features},
        json_dumps_params={"ensure_ascii": False},
        content_type="application/geo+json",
    )
    answer.headers["Cache-Control"] = kept
    return answer
