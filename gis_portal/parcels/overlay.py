"""What lies on a parcel, or on any polygon: every restricting layer with one of three answers.

All layers are laid over it by one statement in the polygon's own grid, version numbers as literals
so that only their partitions are planned. A layer answers `concerned`, `clear` (looked at, nothing
there) or `not_published`; when which may be said is docs/decisions/0027.
"""

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from gis_portal.maps.panel import feature_title
from gis_portal.parcels.parts import Answer, Overlay, OverlayPart
from gis_portal.parcels.reading import Ground, ground_of
from layers.definition import LayerDefinition
from layers.errors import UnknownItem
from layers.land_roles import KINDS, Restricts
from layers.landuse import colour_of, describe
from layers.models import Layer, LayerVersion
from layers.permissions import User
from layers.standing import standing_layers

# m². Less is the noise of computing with shared boundaries: the shapes touch.
TOUCH_M2 = 0.01
# A part that makes up so much of the polygon is no sliver, however small it is.
MAJOR_SHARE = 0.5
METRES_PER_DEGREE = 110_500
_GROUND = """
WITH ground AS MATERIALIZED (
  SELECT f.unit_id, f.geom AS here, g.shape, ST_Area(g.shape) AS area
  FROM layers_feature f,
    LATERAL (SELECT ST_Transform(coalesce(f.geom_source, f.geom), {grid}) AS shape) g
  WHERE f.version_id = {version} AND f.uid = %(uid)s LIMIT 1
)
"""
# One row a layer: its parts, the m² they take together without the slivers, the m² of all of them,
# whether the layer has anything in the polygon's commune.
_LAYER = """
(SELECT {number} AS number, sum.parts, sum.area, sum.whole, {here} AS here, g.area
FROM ground g, LATERAL (
  SELECT json_agg(json_build_array(p.uid, p.area, p.sliver, p.distance, p.properties)
      ORDER BY p.sliver, p.area DESC NULLS LAST, p.distance, p.uid) AS parts,
    ST_Area(ST_Union(p.common) FILTER (WHERE NOT p.sliver)) AS area,
    ST_Area(ST_Union(p.common)) AS whole
  FROM ({parts}) p
) sum)
"""
_HERE = """EXISTS (SELECT FROM layers_feature u
  WHERE u.version_id = {version} AND u.unit_id = g.unit_id)"""
# OFFSET 0: computed once a row. Else the planner writes the expression wherever its name stands,
# and the same intersection is computed seven times.
# Parts of the polygon that areas take: what is common, and whether it is only a sliver. The mean
# width of a strip is its area over half of its perimeter.
_AREAS = """
SELECT f.uid, f.properties, c.common, m.area, NULL::float8 AS distance,
  m.area < {share} * g.area AND (m.area < {sliver_m2}
    OR 2 * m.area < {sliver_width} * ST_Perimeter(c.common)) AS sliver
FROM layers_feature f,
  LATERAL (SELECT {shape} AS shape OFFSET 0) s,
  LATERAL (SELECT ST_CollectionExtract(ST_Intersection(g.shape, s.shape), 3) AS common OFFSET 0) c,
  LATERAL (SELECT ST_Area(c.common) AS area OFFSET 0) m
WHERE f.version_id = {version} AND f.geom && {reach}{in_force} AND m.area > {touch}
"""
_IN_GRID = "ST_Transform(coalesce(f.geom_source, f.geom), {grid})"
# An import leaves valid shapes; carried to another grid they may cross themselves after all.
_VALID = "(SELECT CASE WHEN ST_IsValid(t.s) THEN t.s ELSE ST_MakeValid(t.s) END FROM (SELECT {shape} AS s) t)"  # noqa: E501
# Only what is near is widened: a road of kilometres has thousands of corners.
_WIDE = """(SELECT ST_Buffer(ST_ClipByBox2D(t.s, ST_Expand(g.shape, 2 * t.w + 1)::box2d), t.w)
  FROM (SELECT {shape} AS s, {width} AS w) t WHERE t.w > 0 AND ST_DWithin(t.s, g.shape, t.w))"""
# Points, and lines whose width is not known: how far they are.
_FAR = """
SELECT f.uid, f.properties, NULL::geometry AS common, NULL::float8 AS area, d.distance,
  false AS sliver
FROM layers_feature f, LATERAL (SELECT ST_Distance({shape}, g.shape) AS distance OFFSET 0) d
WHERE f.version_id = {version} AND f.geom && {reach}{in_force} AND d.distance <= {most}{unknown}
"""


