"""Questions about administrative units: which one, what became of it, where it is.

A code alone never answers: it is read as of a date (`resolve`). Former names stay searchable and
lead to the units of today (`search_units`). A published version of the layer that feeds the units
gives them their shapes (`adopt_shapes`). `layers/units_load.py` fills the tables; the importers
give each feature its unit.
"""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.gis.geos import Point
from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from layers.errors import UnknownUnit
from layers.models import AdminUnit, UnitSuccession
from layers.partitions import feature_table
from layers.values import fold

# How people shorten the words of an address.
SHORT_FORMS = {
    "tp": "thanh pho",
    "tx": "thi xa",
    "tt": "thi tran",
    "dk": "dac khu",
    "p": "phuong",
    "x": "xa",
    "q": "quan",
    "h": "huyen",
    "hcm": "ho chi minh",
    "tphcm": "thanh pho ho chi minh",
    "brvt": "ba ria vung tau",
}
CANDIDATES = 60


@dataclass(frozen=True)
class UnitFound:
    """A unit of today that answers a search. `via` is the former unit whose name was typed."""

    unit: AdminUnit
    via: AdminUnit | None = None
    whole: bool = True


def today() -> dt.date:
    """The date in the portal's time zone."""
    return timezone.localdate()


def in_force(on: dt.date) -> Q:
    """Units as they were at that date; the last day of a unit is the day before `valid_to`."""
    return Q(valid_from__lte=on) & (Q(valid_to__isnull=True) | Q(valid_to__gt=on))


def resolve(code: str, on: dt.date | None = None) -> AdminUnit:
    """The unit that a code meant at a date (today when left out). Raises UnknownUnit.

    Province, district and commune codes differ in length (2, 3, 5), so a code and a date name one.
    """
    found = AdminUnit.objects.filter(in_force(on or today()), code=code).first()
    if found is None:
        raise UnknownUnit(code)
    return found


def successors(unit: AdminUnit) -> list[AdminUnit]:
    """What a former unit became, by name. A district passes to the units its communes passed to."""
    passed = {new for new, _whole in _passages([unit]).get(unit.pk, ())}
    return sorted(passed, key=lambda new: new.name)


def predecessors(unit: AdminUnit) -> list[AdminUnit]:
    """The former units that went, whole or in part, into this one."""
    return [passage.old for passage in _origins(unit)]


def former_names(unit: AdminUnit) -> list[str]:
    """`Phường 1 (Thành phố Vũng Tàu)`; a unit that came only in part ends in “một phần”."""
    return [_former_name(passage) for passage in _origins(unit)]


def _origins(unit: AdminUnit) -> QuerySet[UnitSuccession]:
    passages = UnitSuccession.objects.filter(new=unit).select_related("old__parent")
    return passages.order_by("old__parent__name", "old__name")


def _former_name(passage: UnitSuccession) -> str:
    old = passage.old
    within = [old.parent.name] if old.parent else []
    notes = within if passage.whole else [*within, "một phần"]
    return f"{old.name} ({', '.join(notes)})" if notes else old.name


def unit_at(point: Point) -> AdminUnit | None:
    """The commune of today that covers a point (any CRS with an SRID); None outside all shapes."""
    here = point if point.srid == 4326 else point.transform(4326, clone=True)
    # covers, not contains: a point on the boundary belongs somewhere too
    inside = AdminUnit.objects.filter(geom__covers=here, level=AdminUnit.COMMUNE)
    return inside.filter(valid_to__isnull=True).select_related("parent").order_by("id").first()


# --- Search ------------------------------------------------------------------------------------
# `search` begins with the folded name, then ", " and the parents. Ranks: the whole name; the name
# without its kind; beginning; somewhere in the name; only in a parent.
_RANKED = """
SELECT id FROM (
  SELECT id, name, level, valid_to, length(kind) AS kind_length,
    replace(split_part(search, ', ', 1), ' - ', ' ') AS own
  FROM layers_adminunit WHERE search ~ ALL(%(words)s)
) AS found
ORDER BY CASE
    WHEN own = %(text)s THEN 0
    WHEN right(own, length(%(text)s) + 1) = ' ' || %(text)s
         AND length(own) = kind_length + 1 + length(%(text)s) THEN 1
    WHEN starts_with(own, %(text)s) THEN 2
    WHEN own ~ ALL(%(words)s) THEN 3
    ELSE 4 END,
  valid_to IS NOT NULL,
  array_position(ARRAY['province', 'commune', 'district'], level::text),
  length(own), name, id
LIMIT %(limit)s
"""


def search_units(text: str, limit: int = 10) -> list[UnitFound]:
    """Units of today for a name as people type it: accents optional, old and new, short forms.

    `phuong 1 vung tau` finds Phường Vũng Tàu, with `via` naming the former ward. Best first.
    """
    words = re.findall(r"[a-z0-9]+", written_out(fold(text)))
    found = _search_words(words, limit)
    # Kinds change: Thị xã Bà Rịa was a city at last, and who still says so means the place.
    name = _KIND.sub("", " ".join(words)).split()
    if not found and 0 < len(name) < len(words) and not "".join(name).isdigit():
        found = _search_words(name, limit)
    return found


_KIND = re.compile(r"^(?:tinh|thanh pho|thi xa|thi tran|dac khu|huyen|quan|phuong|xa)\s+(?=\S)")


