"""The chosen public layers as far as they reach into a unit: what a tap on the map can tell where
there is no network. Public fields only.
"""

import json
from typing import Any

from django.db import connection, transaction

from gis_portal.officer.packs.rows import described, named
from layers.legend import legend
from layers.models import AdminUnit, Layer

Json = dict[str, Any]
# Features of one layer in one unit; what is beyond is on the map all the same.
MOST = 5000
# Cutting large shapes takes longer than a page may.
SECONDS = 60
# Some centimetres on the ground.
DIGITS = 6
# What reaches in is cut to the unit: neighbouring ground is in the neighbour's pack.
_FEATURES = """
SELECT f.uid::text, f.properties::text, ST_AsGeoJSON(g.cut, %(digits)s)
FROM layers_feature f, layers_adminunit u
CROSS JOIN LATERAL (
  SELECT CASE WHEN ST_CoveredBy(f.geom, u.geom) THEN f.geom
    ELSE ST_CollectionExtract(ST_Intersection(ST_MakeValid(f.geom), u.geom),
      ST_Dimension(f.geom) + 1) END AS cut) g
WHERE f.version_id = {version} AND u.id = %(unit)s AND ST_Intersects(f.geom, u.geom)
  AND NOT ST_IsEmpty(g.cut)
ORDER BY f.id LIMIT %(most)s"""


def layers_document(layers: list[Layer], unit: AdminUnit, as_of: str | None) -> Json:
    """What the part holds."""
    return {
        "as_of": as_of,
        "unit": named(unit),
        "layers": [_layer(each, unit) for each in layers if each.parsed.feeds != "units"],
    }


def _layer(layer: Layer, unit: AdminUnit) -> Json:
    version, definition = layer.live_version, layer.parsed
    assert version is not None
    found = _features(version.pk, unit)
    return {
        "layer": layer.slug,
        "version": version.pk,
        "number": version.number,
        "data_date": version.data_date.isoformat() if version.data_date else None,
        "title": {"vi": layer.title("vi"), "en": layer.title("en")},
        "feature_title": {"vi": definition.popup_title.vi, "en": definition.popup_title.en},
        "geometry": definition.geometry,
        "fields": described(definition.public_fields),
        "legend": [
            {
                "value": vi.value,
                "mark": vi.mark,
                "label": {"vi": vi.label, "en": en.label},
                "colour": vi.colour,
            }
            for vi, en in zip(
                legend(definition, version.facets, "vi"),
                legend(definition, version.facets, "en"),
                strict=True,
            )
        ],
        "features": found[:MOST],
        "left_off": len(found) > MOST,
    }


def _features(version_id: int, unit: AdminUnit) -> list[Json]:
    if unit.geom is None:
        return []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL statement_timeout = '{SECONDS}s'")
        values = {"unit": unit.pk, "digits": DIGITS, "most": MOST + 1}
        cursor.execute(_FEATURES.format(version=int(version_id)), values)
        return [
            {
                "uid": uid,
                "geometry": json.loads(shape),
                "p": {k: v for k, v in json.loads(text).items() if v not in (None, "", [])},
            }
            for uid, text, shape in cursor.fetchall()
        ]