@dataclass(frozen=True)
class _Restricting:
    """A layer that may restrict, what it declares, its live version if it has one."""

    layer: Layer
    definition: LayerDefinition
    rule: Restricts
    version: LayerVersion | None


def overlays_of(
    version_id: int, uid: UUID, user: User | None, lang: str = "vi"
) -> tuple[Overlay, ...]:
    """The answers of all restricting layers that this reader may see about one polygon feature.

    Raises UnknownItem, also of a version that this reader may not see.
    """
    layers = standing_layers(user, published=False)
    version = LayerVersion.objects.select_related("layer").filter(pk=version_id).first()
    if version is None or not version.layer.is_visible_to(user):
        raise UnknownItem(str(uid))
    return lay_over(ground_of(version, uid), layers, lang)


def lay_over(ground: Ground, layers: Iterable[Layer], lang: str) -> tuple[Overlay, ...]:
    """The same of a polygon that was read, over these layers. One statement."""
    asked = [
        _Restricting(layer, layer.parsed, rule, layer.live_version)
        for layer in layers
        if (rule := layer.parsed.land.restricts) is not None and layer.pk != ground.layer.pk
    ]
    asked.sort(key=lambda r: (KINDS.index(r.rule.kind), r.layer.position, r.layer.slug))
    rows = _rows(ground, asked)
    return tuple(_overlay(r, rows.get(n), ground, lang) for n, r in enumerate(asked))


def _rows(ground: Ground, asked: list[_Restricting]) -> dict[int, tuple[Any, ...]]:
    """Number of the layer → (parts, area, whole, here, the polygon's area)."""
    values: dict[str, Any] = {"uid": ground.uid}
    parts = [
        _layer_sql(number, r, r.version, ground, values)
        for number, r in enumerate(asked)
        if r.version is not None
    ]
    if not parts:
        return {}
    head = _GROUND.format(grid=ground.crs.srid, version=int(ground.version.pk))
    with connection.cursor() as cursor:
        cursor.execute(head + " UNION ALL ".join(parts), values)
        return {row[0]: row[1:] for row in cursor.fetchall()}


def _layer_sql(
    number: int, r: _Restricting, version: LayerVersion, ground: Ground, values: dict[str, Any]
) -> str:
    """The part of one layer; names of fields and values of theirs go to `values`."""
    rule, in_force = r.rule, ""
    if rule.without:
        values[f"w{number}"], values[f"v{number}"] = rule.without, list(rule.without_values)
        # What says nothing of it is in force.
        in_force = f" AND coalesce(f.properties ->> %(w{number})s, '') <> ALL(%(v{number})s)"
    shape = _IN_GRID.format(grid=ground.crs.srid)
    known = {
        "version": int(version.pk),
        "in_force": in_force,
        "reach": _box(ground, _most(r)),
        "touch": TOUCH_M2,
        "share": MAJOR_SHARE,
        "sliver_m2": float(rule.sliver_m2),
        "sliver_width": float(rule.sliver_width),
    }
    if r.definition.geometry == "point":
        parts = _FAR.format(**known, shape=shape, most=float(rule.reach), unknown="")
    elif rule.buffer is not None:
        parts = _lines(number, rule, shape, known, values)
    else:
        parts = _AREAS.format(**known, shape=_VALID.format(shape=shape))
    here = _HERE.format(version=int(version.pk)) if rule.covers == "units" else "true"
    return _LAYER.format(number=number, parts=parts, here=here)


def _lines(
    number: int, rule: Restricts, shape: str, known: dict[str, Any], values: dict[str, Any]
) -> str:
    """Lines as wide as they are declared, and those of unknown width by their distance."""
    assert rule.buffer is not None
    if not rule.buffer.field:
        width, unknown = repr(float(rule.buffer.metres)), " AND false"
    else:
        values[f"b{number}"] = rule.buffer.field
        # A version keeps the values of its own time: the field may have been a text then.
        is_number = f"jsonb_typeof(f.properties -> %(b{number})s) = 'number'"
        said = f"(CASE WHEN {is_number} THEN (f.properties ->> %(b{number})s)::float8 END)"
        width, unknown = f"{said} * {float(rule.buffer.share)}", f" AND {said} IS NULL"
    wide = _WIDE.format(shape=shape, width=width)
    far = _FAR.format(**known, shape=shape, most=float(rule.reach), unknown=unknown)
    columns = "uid, properties, common, area, distance, sliver"
    areas = _AREAS.format(**known, shape=wide)
    return f"SELECT {columns} FROM ({areas}) a UNION ALL SELECT {columns} FROM ({far}) b"  # noqa: S608 - made of the constants above


