"""The rows of a unit's parcels as a phone needs them: what they are, where their corners lie.

Corners are those of the source grid in whole millimetres, in the order of the survey, so that what
is staked out in the field is what was surveyed. Officer fields are read in the unit's own context
(`office_context`); personal ones are not in any row.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
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
# The rows of a large commune; a page may take less.
SECONDS = 60
EMPTY: tuple[Any, ...] = (None, "", [])
ROWS = """
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


@dataclass
class Corners:
    """Every ring of a shape without its closing corner; `shells`: which of them are outer ones."""

    rings: list[list[list[int]]] = field(default_factory=list)
    shells: list[int] = field(default_factory=list)


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
    sql = ROWS.format(grid=grid_of(version).srid, version=int(version.pk))
    with office_context(unit.pk), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL statement_timeout = '{SECONDS}s'")
        cursor.execute(sql, {"unit": unit.pk})
        found = cursor.fetchall()
    former = _former(layer, [row[0] for row in found])
    register = layer.parsed.land.register or Register()
    names = [f.name for f in office_fields(layer.parsed)]
    common = {"unit": unit.pk, "crs": grid_of(version).code}
    corners = _corners([bytes(row[-1]) for row in found])
    return [
        _row(register, names, common, row, rings, former[row[0]])
        for row, rings in zip(found, corners, strict=True)
    ]


def _row(
    register: Register,
    names: list[str],
    common: Json,
    row: tuple[Any, ...],
    corners: Corners,
    former: list[Json],
) -> Json:
    uid, _key, public, officer, area, lon, lat, _shape = row
    values = json.loads(public)
    if officer:
        values |= json.loads(officer)
    known = {name: values[name] for name in names if values.get(name) not in EMPTY}
    made: Json = {
        "uid": uid,
        **common,
        "sheet": str(known.get(register.sheet, "")),
        "number": str(known.get(register.number, "")),
        "old": _once([*_declared_old(register, known), *former]),
        "at": [round(lon, 6), round(lat, 6)],
        "rings": corners.rings,
        "area": None if area is None else round(area, 2),
        "p": known,
    }
    if len(corners.rings) > 1:
        made["shells"] = corners.shells
    return made


def _corners(shapes: list[bytes]) -> list[Corners]:
    """Of all shapes (WKB) at once; one by one it would take as long as all the rest."""
    made = [Corners() for _shape in shapes]
    parts, shape_of = shapely.get_parts(shapely.from_wkb(shapes), return_index=True)
    rings, part_of = shapely.get_rings(parts, return_index=True)
    xy, ring_of = shapely.get_coordinates(rings, return_index=True)
    places = np.rint(xy * MILLIMETRES).astype(np.int64).tolist()
    ends = np.cumsum(np.bincount(ring_of, minlength=len(rings))).tolist()
    is_first = np.diff(part_of, prepend=-1) != 0
    start = 0
    for shape, is_shell, end in zip(
        shape_of[part_of].tolist(), is_first.tolist(), ends, strict=True
    ):
        if is_shell:
            made[shape].shells.append(len(made[shape].rings))
        made[shape].rings.append(places[start : end - 1])
        start = end
    return made


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
