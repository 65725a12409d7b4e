"""The rows of a unit's parcels as a phone needs them: what they are, where their corners lie.

Corners are those of the source grid in whole millimetres, in the order of the survey, so that what
is staked out in the field is what was surveyed. Officer fields are read in the unit's own context
(`office_context`); personal ones are not in any row.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import shapely
from django.db import connection

from gis_portal.parcels.reading import grid_of
from layers.definition import Field, LayerDefinition
from layers.land_roles import Register
from layers.models import AdminUnit, Layer, LayerVersion
from layers.permissions import office_context

Json = dict[str, Any]
MILLIMETRES = 1000
_ROWS = """
SELECT f.uid::text, f.key, f.properties::text, v.values::text, f.area_m2,
  ST_X(p.at), ST_Y(p.at), ST_AsBinary(ST_Transform(coalesce(f.geom_source, f.geom), {grid}))
FROM layers_feature f
CROSS JOIN LATERAL (SELECT ST_PointOnSurface(f.geom) AS at) p
LEFT JOIN layers_privatevalue v
  ON v.version_id = {version} AND v.uid = f.uid AND v.unit_id = %(unit)s
  AND v.visibility = 'officer'
WHERE f.version_id = {version} AND f.unit_id = %(unit)s
ORDER BY f.uid"""
# Numbers that the parcel had in earlier versions of the register.
_FORMER = """
SELECT l.new_uid::text, l.old_key FROM layers_lineage l
WHERE l.layer_id = %(layer)s AND l.old_key <> l.new_key AND l.new_uid = ANY(%(uids)s::uuid[])
ORDER BY l.id"""


def office_fields(definition: LayerDefinition) -> tuple[Field, ...]:
    """What an officer may read and what is not personal."""
    return tuple(f for f in definition.fields if f.visibility in ("public", "officer"))


def described(fields: Sequence[Field]) -> list[Json]:
    """Fields for the app: enough to write a value in words."""
    return [
        {
            "name": f.name,
            "label": {"vi": f.label.vi, "en": f.label.en},
            "type": f.type.name,
            "unit": f.type.unit,
            "digits": f.type.digits,
            "visibility": f.visibility,
            "choices": [
                {"value": c.value, "vi": c.vi, "en": c.en, "color": c.color} for c in f.type.choices
            ],
        }
        for f in fields
    ]


def named(unit: AdminUnit) -> Json:
    """The unit as every part names it."""
    return {"id": unit.pk, "code": unit.code, "name": unit.name}


def read_rows(layer: Layer, version: LayerVersion, unit: AdminUnit) -> list[Json]:
    """The unit's parcels in that version, in the order of their uids."""
    sql = _ROWS.format(grid=grid_of(version).srid, version=int(version.pk))
    with office_context(unit.pk), connection.cursor() as cursor:
        cursor.execute(sql, {"unit": unit.pk})
        found = cursor.fetchall()
    if not found:
        return []
    former = _former(layer, [row[0] for row in found])
    shapes = shapely.from_wkb([bytes(row[-1]) for row in found])
    return [
        _row(layer, version, unit, row, shape, former[row[0]])
        for row, shape in zip(found, shapes, strict=True)
    ]


def _row(
    layer: Layer,
    version: LayerVersion,
    unit: AdminUnit,
    row: tuple[Any, ...],
    shape: shapely.Geometry,
    former: list[Json],
) -> Json:
    uid, _key, public, officer, area, lon, lat, _shape = row
    definition = layer.parsed
    register = definition.land.register or Register()
    values = {**json.loads(public), **json.loads(officer or "{}")}
    known = {
        f.name: values[f.name]
        for f in office_fields(definition)
        if values.get(f.name) not in (None, "", [])
    }
    rings, shells = _rings(shape)
    made: Json = {
        "uid": uid,
        "unit": unit.pk,
        "sheet": str(known.get(register.sheet, "")),
        "number": str(known.get(register.number, "")),
        "old": _once([*_declared_old(register, known), *former]),
        "at": [round(lon, 6), round(lat, 6)],
        "crs": grid_of(version).code,
        "rings": rings,
        "area": None if area is None else round(area, 2),
        "p": known,
    }
    if len(rings) > 1:
        made["shells"] = shells
    return made


def _rings(shape: shapely.Geometry) -> tuple[list[list[list[int]]], list[int]]:
    """Every ring without its closing corner; which of them are outer ones."""
    rings: list[list[list[int]]] = []
    shells: list[int] = []
    for polygon in shapely.get_parts(shape):
        shells.append(len(rings))
        for ring in (polygon.exterior, *polygon.interiors):
            places = np.rint(shapely.get_coordinates(ring)[:-1] * MILLIMETRES)
            rings.append(places.astype(np.int64).tolist())
    return rings, shells


def _declared_old(register: Register, known: Json) -> Iterator[Json]:
    old = {
        "unit": str(known.get(register.old_unit, "")),
        "sheet": str(known.get(register.old_sheet, "")),
        "number": str(known.get(register.old_number, "")),
    }
    if any(old.values()):
        yield old


def _former(layer: Layer, uids: list[str]) -> dict[str, list[Json]]:
    """By uid: the numbers that a parcel, or what it was made of, had in earlier versions."""
    found: dict[str, list[Json]] = defaultdict(list)
    register = layer.parsed.land.register
    if register is None:
        return found
    with connection.cursor() as cursor:
        cursor.execute(_FORMER, {"layer": layer.pk, "uids": uids})
        for uid, key in cursor.fetchall():
            parts = dict(zip(layer.parsed.key, str(key).split("/"), strict=False))
            found[uid].append(
                {
                    "unit": parts.get(register.unit, ""),
                    "sheet": parts.get(register.sheet, ""),
                    "number": parts.get(register.number, "").partition("#")[0],
                }
            )
    return found


def _once(old: list[Json]) -> list[Json]:
    return list({json.dumps(each, sort_keys=True): each for each in old}.values())