def _most(r: _Restricting) -> float:
    """How far (m) a feature may be that still concerns: half of the widest, or `reach`."""
    rule, widest = r.rule, 0.0
    if r.definition.geometry == "polygon":
        return 0.0
    if rule.buffer is not None:
        declared = r.definition.by_name.get(rule.buffer.field)
        limit = declared.type.maximum if declared else None
        widest = max(rule.buffer.metres, (limit or 0.0) * rule.buffer.share)
    return max(widest, rule.reach)


def _box(ground: Ground, metres: float) -> str:
    """The polygon's box in degrees, so much wider: serves the index."""
    if not metres:
        return "g.here"
    north = metres / METRES_PER_DEGREE
    east = north / math.cos(math.radians(ground.lat))
    return f"ST_Expand(g.here, {east:.9f}, {north:.9f})"


def _overlay(r: _Restricting, row: tuple[Any, ...] | None, ground: Ground, lang: str) -> Overlay:
    """The answer of one layer from its row; without a row nothing of it is published."""
    version, rule = r.version, r.rule
    known: dict[str, Any] = {
        "layer_slug": r.layer.slug,
        "layer_title": r.layer.title(lang),
        "kind": rule.kind,
        "sliver_m2": rule.sliver_m2,
        "sliver_width": rule.sliver_width,
    }
    if row is None or version is None:
        return Overlay(**known, answer="not_published", reason="no-version")
    found, area, whole, here, ground_area = row
    told = [(entry, _part(r, entry, ground_area, lang)) for entry in found or ()]
    parts = tuple(part for entry, part in told if not entry[2] and not part.distance)
    slivers = tuple(part for entry, part in told if entry[2])
    nearby = tuple(part for _entry, part in told if part.distance)
    answer, reason = _answer(rule, ground, bool(parts), bool(nearby), here=bool(here))
    taken = min(area or 0.0, ground_area)
    left = ground_area - (whole or 0.0) if rule.covers == "ground" else 0.0
    return Overlay(
        **known,
        answer=answer,
        reason=reason,
        area=taken,
        share=taken / ground_area if ground_area else 0.0,
        parts=parts,
        slivers=slivers,
        nearby=nearby,
        uncovered=left if left > max(rule.sliver_m2, TOUCH_M2) else 0.0,
        source=version.source_org or r.definition.owner_org(lang),
        data_date=version.data_date,
        version_number=version.number,
        illustrative=version.is_illustrative,
    )


def _answer(
    rule: Restricts, ground: Ground, concerned: bool, near: bool, *, here: bool
) -> tuple[Answer, str]:
    """One of three, and why nothing can be said."""
    if concerned:
        return "concerned", ""
    if rule.covers == "marks":
        return "not_published", "marks"
    if rule.covers == "ground" or ground.unit_id is None:
        return "not_published", "outside"
    if rule.covers == "units" and not here:
        return "not_published", "unit"
    return ("not_published", "width") if near else ("clear", "")


def _part(r: _Restricting, entry: list[Any], ground_area: float, lang: str) -> OverlayPart:
    """One feature's part in words. `entry`: uid, area, sliver, distance, properties."""
    uid, area, _sliver, distance, values = entry
    properties = json.loads(values) if isinstance(values, str) else values
    rule, definition = r.rule, r.definition
    title = feature_title(definition, properties, lang) or r.layer.title(lang)
    by = definition.by_name.get(definition.style.by)
    return OverlayPart(
        uid=UUID(uid),
        name=_words(definition, rule.name, properties, lang) or title,
        details=tuple(
            f"{definition.by_name[name].label(lang)}: {said}"
            for name in rule.details
            if (said := _words(definition, name, properties, lang))
        ),
        decision=_words(definition, rule.decision, properties, lang),
        date=_words(definition, rule.date, properties, lang),
        area=area,
        share=area / ground_area if area is not None and ground_area else None,
        colour=_colour(by, properties) if by else "",
        distance=distance,
    )


def _words(definition: LayerDefinition, name: str, properties: dict[str, Any], lang: str) -> str:
    """A field's value as people read it; "" where there is none."""
    declared, value = definition.by_name.get(name), properties.get(name)
    if declared is None or value in (None, "", []):
        return ""
    if declared.type.name == "land_use":
        return describe(str(value), lang)
    return declared.type.format(value, lang)


def _colour(by: Any, properties: dict[str, Any]) -> str:
    value = str(properties.get(by.name, ""))
    if by.type.name == "land_use":
        return colour_of(value)
    return next((c.color for c in by.type.choices if c.value == value), "")
