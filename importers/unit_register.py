"""Administrative units as an import needs them: shapes in force, meanings of codes, dated codes.

Read once a run from `layers.models`; the steps themselves know no database.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable

import numpy as np
import shapely

from importers.batch import object_array
from importers.claimed_units import folded_unit
from importers.steps.assign_unit import UnitShapes
from layers.models import AdminUnit, UnitSuccession
from layers.units import in_force


def unit_shapes() -> UnitShapes:
    """Communes of today that have a shape, in order of id."""
    today = AdminUnit.objects.filter(level=AdminUnit.COMMUNE, valid_to__isnull=True).order_by("id")
    units = today.filter(geom__isnull=False)
    found = [(u.pk, u.code, bytes(u.geom.wkb)) for u in units if u.geom is not None]
    return UnitShapes(
        ids=np.array([pk for pk, _code, _wkb in found], dtype=np.int64),
        codes=object_array(code for _pk, code, _wkb in found),
        shapes=np.asarray(shapely.from_wkb(object_array(wkb for _pk, _code, wkb in found))),
        by_code=dict(today.values_list("code", "pk")),
    )


def claimed_codes(on: dt.date) -> dict[str, frozenset[str]]:
    """A code as written in data of that date → codes of the communes of today it stands for.

    A code was given to other communes on 2025-07-01: data from before mean the former commune.
    """
    meanings: dict[str, set[str]] = defaultdict(set)
    for code in AdminUnit.objects.filter(in_force(on), valid_to__isnull=True).values_list(
        "code", flat=True
    ):
        meanings[code].add(code)
    passages = UnitSuccession.objects.filter(new__valid_to__isnull=True).values_list(
        "old__code", "new__code"
    )
    for old, new in passages:
        meanings[old].add(new)
    return {code: frozenset(codes) for code, codes in meanings.items()}


def unit_version(on: dt.date) -> Callable[[str], str]:
    """`26506` → `26506@2025-07-01`: the code with the first day of its meaning at that date.

    A code that names no unit then stays as written.
    """
    since = dict(AdminUnit.objects.filter(in_force(on)).values_list("code", "valid_from"))

    def dated(code: str) -> str:
        start = since.get(code)
        return f"{code}@{start.isoformat()}" if start else code

    return dated


def named_units() -> dict[str, frozenset[str]]:
    """A unit's folded name, old or new → codes of the communes of today that it may stand for."""
    meanings: dict[str, set[str]] = defaultdict(set)
    current = AdminUnit.objects.filter(level=AdminUnit.COMMUNE, valid_to__isnull=True)
    for name, code in current.values_list("name", "code"):
        meanings[folded_unit(name)].add(code)
    passages = UnitSuccession.objects.filter(new__valid_to__isnull=True)
    for name, code in passages.values_list("old__name", "new__code"):
        meanings[folded_unit(name)].add(code)
    return {name: frozenset(codes) for name, codes in meanings.items()}


def has_illustrative_shapes() -> bool:
    """Whether shapes of communes are invented (the demo's): too coarse to judge 200 m by."""
    units = AdminUnit.objects.filter(level=AdminUnit.COMMUNE, valid_to__isnull=True)
    return units.filter(geom__isnull=False, is_illustrative_shape=True).exists()
