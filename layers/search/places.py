"""Administrative units as results of the search box, and as the place that a parcel is looked for
in.

`layers.units.search_units` finds them, by new and old names; a former unit leads to what it is part
of now.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db import connection
from django.utils.translation import gettext as _

from layers.models import AdminUnit
from layers.province import in_province
from layers.search.fold import words
from layers.search.results import Bounds, Findings, Note, Result
from layers.units import UnitFound, search_units, units_at_end, units_by_code, written_out
from layers.values import fold

CANDIDATES = 60
_CODE = re.compile(r"(?:(?:ma|don vi|xa|phuong|hanh chinh|code|unit) )*(\d{2,3}|\d{5})")
# So many of the units that a divided one became are named.
MAX_NAMED = 4
ZOOMS = {AdminUnit.PROVINCE: 9.0, AdminUnit.DISTRICT: 11.0, AdminUnit.COMMUNE: 13.0}


@dataclass(frozen=True)
class Placed:
    """A unit with where it lies: a point in it, where one is known, and the box of its borders."""

    found: UnitFound
    at: tuple[float, float] | None
    bbox: Bounds | None
    is_here: bool


def find_places(text: str, *, limit: int) -> list[Result]:
    """Units of today whose name, or former name, fits; those without a place on the map are left
    out.
    """
    ranked = [one for one in _nearest_first(search_units(text, CANDIDATES)) if one.at]
    # A unit elsewhere whose whole name was typed is shown, though last; a province first.
    phrase = written_out(fold(text)).split()
    named = [one for one in ranked[limit:] if phrase in _names(one.found)][:1]
    if any(one.found.unit.level == AdminUnit.PROVINCE for one in named):
        return [_result(one) for one in [*named, *ranked[: limit - 1]]]
    return [_result(one) for one in [*ranked[: limit - len(named)], *named]]


def find_by_code(text: str, *, limit: int) -> Findings:
    """Units by their code, alone or behind words: `26506`, `mã xã 26506`. A code of before
    2025-07-01 leads to what its unit is now.
    """
    asked = _CODE.fullmatch(" ".join(words(text)))
    if asked is None:
        return Findings()
    found = [one for one in _nearest_first(units_by_code(asked[1])) if one.at][:limit]
    said = _("Mã %s") % asked[1]
    results = [_result(one) for one in found]
    results = [replace(result, subtitle=f"{said} · {result.subtitle}") for result in results]
    return Findings(tuple(results), tuple(renamed([one.found for one in found])))


def place_at_end(asked: Sequence[str]) -> tuple[str, str]:
    """(what is looked for, where) of folded words that end in a unit's name, else ("", "").

    `cho long dien` → `cho`, `long dien`.
    """
    count = units_at_end(asked) if len(asked) > 1 else 0
    return (" ".join(asked[:-count]), " ".join(asked[-count:])) if count else ("", "")


_BORDERS = """SELECT id, ST_X(inside), ST_Y(inside),
  ST_XMin(geom), ST_YMin(geom), ST_XMax(geom), ST_YMax(geom)
FROM layers_adminunit, LATERAL ST_PointOnSurface(CASE WHEN centre IS NULL THEN geom END) AS inside
WHERE id = ANY(%s) AND geom IS NOT NULL"""
_ANY_BORDERS = """SELECT EXISTS (
  SELECT FROM layers_adminunit WHERE geom IS NOT NULL AND valid_to IS NULL)"""


def _nearest_first(found: list[UnitFound]) -> list[Placed]:
    """Those in the map's area before those that are not."""
    if not found:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_BORDERS, [[one.unit.pk for one in found]])
        borders = {pk: ((lon, lat), tuple(box)) for pk, lon, lat, *box in cursor.fetchall()}
        has_shapes = bool(borders)
        if not has_shapes:
            cursor.execute(_ANY_BORDERS)
            has_shapes = bool(cursor.fetchone()[0])
    placed = []
    for one in found:
        inside, bbox = borders.get(one.unit.pk, (None, None))
        at = (one.unit.centre.x, one.unit.centre.y) if one.unit.centre else inside
        is_drawn = bbox is not None or not has_shapes
        placed.append(Placed(one, at, bbox, bool(at and is_drawn and in_province(*at))))
    return sorted(placed, key=lambda place: not place.is_here)


def units_named(place: str) -> list[UnitFound]:
    """Units of today of which `place` is the whole name, new or former; those on the map alone
    where there are some. A number says it too: `p7 vũng tàu`.
    """
    found = _nearest_first(search_units(place, CANDIDATES))
    phrase = words(place)
    exact = [one for one in found if phrase in _names(one.found)]
    if not exact and any(word.isdigit() for word in re.findall(r"[^\W\d_]+|\d+", place)):
        exact = found[:1]
    here = [one.found for one in exact if one.is_here]
    return here or [one.found for one in exact]


def renamed(units: Sequence[UnitFound]) -> list[Note]:
    """A note when only former units are called so: what they are now."""
    if not units or any(one.via is None for one in units):
        return []
    return [Note("place-renamed", _now(units[: 1 if units[0].whole else MAX_NAMED]))]


def _now(units: Sequence[UnitFound]) -> str:
    old = units[0].via
    assert old is not None
    within = f" ({old.parent.name})" if old.parent else ""
    new = ", ".join(one.unit.name for one in units)
    return _("%(old)s nay là %(new)s.") % {"old": f"{old.name}{within}", "new": new}


def units_called(place: str) -> set[int]:
    """Ids of today's units that a parcel "in `place`" may lie in; empty when nothing is called so.

    Units whose whole name was typed go before those that only hold the words; a province stands for
    its communes.
    """
    return with_parts(
        {found.unit.pk for found in units_named(place) or search_units(place, CANDIDATES)}
    )


def with_parts(ids: set[int]) -> set[int]:
    """These units and the communes below them."""
    below = AdminUnit.objects.filter(parent__in=ids, valid_to__isnull=True)
    return ids | set(below.values_list("pk", flat=True))


def _names(found: UnitFound) -> Sequence[list[str]]:
    units = [unit for unit in (found.unit, found.via) if unit is not None]
    return [words(name) for unit in units for name in (unit.name, unit.short_name, unit.name_en)]


def _result(place: Placed) -> Result:
    assert place.at is not None
    unit = place.found.unit
    said = _subtitle(place.found)
    return Result(
        kind="unit",
        title=unit.name,
        subtitle=said if place.is_here else f"{said} · {_outside(unit)}",
        lon=place.at[0],
        lat=place.at[1],
        zoom=ZOOMS[unit.level],
        bbox=place.bbox,
    )


def _outside(unit: AdminUnit) -> str:
    if unit.level == AdminUnit.PROVINCE:
        return _("phần lớn ngoài phạm vi bản đồ")
    return _("ngoài phạm vi bản đồ")


def _subtitle(found: UnitFound) -> str:
    above = found.unit.parent.name if found.unit.parent else ""
    if found.via is None:
        return above or _("Đơn vị hành chính")
    within = f" ({found.via.parent.name})" if found.via.parent else ""
    share = "" if found.whole else _(", một phần")
    former = _("Tên cũ: %s") % f"{found.via.name}{within}{share}"
    return f"{former} · {above}" if above else former
