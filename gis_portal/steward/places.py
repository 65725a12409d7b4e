"""Where the defects of a file are: from the file's own system to the map."""

from typing import Any

import numpy as np

from importers.candidates import to_lonlat
from importers.crs_choice import parse_choice
from importers.issue_texts import text_of
from importers.models import ImportIssue, ImportRun
from layers.errors import UnknownCrs

# A map with more points than this shows nothing that a person can read.
MOST_ON_MAP = 2000


def issues_geojson(run: ImportRun) -> dict[str, Any]:
    """Points (lon, lat) of the issues that have a place, at most MOST_ON_MAP.

    `total` counts those with a place; fewer features than that means that some were left out.
    """
    placed = run.issues.filter(x__isnull=False, y__isnull=False)
    shown = list(placed.order_by("severity", "row", "id")[:MOST_ON_MAP])
    keys = run.report.get("keys", {})
    features = [
        _feature(issue, keys.get(str(issue.row), ""), lon, lat)
        for issue, (lon, lat) in zip(shown, _lonlat(run, shown), strict=True)
        if np.isfinite(lon) and np.isfinite(lat)
    ]
    return {"type": "FeatureCollection", "total": placed.count(), "features": features}


def _lonlat(run: ImportRun, issues: list[ImportIssue]) -> np.ndarray:
    """Positions (n, 2) in degrees; infinite where the system is not known."""
    points = np.array([(issue.x, issue.y) for issue in issues], dtype=float).reshape(-1, 2)
    try:
        choice = parse_choice((run.options or {}).get("crs") or run.crs_code)
    except UnknownCrs:
        return np.full_like(points, np.inf)
    # Issues stand in the file's numbers; the shift that was chosen leads to the place.
    return to_lonlat(points + (choice.shift or (0.0, 0.0)), choice.crs)


def _feature(issue: ImportIssue, key: str, lon: float, lat: float) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": issue.pk,
        "geometry": {"type": "Point", "coordinates": [round(lon, 7), round(lat, 7)]},
        "properties": {
            "row": issue.row,
            "key": key,
            "code": issue.code,
            "severity": issue.severity,
            "message": str(text_of(issue.code).message),
            "value": issue.value,
        },
    }
