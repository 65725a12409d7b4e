"""Administrative units as results of the search box, and as the place that a parcel is looked for
in.

`layers.units.search_units` finds them, by new and old names; a former unit leads to what it is part
of now.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from django.conf import settings
from django.utils.translation import gettext as _

from layers.models import AdminUnit
from layers.search.fold import words
from layers.search.results import Findings, Note, Result
from layers.units import UnitFound, search_units, units_at_end, units_by_code

CANDIDATES = 60
_CODE = re.compile(r"(?:(?:ma|don vi|xa|phuong|hanh chinh|code|unit) )*(\d{2,3}|\d{5})")
# So many of the units that a divided one became are named.
MAX_NAMED = 4
ZOOMS = {AdminUnit.PROVINCE: 9.0, AdminUnit.DISTRICT: 11.0, AdminUnit.COMMUNE: 13.0}


def find_places(text: str, *, limit: int) -> list[Result]:
    """Units of today whose name, or former name, fits; those without a place on the map are left
    out.
    """
    ranked = _nearest_first(search_units(text, CANDIDATES))
    # A unit elsewhere whose whole name was typed is shown, though last.
    phrase = words(text)
    named = [one for one in ranked[limit:] if phrase in _names(one[0])][:1]
    if any(one.unit.level == AdminUnit.PROVINCE for one, _here in named):
        shown = [*named, *ranked[: limit - 1]]
    else:
        shown = [*ranked[: limit - len(named)], *named]
    results = (_result(found, here=here) for found, here in shown)
    return [result for result in results if result is not None]


def find_by_code(text: str, *, limit: int) -> Findings:
    """Units by their code, alone or behind words: `26506`, `mã xã 26506`. A code of before
    2025-07-01 leads to what its unit is now.
    """
    asked = _CODE.fullmatch(" ".join(words(text)))
    if asked is None:
        return Findings()
    found = _nearest_first(units_by_code(asked[1]))[:limit]
    said = _("Mã %s") % asked[1]
    results = [
        replace(result, subtitle=f"{said} · {result.subtitle}")
        for result in (_result(one, here=here) for one, here in found)
        if result is not None
    ]
    notes = renamed([one for one, _here in found])
    return Findings(tuple(results), tuple(notes))


def place_at_end(asked: Sequence[str]) -> tuple[str, str]:
    """(what is looked for, where) of folded words that end in a unit's name, else ("", "").

    `cho long dien` → `cho`, `long dien`.
    """
    count = units_at_end(asked) if len(asked) > 1 else 0
    return (" ".join(asked[:-count]), " ".join(asked[-count:])) if count else ("", "")


def _nearest_first(found: list[UnitFound]) -> list[tuple[UnitFound, bool]]:
    """With whether the unit lies in the map's area; those that do not come last."""
    has_shapes = any(one.unit.geom for one in found) or _any_shape()
    judged = [(one, _is_here(one.unit, has_shapes=has_shapes)) for one in found]
    return sorted(judged, key=lambda pair: not pair[1])


def _any_shape() -> bool:
    return AdminUnit.objects.filter(geom__isnull=False, valid_to__isnull=True).exists()


def _is_here(unit: AdminUnit, *, has_shapes: bool) -> bool:
    """Within PORTAL_EXTENT; and on the map, where units are drawn at all."""
    point = unit.centre or (unit.geom.point_on_surface if unit.geom else None)
    if point is None:
        return False
    west, south, east, north = settings.PORTAL_EXTENT
    within = west <= point.x <= east and south <= point.y <= north
    return bool(within and (unit.geom or not has_shapes))


def units_named(place: str) -> list[UnitFound]:
    """Units of today of which `place` is the whole name, new or former; those on the map alone
    where there are some. A number says it too: `p7 vũng tàu`.
    """
    found = _nearest_first(search_units(place, CANDIDATES))
    phrase = words(place)
    exact = [pair for pair in found if phrase in _names(pair[0])]
    if not exact and any(word.isdigit() for word in re.findall(r"[^\W\d_]+|\d+", place)):
        exact = found[:1]
    here = [one for one, is_here in exact if is_here]
    return here or [pair[0] for pair in exact]


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


def _result(found: UnitFound, *, here: bool) -> Result | None:
    unit = found.unit
    point = unit.centre or (unit.geom.point_on_surface if unit.geom else None)
    if point is None:
        return None
    return Result(
        kind="unit",
        title=unit.name,
        subtitle=_subtitle(found) if here else f"{_subtitle(found)} · {_outside(unit)}",
        lon=point.x,
        lat=point.y,
        zoom=ZOOMS[unit.level],
        bbox=unit.geom.extent if unit.geom else None,
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
