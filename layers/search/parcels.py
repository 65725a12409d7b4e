"""Parcels by sheet and number, new or old, in a place by its new or old name."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from layers.models import Layer
from layers.search.features import as_result, show
from layers.search.fold import folded, words
from layers.search.parcel_query import ParcelQuery, number_variants
from layers.search.places import renamed, units_called, units_named
from layers.search.results import Findings, Note, Result, names_parcels

# The same sheet and number exist in most communes: so many are looked through for the right place.
CANDIDATES = 300
NEW, OLD = ("sheet_no", "parcel_no"), ("sheet_no_old", "parcel_no_old")


@dataclass(frozen=True)
class Candidate:
    """A parcel with these numbers, before its place is compared."""

    version_id: int
    id: int
    unit_id: int | None
    by_old_number: bool
    old_commune: str
    address: str


def find_parcels(layers: Sequence[Layer], asked: ParcelQuery, *, limit: int) -> Findings:
    """Parcels with the numbers in the place; elsewhere when there is none, which a note says."""
    registers = [layer for layer in layers if names_parcels(layer.parsed)]
    if not registers:
        return Findings()
    units = units_called(asked.place) if asked.place else set()
    candidates = _candidates(registers, asked, units)
    here = [found for found in candidates if not asked.place or _is_in(found, asked.place, units)]
    if asked.is_guess and not here:
        return Findings()
    shown = sorted(here or candidates, key=lambda found: found.by_old_number != asked.prefers_old)
    results = _results(registers, shown[:limit])
    notes = [*_notes(asked, bool(units), here, candidates), *_renamed(asked, here)]
    return Findings(tuple(results), tuple(notes))


def _renamed(asked: ParcelQuery, here: list[Candidate]) -> list[Note]:
    """What the place is called now, where that is not to be seen from the results."""
    return [] if here or not asked.place else renamed(units_named(asked.place))


def _candidates(registers: Sequence[Layer], asked: ParcelQuery, units: set[int]) -> list[Candidate]:
    branches, values = [], []
    for layer in registers:
        public = {field.name for field in layer.parsed.public_fields}
        for names in (NEW, OLD):
            if public >= set(names):
                condition, bound = _numbers(names, asked)
                branches.append(_BRANCH.format(is_old=names is OLD, condition=condition))
                values += [layer.live_version_id, *bound, sorted(units), CANDIDATES]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(branches), values)
        return [Candidate(*row) for row in cursor.fetchall()]


_BRANCH = """(SELECT version_id, id, unit_id, {is_old} AS by_old,
  coalesce(properties ->> 'old_commune', ''), coalesce(properties ->> 'address', '')
FROM layers_feature WHERE version_id = %s AND {condition}
ORDER BY unit_id = ANY(%s::bigint[]) DESC NULLS LAST LIMIT %s)"""


_LISTED = "SELECT * FROM (VALUES {rows}) AS v(version_id, id, rank)"


def _numbers(names: tuple[str, str], asked: ParcelQuery) -> tuple[str, list[Any]]:
    """Sheet and/or parcel number, in any spelling: the shape of the expression indexes."""
    given = [
        (name, typed)
        for name, typed in zip(names, (asked.sheet, asked.parcel), strict=True)
        if typed
    ]
    condition = " AND ".join(["(properties ->> %s) = ANY(%s)"] * len(given))
    bound: list[Any] = []
    for name, typed in given:
        bound += [name, number_variants(typed)]
    return condition, bound


def _is_in(found: Candidate, place: str, units: set[int]) -> bool:
    """In a unit of that name (or its successor), or the register says so in words."""
    if found.unit_id in units:
        return True
    # Whole words: the 7 of "Phường 7" stands neither in "Phường 17" nor in "270 Trần Phú".
    asked = words(place)
    if any(word.isdigit() for word in asked):
        texts = [" ".join(words(text)) for text in (found.old_commune, found.address)]
        return any(f" {' '.join(asked)} " in f" {text} " for text in texts)
    text = f"{folded(found.old_commune)} {folded(found.address)}"
    return all(word in text for word in asked)


def _results(registers: Sequence[Layer], shown: Sequence[Candidate]) -> Iterable[Result]:
    if not shown:
        return []
    rows = ", ".join(["(%s, %s, %s)"] * len(shown))
    values: list[Any] = []
    for rank, found in enumerate(shown):
        values += [found.version_id, found.id, rank]
    hits = show(registers, _LISTED.format(rows=rows), values)
    by_version = {layer.live_version_id: layer for layer in registers}
    return [
        as_result(by_version[hit.version_id], hit, _subtitle(hit.unit_name, hit.properties, found))
        for hit, found in zip(hits, shown, strict=True)
    ]


def _subtitle(unit_name: str, properties: dict[str, Any], found: Candidate) -> str:
    old = ""
    if properties.get("parcel_no_old"):
        old = _("số cũ: tờ %(sheet)s thửa %(parcel)s") % {
            "sheet": properties.get("sheet_no_old") or "—",
            "parcel": properties["parcel_no_old"],
        }
    if found.old_commune:
        old = f"{old} ({found.old_commune})" if old else found.old_commune
    return " · ".join(filter(None, (unit_name, old, _area(properties))))


def _area(properties: dict[str, Any]) -> str:
    area = properties.get("area_measured")
    if not isinstance(area, int | float):
        return ""
    text = f"{area:,.1f} m²"
    if get_language() == "en":
        return text
    return text.replace(",", "\u0000").replace(".", ",").replace("\u0000", ".")


def _notes(
    asked: ParcelQuery, place_known: bool, here: list[Candidate], anywhere: list[Candidate]
) -> Iterable[Note]:
    name = _("tờ %(sheet)s thửa %(parcel)s") % {
        "sheet": asked.sheet or "—",
        "parcel": asked.parcel or "—",
    }
    if asked.place and not here and anywhere:
        message = _("Không thấy %(parcel)s ở “%(place)s”; dưới đây là các thửa cùng số ở nơi khác.")
        yield Note("parcel-elsewhere", message % {"parcel": name, "place": asked.place})
    if not anywhere and not asked.is_guess:
        message = _(
            "Không thấy %s trong dữ liệu đã công bố. Cổng này chỉ có đất do Nhà nước quản lý. "
            "Số tờ, số thửa có thể đã đổi sau khi sắp xếp đơn vị hành chính: "
            "thử số trên giấy chứng nhận, kèm tên xã cũ."
        )
        yield Note("parcel-not-found", message % name)
    if asked.place and not place_known and not here and not asked.is_guess:
        message = _("Không rõ nơi nào tên là “%s”. Thử tên xã, phường, mới hoặc cũ.")
        yield Note("place-unknown", message % asked.place)
    if here and not (asked.sheet and asked.parcel):
        yield Note("parcel-incomplete", _("Thêm cả số tờ và số thửa để tìm đúng một thửa."))
    if here and all(found.by_old_number for found in here):
        yield Note(
            "matched-old-number", _("Khớp theo số tờ, số thửa cũ; số hiện nay ghi ở kết quả.")
        )
