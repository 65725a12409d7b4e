"""What is counted while an import streams by is what the sealed table says."""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from django.db import connection

from importers.batch import object_array
from importers.distinct import occurring
from layers import partitions
from layers.measure import Measured, measure
from layers.models import Layer, LayerVersion
from tests.layers.rows import DEFINITION, plots_layer, square

pytestmark = pytest.mark.django_db

NUMBERS = [{"value": f"x{i}", "label": {"vi": str(i)}} for i in range(300)]
FIELDS: list[dict[str, Any]] = [
    {"name": "one", "type": "choice", "choices": NUMBERS},
    {"name": "several", "type": "choices", "choices": NUMBERS},
    {"name": "done", "type": "boolean"},
    {"name": "empty", "type": "boolean"},
]
AWKWARD: dict[str, list[Any]] = {
    # 300 values, those above 150 twice: the 200 most frequent end among equals.
    "one": [f"x{i % 300}" for i in range(150, 600)],
    "several": [["x1", "x2"], ["x2", "x1"], [], None, ["ữ", 'a"b', "\\", "tab\t"]] * 90,
    "done": [True, False, None] * 150,
    "empty": [None] * 450,
}


def counted_layer() -> Layer:
    """Plots with a field of each type that is counted."""
    own = [{**field, "label": {"vi": field["name"]}, "filterable": True} for field in FIELDS]
    return plots_layer(field=[*DEFINITION["field"], *own])


def filled(layer: Layer, number: int, rows: Sequence[str]) -> LayerVersion:
    """A staged version of squares side by side."""
    version = LayerVersion.objects.create(layer=layer, number=number)
    partitions.stage(version.pk)
    with connection.cursor() as cursor:
        for place, row in enumerate(rows):
            cursor.execute(
                f"INSERT INTO {partitions.feature_table(version.pk)} "
                "(version_id, uid, key, geom, area_m2, search, properties) VALUES "
                "(%s, gen_random_uuid(), %s, ST_GeomFromText(%s, 4326), %s, '', %s)",
                [version.pk, str(place), square(107 + place / 700, 10.3), place / 7, row],
            )
    return version


def figures(version: LayerVersion) -> dict[str, Any]:
    """As they are stored, read again."""
    version.refresh_from_db()
    extent = version.extent.extent if version.extent else None
    return {
        "count": version.feature_count,
        "area": version.area_m2 and pytest.approx(version.area_m2),
        "length": version.length_m,
        "extent": extent,
        "facets": version.facets,
    }


def test_both_ways_find_the_same() -> None:
    layer = counted_layer()
    count = len(AWKWARD["one"])
    rows = [
        json.dumps({n: v[i] for n, v in AWKWARD.items() if v[i] is not None}) for i in range(count)
    ]
    version = filled(layer, 1, rows)
    measure(version, layer.parsed)
    asked = figures(version)

    streamed = Measured(layer.parsed)
    for part in (slice(0, 100), slice(100, 101), slice(101, count)):
        place = np.arange(count)[part]
        west, south = 107 + place / 700, 10.3
        box = np.array([west.min(), south, (west + 0.001).max(), south + 0.001])
        values = {n: occurring(object_array(AWKWARD[n][part])) for n in streamed.counted}
        streamed.add(box, place / 7, np.ones(len(place)), values)
    other = LayerVersion.objects.create(layer=layer, number=2)
    streamed.save(other)

    assert figures(other) == asked
    assert asked["count"] == count
    assert len(asked["facets"]["one"]) == 200
    assert asked["facets"]["done"] == {"true": 150, "false": 150}
    assert asked["facets"]["several"]['["ữ", "a\\"b", "\\\\", "tab\\t"]'] == 90
    assert asked["facets"]["empty"] == {}


def test_a_version_without_rows() -> None:
    layer = counted_layer()
    version = filled(layer, 1, [])
    measure(version, layer.parsed)
    other = LayerVersion.objects.create(layer=layer, number=2)
    Measured(layer.parsed).save(other)
    assert figures(other) == figures(version)
