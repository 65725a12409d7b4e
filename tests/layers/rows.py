"""Versions filled by hand, for tests of what happens after an import."""

import json
import uuid
from collections.abc import Sequence
from typing import Any

from django.db import connection

from layers import identity, measure, partitions, publish
from layers.catalogue import save_definition
from layers.definition import parse_definition
from layers.models import Layer, LayerVersion

DEFINITION: dict[str, Any] = {
    "slug": "test-plots",
    "sector": "land",
    "geometry": "polygon",
    "title": {"vi": "Lô thử", "en": "Test plots"},
    "key": ["code"],
    "label": {"template": "{code}"},
    "popup": {"title": {"vi": "Lô {code}", "en": "Plot {code}"}},
    "field": [
        {"name": "code", "type": "text", "label": {"vi": "Mã", "en": "Code"}, "filterable": True},
        {
            "name": "area",
            "type": "decimal",
            "label": {"vi": "Diện tích", "en": "Area"},
            "filterable": True,
        },
        {
            "name": "owner",
            "type": "text",
            "label": {"vi": "Chủ", "en": "Owner"},
            "visibility": "restricted",
        },
        {
            "name": "paper",
            "type": "text",
            "label": {"vi": "Giấy tờ", "en": "Paper"},
            "visibility": "officer",
        },
    ],
}


def plots_layer(**changes: Any) -> Layer:
    """A planner's layer of plots with one officer and one restricted field."""
    raw = {**DEFINITION, **changes}
    return save_definition(raw, parse_definition(raw), origin=Layer.PLANNER)


def square(west: float, south: float, side: float = 0.001) -> str:
    """WKT of a square in degrees."""
    east, north = west + side, south + side
    return f"POLYGON(({west} {south},{east} {south},{east} {north},{west} {north},{west} {south}))"


def staged(
    layer: Layer,
    codes: Sequence[str],
    *,
    unit_id: int | None = None,
    private: dict[str, dict[str, str]] | None = None,
) -> LayerVersion:
    """A staged version with one square a code; `private` gives values by visibility for every
    row.
    """
    number = layer.versions.count() + 1
    layer.refresh_from_db()
    version = LayerVersion.objects.create(
        layer=layer, number=number, base_version=layer.live_version
    )
    partitions.stage(version.pk)
    uids = identity.assign_uids(layer, codes)
    with connection.cursor() as cursor:
        for place, (code, uid) in enumerate(zip(codes, uids, strict=True)):
            _insert(cursor, version, code, uid, square(107.1 + place * 0.002, 10.5), unit_id)
            for visibility, values in (private or {}).items():
                cursor.execute(
                    f"INSERT INTO {partitions.private_table(version.pk)} "
                    "(version_id, uid, unit_id, visibility, values) VALUES (%s, %s, %s, %s, %s)",
                    [version.pk, uid, unit_id, visibility, json.dumps(values)],
                )
    partitions.seal(version.pk, layer.parsed)
    measure.measure(version, layer.parsed)
    version.state = LayerVersion.STAGED
    version.save()
    return version


def _insert(
    cursor: Any, version: LayerVersion, code: str, uid: uuid.UUID, wkt: str, unit_id: int | None
) -> None:
    cursor.execute(
        f"INSERT INTO {partitions.feature_table(version.pk)} "
        "(version_id, uid, key, unit_id, geom, area_m2, search, properties) "
        "VALUES (%s, %s, %s, %s, ST_GeomFromText(%s, 4326), 100, '', %s)",
        [version.pk, uid, code, unit_id, wkt, json.dumps({"code": code, "area": 100})],
    )


def live_codes(layer: Layer) -> list[str]:
    """What a reader of the live version sees."""
    layer.refresh_from_db()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT key FROM layers_feature WHERE version_id = %s ORDER BY key",
            [layer.live_version_id],
        )
        return [row[0] for row in cursor.fetchall()]


def published(layer: Layer, codes: Sequence[str], **more: Any) -> LayerVersion:
    """A staged version made live."""
    return publish.publish(staged(layer, codes, **more), as_operator=True)
