"""TileJSON of a result: where its squares are, from which zoom on they hold every piece."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from gis_portal.planner.models import Run
from gis_portal.planner.results.asked import TOKEN, told_of
from gis_portal.planner.results.classes import class_key
from gis_portal.planner.results.overview import overview_of
from gis_portal.planner.results.table import legend
from gis_portal.planner.results.tiles import CELLS, LAYER

LAST_ZOOM = 18


def tilejson(run: Run, request: HttpRequest) -> dict[str, Any]:
    """TileJSON 3; `working_zoom`, `dimension`, `legend` and what its classes are of are ours."""
    about = told_of(run)
    token = request.GET.get(TOKEN)
    # Every square's address: its numbers are put in by the map.
    square = reverse("planner-run-tile", args=[run.pk, 0, 0, 0]).replace(
        "/0/0/0.pbf", "/{z}/{x}/{y}.pbf"
    )
    address = request.build_absolute_uri("/").rstrip("/") + square
    working = overview_of(run).working_zoom
    fields = {column.name: column.label for column in about.groups if column.kind == "field"}
    fields |= {"seq": "Number", "class": "String", "area_m2": "Number", "sliver": "Boolean"}
    key = class_key(run.document)
    cells = {"n": "Number", "area": "Number", "class": "String"}
    return {
        "tilejson": "3.0.0",
        "name": about.title,
        "attribution": "; ".join(dict.fromkeys(stand.source for stand in about.stands)),
        "tiles": [address + (f"?{urlencode({TOKEN: token})}" if token else "")],
        "minzoom": 0,
        "maxzoom": LAST_ZOOM,
        "bounds": about.summary.get("extent"),
        "vector_layers": [
            {"id": LAYER, "fields": fields},
            {"id": CELLS, "fields": cells, "minzoom": 0, "maxzoom": max(0, working - 1)},
        ],
        "working_zoom": working,
        "dimension": about.summary.get("source", {}).get("dimension", 2),
        "legend": legend(about),
        "class_label": next((c.label for c in about.groups if c.name == key), ""),
        "unclassed": bool(key)
        and any(line.values.get(key) is None for line in (*about.lines, *about.slivers)),
    }
