"""Features by code and by unit, and how they are shown as results. Public fields only.

Every statement names the live versions of the layers that the reader may see, and uses the indexes
that `layers.partitions` makes in each. `by_words` finds features by their texts.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import get_language

from layers.models import Layer
from layers.search.fold import words
from layers.search.order import order_columns
from layers.search.parcel_query import number_variants
from layers.search.results import PARCEL_FIELDS, Bounds, Result, kind_of, summary_of, title_of

MAX_CODE_WORDS = 3
_PLAIN_CODE = re.compile(r"(?=.*[A-ZĐ])(?=.*\d)[A-ZĐ\d]{4,16}")
# Rows of a layer with an order of its own that are put in order at most.
MAX_ORDERED = 20_000

_SHOWN = """SELECT f.version_id, f.uid::text, f.properties, coalesce(u.name, ''),
  ST_X(p), ST_Y(p), ST_XMin(f.geom), ST_YMin(f.geom), ST_XMax(f.geom), ST_YMax(f.geom)
FROM ({found}) AS hit
JOIN layers_feature f ON f.version_id = hit.version_id AND f.id = hit.id AND f.version_id = ANY(%s)
LEFT JOIN layers_adminunit u ON u.id = f.unit_id,
LATERAL ST_PointOnSurface(f.geom) AS p
ORDER BY hit.rank"""
_IN_UNITS = """SELECT version_id, id, row_number() OVER (ORDER BY place, due, id) AS rank
FROM (SELECT version_id, id, {order} FROM ({rows}) AS chosen) AS candidates
ORDER BY rank LIMIT %s"""
_UNITS_ROWS = """(SELECT version_id, id, properties FROM layers_feature
  WHERE version_id = %s AND (%s::bigint[] IS NULL OR unit_id = ANY(%s::bigint[])) LIMIT %s)"""
_CODE = """(SELECT version_id, id, 0 AS rank FROM layers_feature
  WHERE version_id = %s AND (properties ->> %s) = ANY(%s) LIMIT %s)"""


@dataclass(frozen=True)
class Hit:
    """A feature that was found, with what is shown of it."""

    version_id: int
    uid: str
    properties: dict[str, Any]
    unit_name: str
    lon: float
    lat: float
    bbox: Bounds


def by_code(layers: Sequence[Layer], text: str, *, limit: int) -> list[Result]:
    """Features of which a field searched exactly (a lot's code, a station's) is what was typed."""
    asked = text.strip()
    if not any(c.isdigit() for c in asked) or len(asked.split()) > MAX_CODE_WORDS:
        return []
    return _by_codes(layers, {*number_variants(asked), *_joined(asked)}, limit)


def by_code_apart(layers: Sequence[Layer], text: str, *, limit: int) -> list[Result]:
    """Codes that were typed without their hyphens, or some of them: `DG2026014` is DG-2026-014.

    Every place where one or two may stand is tried.
    """
    asked = re.sub(r"[\s.-]", "", text.upper())
    if not _PLAIN_CODE.fullmatch(asked) or len(text.split()) > MAX_CODE_WORDS:
        return []
    places = range(1, len(asked))
    found = {asked[:a] + "-" + asked[a:] for a in places}
    found |= {
        asked[:a] + "-" + asked[a:b] + "-" + asked[b:] for a in places for b in places if a < b
    }
    return _by_codes(layers, found, limit)


def _joined(asked: str) -> set[str]:
    """`ql 51` → `QL51`, `QL-51`."""
    parts = asked.upper().split()
    return {"".join(parts), "-".join(parts)} if len(parts) > 1 else set()


def _by_codes(layers: Sequence[Layer], codes: set[str], limit: int) -> list[Result]:
    branches: list[str] = []
    values: list[Any] = []
    for layer in layers:
        for field in layer.parsed.searchable_fields:
            # A bare "12" is every twelfth parcel of every sheet: parcels are asked for by both
            # numbers.
            if field.searchable == "exact" and not field.name.startswith(PARCEL_FIELDS):
                branches.append(_CODE)
                values += [layer.live_version_id, field.name, sorted(codes), limit]
    if not branches:
        return []
    return results_of(layers, show(layers, " UNION ".join(branches), values)[:limit], "")


def in_units(layers: Sequence[Layer], units: set[int] | None, *, limit: int) -> list[Result]:
    """Features of these layers in these units (None: anywhere), in the layers' own order."""
    if not layers:
        return []
    order, order_values = order_columns(layers)
    within = None if units is None else sorted(units)
    bound = list(order_values)
    for layer in layers:
        # Without an order of its own any of the rows will do: a commune has fifty thousand parcels.
        most = MAX_ORDERED if layer.parsed.first.field else limit
        bound += [layer.live_version_id, within, within, most]
    rows = " UNION ALL ".join([_UNITS_ROWS] * len(layers))
    statement = _IN_UNITS.format(order=order, rows=rows)
    return results_of(layers, show(layers, statement, [*bound, limit]), "")


def show(layers: Sequence[Layer], found: str, values: list[Any]) -> list[Hit]:
    """What is shown of the rows that `found` names (version_id, id, rank), in order of rank."""
    with connection.cursor() as cursor:
        cursor.execute(_SHOWN.format(found=found), [*values, version_ids(layers)])
        rows = cursor.fetchall()
    return [_hit(row) for row in rows]


def version_ids(layers: Sequence[Layer]) -> list[int]:
    """The live versions."""
    return [layer.live_version_id for layer in layers if layer.live_version_id is not None]


def as_result(layer: Layer, hit: Hit, subtitle: str) -> Result:
    """A feature as a result, titled as its popup is."""
    language = get_language() or "vi"
    return Result(
        kind=kind_of(layer.parsed),
        title=title_of(layer.parsed, hit.properties, language),
        subtitle=subtitle,
        lon=hit.lon,
        lat=hit.lat,
        zoom=16 if layer.geometry_kind == "point" else 17,
        layer=layer.slug,
        uid=hit.uid,
        bbox=hit.bbox,
    )


def results_of(layers: Sequence[Layer], hits: list[Hit], phrase: str) -> list[Result]:
    """Features as results; `phrase` is what was looked for in their text, "" when a code was."""
    language = get_language() or "vi"
    by_version = {layer.live_version_id: layer for layer in layers}
    results = []
    for hit in hits:
        layer = by_version[hit.version_id]
        summary = summary_of(layer.parsed, hit.properties, language)
        told = [summary] if summary else [matched_text(layer, hit, phrase), layer.title(language)]
        subtitle = " · ".join(filter(None, (*told, hit.unit_name)))
        results.append(as_result(layer, hit, subtitle))
    return results


def matched_text(layer: Layer, hit: Hit, phrase: str) -> str:
    """The field in which the words stand, unless the title says it already; "" when none does."""
    asked = set(phrase.split())
    title = title_of(layer.parsed, hit.properties, get_language() or "vi")
    texts = [
        str(hit.properties.get(field.name) or "")
        for field in layer.parsed.searchable_fields
        if field.searchable == "text"
    ]
    best = max(texts, key=lambda text: len(asked & set(words(text))), default="")
    return best if asked & set(words(best)) and best not in title else ""


def _hit(row: tuple[Any, ...]) -> Hit:
    version_id, uid, properties, unit_name, lon, lat, *bbox = row
    # Django leaves jsonb of raw statements as text.
    return Hit(
        version_id,
        uid,
        json.loads(properties),
        unit_name,
        lon,
        lat,
        (bbox[0], bbox[1], bbox[2], bbox[3]),
    )
