"""Published versions that hold given shapes, for tests of tables made for tiles."""

import json
from collections.abc import Mapping
from typing import Any

from django.db import connection
from shapely.geometry.base import BaseGeometry

from layers import measure, partitions, publish
from layers.catalogue import save_definition
from layers.definition import parse_definition
from layers.models import Layer, LayerVersion

CLASSES = ("ONT", "CLN", "LUC", None)


def shapes_layer(kind: str, **style: Any) -> Layer:
    """A planner's layer, coloured by `code`, that carries it and a number in its tiles."""
    raw: dict[str, Any] = {
        "slug": f"test-{kind}s",
        "sector": "land",
        "geometry": kind,
        "title": {"vi": "Hình thử", "en": "Test shapes"},
        "key": ["name"],
        "label": {"template": "{name}"},
        "popup": {"title": {"vi": "{name}", "en": "{name}"}},
        "style": {"by": "code", "min_zoom": 5, "working_zoom": 13, **style},
        "field": [
            {"name": "name", "type": "text", "label": {"vi": "Tên"}},
            {"name": "code", "type": "land_use", "label": {"vi": "Mã"}, "tile": True},
            {"name": "floors", "type": "integer", "label": {"vi": "Tầng"}, "tile": True},
        ],
    }
    return save_definition(raw, parse_definition(raw), origin=Layer.PLANNER)


def published_shapes(kind: str, shapes: Mapping[int, BaseGeometry], **style: Any) -> LayerVersion:
    """A live version of the shapes (EPSG:3857); every fourth one has no class."""
    layer = shapes_layer(kind, **style)
    version = LayerVersion.objects.create(layer=layer, number=layer.versions.count() + 1)
    partitions.stage(version.pk)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO {partitions.feature_table(version.pk)}
            (version_id, uid, key, geom, geom_3857, area_m2, search, properties)
            SELECT %s, gen_random_uuid(), key, ST_Transform(g, 4326), ST_ForcePolygonCW(g),
              CASE WHEN %s THEN ST_Area(g) END, '', properties::jsonb
            FROM unnest(%s::text[], %s::text[], %s::text[]) AS made (key, properties, shape),
              ST_SetSRID(shape::geometry, 3857) AS g""",
            [
                version.pk,
                kind == "polygon",
                [str(number) for number in shapes],
                [_properties(number) for number in shapes],
                [shape.wkb_hex for shape in shapes.values()],
            ],
        )
    partitions.seal(version.pk, layer.parsed)
    measure.measure(version, layer.parsed)
    version.state = LayerVersion.STAGED
    version.save()
    return publish.publish(version, as_operator=True)


def _properties(number: int) -> str:
    code = CLASSES[number % len(CLASSES)]
    values = {"name": str(number), "floors": number % 7, **({"code": code} if code else {})}
    return json.dumps(values)
