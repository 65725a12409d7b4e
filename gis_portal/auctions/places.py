"""Places as a reader names them, of today or of before: the communes whose lots are meant."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from layers.models import AdminUnit, UnitSuccession
from layers.units import UnitFound, search_units, units_by_code

MOST = 60
OTHERS = 5


@dataclass(frozen=True)
class Place:
    """What was understood: ids of today's communes, how to say it, what else it may have been."""

    unit_ids: frozenset[int]
    words: str
    others: tuple[str, ...] = ()


NOWHERE = Place(frozenset(), "")


def place_named(text: str) -> Place:
    """`phường 1 vũng tàu`, `Xuyên Mộc`; NOWHERE when no unit of any time is called so."""
    found = search_units(text, MOST)
    return _read(found) if found else NOWHERE


def place_coded(code: str) -> Place:
    """A code: of today first, else what units with that code became."""
    found = units_by_code(code)
    return _read(found) if found else NOWHERE


def _read(found: list[UnitFound]) -> Place:
    """The best answer, with everything that the same former unit became."""
    first = found[0]
    if first.via is None:
        same = [first]
    else:
        same = [each for each in found if each.via and each.via.pk == first.via.pk]
    taken = {each.unit.pk for each in same}
    others = [_name(each.via or each.unit) for each in found if each.unit.pk not in taken]
    ids = frozenset(pk for each in same for pk in _communes(each.unit))
    return Place(ids, _words(first, same), tuple(dict.fromkeys(others))[:OTHERS])


def _communes(unit: AdminUnit) -> list[int]:
    if unit.level == AdminUnit.COMMUNE:
        return [unit.pk]
    within = AdminUnit.objects.filter(parent=unit, valid_to__isnull=True)
    return list(within.values_list("pk", flat=True))


def _name(unit: AdminUnit) -> str:
    return f"{unit.name} ({unit.parent.name})" if unit.parent else unit.name


def _words(first: UnitFound, same: list[UnitFound]) -> str:
    if first.via is None:
        return first.unit.name
    now = ", ".join(each.unit.name for each in same)
    return _("%(old)s, nay thuộc %(new)s") % {"old": _name(first.via), "new": now}


def names_to_choose(unit_ids: set[int]) -> list[str]:
    """What the box of places offers: these communes, and what they were called before."""
    today = AdminUnit.objects.filter(pk__in=unit_ids).values_list("name", flat=True)
    former = UnitSuccession.objects.filter(new__in=unit_ids).values_list(
        "old__name", "old__parent__name"
    )
    before = {f"{name}, {within}" if within else name for name, within in former}
    return [*sorted(set(today)), *sorted(before)]
