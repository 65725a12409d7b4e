"""Administrative units as results of the search box, and as the place that a parcel is looked for
in.

`layers.units.search_units` finds them, by new and old names; a former unit leads to what it is part
of now.
"""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from layers.models import AdminUnit
from layers.search.fold import words
from layers.search.results import Result
from layers.units import UnitFound, search_units

CANDIDATES = 60
ZOOMS = {AdminUnit.PROVINCE: 9.0, AdminUnit.DISTRICT: 11.0, AdminUnit.COMMUNE: 13.0}


def find_places(text: str, *, limit: int) -> list[Result]:
    """Units of today whose name, or former name, fits; those without a place on the map are left
    out.
    """
    results = (_result(found) for found in search_units(text, limit))
    return [result for result in results if result is not None]


def units_called(place: str) -> set[int]:
    """Ids of today's units that a parcel "in `place`" may lie in; empty when nothing is called so.

    Units whose whole name was typed go before those that only hold the words; a province stands for
    its communes.
    """
    found = search_units(place, CANDIDATES)
    phrase = words(place)
    exact = [unit for unit in found if phrase in _names(unit)]
    ids = {unit.unit.pk for unit in exact or found}
    below = AdminUnit.objects.filter(parent__in=ids, valid_to__isnull=True)
    return ids | set(below.values_list("pk", flat=True))


def _names(found: UnitFound) -> Sequence[list[str]]:
    units = [unit for unit in (found.unit, found.via) if unit is not None]
    return [words(name) for unit in units for name in (unit.name, unit.short_name, unit.name_en)]


def _result(found: UnitFound) -> Result | None:
    unit = found.unit
    point = unit.centre or (unit.geom.point_on_surface if unit.geom else None)
    if point is None:
        return None
    return Result(
        kind="place",
        title=unit.name,
        subtitle=_subtitle(found),
        lon=point.x,
        lat=point.y,
        zoom=ZOOMS[unit.level],
        bbox=unit.geom.extent if unit.geom else None,
    )


def _subtitle(found: UnitFound) -> str:
    above = found.unit.parent.name if found.unit.parent else ""
    if found.via is None:
        return above or _("Đơn vị hành chính")
    within = f" ({found.via.parent.name})" if found.via.parent else ""
    share = "" if found.whole else _(", một phần")
    former = _("Tên cũ: %s") % f"{found.via.name}{within}{share}"
    return f"{former} · {above}" if above else former
