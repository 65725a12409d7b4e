"""Administrative units by name, without accents, those of before the 2025 reform included.

A former unit is found by its old name and says what it is part of now; parcels are then looked for in its
successors.
"""

from collections.abc import Iterable, Sequence

from django.db.models import Q
from django.utils.translation import gettext as _

from layers.models import AdminUnit, UnitSuccession
from layers.search.fold import folded, words
from layers.search.results import Result

CANDIDATES = 60
ZOOMS = {AdminUnit.PROVINCE: 9.0, AdminUnit.DISTRICT: 11.0, AdminUnit.COMMUNE: 13.0}
# How a name fits what was typed, best first.
SAME, BEGINS, HOLDS, ELSEWHERE = range(4)


def find_units(text: str, *, limit: int) -> list[AdminUnit]:
    """Units whose name fits, best first: same name, then names that hold it; current before former."""
    asked = words(text)
    if not asked:
        return []
    found = list(_candidates(asked)) or list(_similar(" ".join(asked)))
    phrase = " ".join(asked)
    return sorted(found, key=lambda unit: _rank(unit, phrase))[:limit]


def named_units(text: str) -> list[AdminUnit]:
    """Units that are called so, none that merely resemble it: the place of a parcel."""
    phrase = " ".join(words(text))
    found = find_units(text, limit=CANDIDATES) if phrase else []
    ranks = [_fit(unit, phrase) for unit in found]
    best = min(ranks, default=ELSEWHERE)
    return [unit for unit, fit in zip(found, ranks, strict=True) if fit == best < ELSEWHERE]


def current_units(units: Sequence[AdminUnit]) -> set[int]:
    """Ids of the units in force today that cover these: themselves, their communes, their successors."""
    ids = {unit.pk for unit in units}
    below = AdminUnit.objects.filter(Q(parent__in=ids) | Q(parent__parent__in=ids))
    all_ids = ids | set(below.values_list("pk", flat=True))
    later = UnitSuccession.objects.filter(old__in=all_ids).values_list("new_id", flat=True)
    return all_ids | set(later)


def place_results(units: Iterable[AdminUnit]) -> list[Result]:
    """Units as results; those that cannot be placed on the map are left out."""
    units = list(units)
    later = _successors([unit.pk for unit in units if not unit.is_current])
    results = (_result(unit, later.get(unit.pk, [])) for unit in units)
    return [result for result in results if result is not None]


def _candidates(asked: list[str]) -> Iterable[AdminUnit]:
    holds_all = Q()
    for word in asked:
        holds_all &= Q(search__contains=word)
    # The shortest search texts are the highest units and the closest names.
    rows = AdminUnit.objects.filter(holds_all).select_related("parent")
    own_name = rows.extra(
        select={"own": "strpos(split_part(layers_adminunit.search, ',', 1), %s) = 0"},
        select_params=[" ".join(asked)],
        order_by=["own", "level", "-valid_from"],
    )
    return own_name[:CANDIDATES]


def _similar(phrase: str) -> Iterable[AdminUnit]:
    """Names that resemble it: a slip of the finger, a missing letter."""
    if len(phrase) < 4:
        return []
    rows = AdminUnit.objects.filter(search__trigram_word_similar=phrase)
    return rows.select_related("parent")[:CANDIDATES]


def _fit(unit: AdminUnit, phrase: str) -> int:
    name, short = folded(unit.name), folded(unit.short_name)
    if phrase in (name, short, folded(unit.name_en)):
        return SAME
    if short.startswith(phrase) or name.startswith(phrase):
        return BEGINS
    return HOLDS if set(phrase.split()) <= set(name.split()) else ELSEWHERE


def _rank(unit: AdminUnit, phrase: str) -> tuple[int, bool, int, str]:
    levels = (AdminUnit.PROVINCE, AdminUnit.DISTRICT, AdminUnit.COMMUNE)
    return _fit(unit, phrase), not unit.is_current, levels.index(unit.level), unit.name


def _successors(ids: list[int]) -> dict[int, list[AdminUnit]]:
    """Units in force that a former unit, or the communes of a former district, went to."""
    found: dict[int, list[AdminUnit]] = {}
    rows = UnitSuccession.objects.filter(Q(old__in=ids) | Q(old__parent__in=ids))
    for row in rows.select_related("old", "new"):
        for key in {row.old_id, row.old.parent_id} & set(ids):
            known = found.setdefault(key, [])
            if row.new not in known:
                known.append(row.new)
    return found


def _result(unit: AdminUnit, later: list[AdminUnit]) -> Result | None:
    shaped = next((u for u in (unit, *later) if u.geom), None)
    centre = next((u.centre for u in (unit, *later) if u.centre), None)
    point = centre or (shaped.geom.point_on_surface if shaped and shaped.geom else None)
    if point is None:
        return None
    return Result(
        kind="place",
        title=unit.name,
        subtitle=_subtitle(unit, later),
        lon=point.x,
        lat=point.y,
        zoom=ZOOMS[unit.level],
        bbox=unit.geom.extent if unit.geom else None,
    )


def _subtitle(unit: AdminUnit, later: list[AdminUnit]) -> str:
    above = unit.parent.name if unit.parent else ""
    if unit.is_current:
        return above or _("Đơn vị hành chính")
    now = ", ".join(new.name for new in later[:3]) + ("…" if len(later) > 3 else "")
    former = _("Tên cũ, nay thuộc %s") % now if now else _("Tên cũ")
    return f"{former} · {above}" if above else former
