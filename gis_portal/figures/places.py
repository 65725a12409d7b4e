"""The units that numbers are told for: today's communes, or what lay there before 2025-07-01.

Features know today's commune. A former district is the sum of today's communes that came from it
alone; a commune that came from several stands on its own, for nobody knows which part is whose.
Former communes are told only by layers whose features name theirs.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from gis_portal.figures.tally import Cell
from layers.models import AdminUnit, UnitSuccession

NEW, DISTRICT, OLD = "new", "district", "old"


@dataclass(frozen=True)
class Place:
    """One line of a table of units.

    Attributes:
        key: sorts, and is the code where there is one.
        units: ids of the units whose features it has; None in it: unit not known.
        codes: their codes, for the query; none when the unit is not known.
        old: (name of the former commune,) where the features themselves name it.
    """

    key: str
    name: str
    units: frozenset[int | None]
    codes: tuple[str, ...] = ()
    old: tuple[str | None] | None = None
    note: str = ""

    def holds(self, cell: Cell) -> bool:
        """Whether the cell's features are counted here."""
        return cell.unit in self.units and (self.old is None or cell.old == self.old[0])


@dataclass(frozen=True)
class Unit:
    """A commune in force, without its shape."""

    pk: int
    code: str
    name: str
    has_shape: bool


def communes(language: str) -> list[Unit]:
    """All in force, by code; one query."""
    rows = (
        AdminUnit.objects.filter(level=AdminUnit.COMMUNE, valid_to__isnull=True)
        .order_by("code")
        .annotate(shaped=Q(geom__isnull=False))
        .values_list("pk", "code", "name", "name_en", "shaped")
    )
    english = language == "en"
    return [
        Unit(pk, code, (en if english else vi) or vi, shaped) for pk, code, vi, en, shaped in rows
    ]


def places_of(kind: str, cells: Iterable[Cell], units: list[Unit], language: str) -> list[Place]:
    """The lines for these cells: every commune with a shape, and whatever else has a feature."""
    cells = list(cells)
    present = {cell.unit for cell in cells}
    told = [unit for unit in units if unit.has_shape or unit.pk in present]
    if kind == DISTRICT:
        places = _districts(told, language)
    elif kind == OLD:
        places = _former_communes(cells, told)
    else:
        places = [Place(u.code, u.name, frozenset({u.pk}), (u.code,)) for u in told]
    return [*places, *_without_unit(cells, kind)]


def _without_unit(cells: list[Cell], kind: str) -> list[Place]:
    if kind == OLD or not any(cell.unit is None for cell in cells):
        return []
    return [Place("~", _("Chưa rõ đơn vị"), frozenset({None}))]


def _origins(units: list[Unit], language: str) -> list[dict[str, Any]]:
    """Which former commune, of which district, went into which of these; one query."""
    name = "old__parent__name_en" if language == "en" else "old__parent__name"
    return [
        {"new": new, "code": code, "name": own, "district": district, "district_code": in_code}
        for new, code, own, district, in_code in UnitSuccession.objects.filter(
            new__in=[unit.pk for unit in units]
        ).values_list("new_id", "old__code", "old__name", name, "old__parent__code")
    ]


def _districts(units: list[Unit], language: str) -> list[Place]:
    came: dict[int, set[tuple[str, str]]] = {}
    for origin in _origins(units, language):
        district = origin["district_code"], origin["district"]
        if None not in district:
            came.setdefault(origin["new"], set()).add(district)
    groups: dict[tuple[tuple[str, str], ...], list[Unit]] = {}
    for unit in units:
        from_where = tuple(sorted(came.get(unit.pk, ()))) or ((unit.code, unit.name),)
        groups.setdefault(from_where, []).append(unit)
    return [_district(from_where, members) for from_where, members in sorted(groups.items())]


def _district(from_where: tuple[tuple[str, str], ...], members: list[Unit]) -> Place:
    codes = tuple(unit.code for unit in members)
    ids: frozenset[int | None] = frozenset(unit.pk for unit in members)
    now = ", ".join(unit.name for unit in members)
    note = _("nay là %(units)s") % {"units": now}
    if len(from_where) == 1:
        code, name = from_where[0]
        return Place(code, name, ids, codes, note="" if now == name else note)
    names = ", ".join(name for _code, name in from_where)
    key = "+".join(code for code, _name in from_where)
    return Place(key, _("Đất của nhiều huyện: %(names)s") % {"names": names}, ids, codes, note=note)


def _former_communes(cells: list[Cell], units: list[Unit]) -> list[Place]:
    """A line for each pair of a former name and today's commune that has features."""
    known = {unit.pk: unit for unit in units}
    origins = {(one["new"], one["name"]): one for one in _origins(units, "vi")}
    pairs = {(cell.old, cell.unit) for cell in cells}
    places = []
    for old, pk in pairs:
        unit = known.get(pk) if pk is not None else None
        origin = origins.get((pk, old))
        places.append(
            Place(
                origin["code"] if origin else f"~{old or '~'}",
                _former_name(old, origin),
                frozenset({pk}),
                (unit.code,) if unit else (),
                (old,),
                _("nay thuộc %(unit)s") % {"unit": unit.name} if unit else "",
            )
        )
    return sorted(places, key=lambda place: (place.key, place.codes))


def _former_name(old: str | None, origin: dict[str, Any] | None) -> str:
    if old is None:
        return _("Không ghi xã, phường cũ")
    within = f" ({origin['district']})" if origin and origin["district"] else ""
    return f"{old}{within}"