def _search_words(words: list[str], limit: int) -> list[UnitFound]:
    if not words:
        return []
    values: dict[str, Any] = {
        "text": " ".join(words),
        # a number is a whole word: “1” is not “10”
        "words": [rf"\m{word}\M" if word.isdigit() else rf"\m{word}" for word in words],
        "limit": CANDIDATES,
    }
    with connection.cursor() as cursor:
        cursor.execute(_RANKED, values)
        ids = [row[0] for row in cursor.fetchall()]
    units = _without_shapes("parent__parent").in_bulk(ids)
    return _of_today([units[pk] for pk in ids])[:limit]


def _without_shapes(related: str) -> QuerySet[AdminUnit]:
    """With what is related, but without the borders: a commune's takes longer than all the rest."""
    names = related.split("__")
    paths = ["__".join([*names[:count], "geom"]) for count in range(len(names) + 1)]
    return AdminUnit.objects.select_related(related).defer(*paths)


def names_of_all_units() -> list[str]:
    """Folded names of all units, of every era, with their parents' behind a comma."""
    return list(AdminUnit.objects.values_list("search", flat=True).order_by())


def units_by_code(code: str) -> list[UnitFound]:
    """Units of today with that code, then those that units of such a code became: 1,784 codes mean
    another place since 2025-07-01.
    """
    found = _without_shapes("parent__parent").filter(code=code)
    return _of_today(sorted(found, key=lambda unit: not unit.is_current))


def units_at_end(words: Sequence[str]) -> int:
    """How many of the folded words, at the end, are the name of a unit of any era, with its kind or
    without; the most that are, 0 for none. At least one word is left before it.
    """
    ends = [written_out(" ".join(words[start:])) for start in range(1, len(words))]
    with connection.cursor() as cursor:
        cursor.execute(_NAMED, [ends, ends])
        named = {name for row in cursor.fetchall() for name in row}
    return next((len(ends) - n for n, end in enumerate(ends) if end in named), 0)


_NAMED = """SELECT own, substr(own, length(kind) + 2) FROM (
  SELECT split_part(search, ', ', 1) AS own, kind FROM layers_adminunit
) AS unit WHERE own = ANY(%s) OR substr(own, length(kind) + 2) = ANY(%s)"""


def written_out(text: str) -> str:
    """`p1, tp vung tau` → `phuong 1, thanh pho vung tau`."""
    words = re.findall(r"[a-z]+(?=\d)|[a-z]+|\d+", text)
    return " ".join(SHORT_FORMS.get(word, word) for word in words)


def _of_today(candidates: Iterable[AdminUnit]) -> list[UnitFound]:
    """Former units replaced by what they became; each unit of today once, at its best place."""
    found: dict[int, UnitFound] = {}
    ordered = list(candidates)
    passages = _passages([unit for unit in ordered if not unit.is_current])
    for unit in ordered:
        if unit.is_current:
            found.setdefault(unit.pk, UnitFound(unit))
        for new, whole in passages.get(unit.pk, ()):
            found.setdefault(new.pk, UnitFound(new, unit, whole))
    return list(found.values())


def _passages(former: list[AdminUnit]) -> dict[int, list[tuple[AdminUnit, bool]]]:
    """Former unit → its successors; a district takes those of its communes.

    Two look-ups by explicit ids: one with OR over a join was planned as three nested scans.
    """
    districts = [unit.pk for unit in former if unit.level == AdminUnit.DISTRICT]
    communes = AdminUnit.objects.filter(parent__in=districts).values_list("pk", "parent_id")
    district_of = dict(communes) if districts else {}
    asked = {unit.pk for unit in former}
    rows = UnitSuccession.objects.filter(old_id__in=[*asked, *district_of])
    passages: dict[int, list[tuple[AdminUnit, bool]]] = {}
    rows = rows.select_related("new__parent").defer("new__geom", "new__parent__geom")
    for row in rows.order_by("-whole", "new__name"):
        if row.old_id in asked:
            passages.setdefault(row.old_id, []).append((row.new, row.whole))
        if row.old_id in district_of:
            passages.setdefault(district_of[row.old_id], []).append((row.new, False))
    return passages


# --- Shapes ---------------------------------------------------------------------------------------
# Every unit of today gets what the version has for it, even nothing: the version is the truth.
_ADOPT = """
UPDATE layers_adminunit AS unit
SET geom = shape.geom, is_illustrative_shape = shape.geom IS NOT NULL AND %s
FROM (
  SELECT DISTINCT ON (named.id)
    named.id, ST_Multi(ST_CollectionExtract(item.geom, 3)) AS geom
  FROM layers_adminunit AS named
  LEFT JOIN "{table}" AS item ON item.properties ->> 'code' = named.code
  WHERE named.level = 'commune' AND named.valid_to IS NULL
  ORDER BY named.id, item.id
) AS shape
WHERE unit.id = shape.id
"""
_WITH_SHAPE = """
SELECT count(*) FROM layers_adminunit
WHERE level = 'commune' AND valid_to IS NULL AND geom IS NOT NULL
"""


def adopt_shapes(version_id: int, *, illustrative: bool) -> int:
    """Give the communes of today the shapes of a version of the layer that feeds them.

    Answers how many have one. The layer's codes are those in force: former units keep theirs.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ADOPT.format(table=feature_table(version_id)), [illustrative])
        cursor.execute(_WITH_SHAPE)
        return int(cursor.fetchone()[0])
