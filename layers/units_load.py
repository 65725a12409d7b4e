"""Administrative units with validity and succession, from the package `vietnamadminunits` (MIT).

Reads the package's files only (its sqlite table of units, its table old → new) and fills
`AdminUnit` and `UnitSuccession`: for each province of today its communes, and every province,
district and commune of the 63-province era that it came from. `layers/units.py` answers questions
about them; `manage.py load_units` calls this.

Rows are matched by (level, code, valid_from), never by a bare code: 1,784 commune codes mean
another place since 2025-07-01. A second run changes nothing and keeps ids.
"""

import datetime as dt
import json
import sqlite3
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

from django.contrib.gis.geos import Point
from django.db import transaction

from layers.models import AdminUnit, UnitSuccession
from layers.values import fold

REFORM = dt.date(2025, 7, 1)
REFORM_DECREE = "NQ 202/2025/QH15; QĐ 19/2025/QĐ-TTg"
# The source does not say since when a former unit had its extent. The year of the first code list
# (QĐ 124/2004/QĐ-TTg) stands for "before the reform"; it is not the date of any single unit.
FORMER_SINCE = dt.date(2004, 1, 1)
FORMER_DECREE = "QĐ 124/2004/QĐ-TTg và các lần sửa đổi"
LOADED_COLUMNS = [
    "kind", "name", "short_name", "name_en", "parent", "valid_to", "decree", "centre", "search",
]  # fmt: skip
KINDS_EN = {
    "Phường": "Ward",
    "Xã": "Commune",
    "Đặc khu": "Special Zone",
    "Thị trấn": "Township",
    "Quận": "District",
    "Huyện": "District",
    "Thị xã": "Town",
    "Thành phố": "City",
    "Tỉnh": "Province",
}


class UnitSourceError(Exception):
    """The package lacks a province that the settings name, or a unit that its own table names."""


@dataclass
class Entry:
    """A unit as the source has it. `key` names it inside the source; `parent` is another key."""

    key: str
    level: str
    code: str
    name: str
    kind: str
    short_name: str
    former: bool
    parent: str = ""
    lon: float | None = None
    lat: float | None = None
    successors: list[tuple[str, bool]] = field(default_factory=list)


@dataclass(frozen=True)
class Loaded:
    """What a run found: units now, former units, passages old → new (`parts`: not the whole)."""

    current: int
    former: int
    successions: int
    parts: int


def load_units(province_codes: Iterable[str]) -> Loaded:
    """Fill the tables for these provinces of today (2-digit codes as text). One transaction.

    Raises UnitSourceError; then nothing is written.
    """
    entries: dict[str, Entry] = {}
    for code in province_codes:
        entries.update(_read_province(code))
    with transaction.atomic():
        units = _store_units(entries)
        passages = _store_successions(entries, units)
    former = sum(entry.former for entry in entries.values())
    parts = sum(not passage.whole for passage in passages)
    return Loaded(len(entries) - former, former, len(passages), parts)


# --- Reading -----------------------------------------------------------------------------------
def _read_province(code: str) -> dict[str, Entry]:
    """Every entry of one province of today and of what it was made of, by key."""
    data = files("vietnamadminunits") / "data"
    table = json.loads((data / "converter_2025.json").read_text(encoding="utf-8"))
    with sqlite3.connect(f"file:{data / 'dataset.db'}?mode=ro", uri=True) as database:
        database.row_factory = sqlite3.Row
        now = _rows(database, "SELECT * FROM admin_units WHERE provinceCode = ?", [code])
        if not now:
            raise UnitSourceError(f"Không có tỉnh mang mã {code} từ 01/07/2025.")
        province = now[0]["provinceKey"]
        origins = table["DICT_PROVINCE"][province]
        sql = "SELECT * FROM admin_units_legacy WHERE provinceKey = ?"
        before = [row for origin in origins for row in _rows(database, sql, [origin])]
    entries = {entry.key: entry for entry in (*_current(now), *_former(before))}
    _add_successors(entries, province, table)
    return entries


def _rows(database: sqlite3.Connection, sql: str, values: list[str]) -> list[dict[str, Any]]:
    """Rows as dicts, every text NFC."""
    return [
        {key: _nfc(row[key]) for key in row.keys()}  # noqa: SIM118 - a Row iterates over values
        for row in database.execute(sql, values)
    ]


def _nfc(value: Any) -> Any:
    return unicodedata.normalize("NFC", value) if isinstance(value, str) else value


def _current(rows: list[dict[str, Any]]) -> Iterator[Entry]:
    yield _province(rows[0], former=False)
    for row in rows:
        yield _commune(row, _now(row["provinceKey"], row["wardKey"]), _now(row["provinceKey"]))


def _former(rows: list[dict[str, Any]]) -> Iterator[Entry]:
    """Provinces and districts come once a commune in the source; all are equal, the last wins."""
    for row in rows:
        province, district = (
            _then(row["provinceKey"]),
            _then(row["provinceKey"], row["districtKey"]),
        )
        yield _province(row, former=True)
        yield Entry(
            key=district,
            level=AdminUnit.DISTRICT,
            code=row["districtCode"],
            name=row["district"],
            kind=row["districtType"],
            short_name=row["districtShort"],
            former=True,
            parent=province,
            lon=row["districtLon"],
            lat=row["districtLat"],
        )
        if row["wardCode"]:  # an island district had no communes: it passed over as a whole
            yield _commune(
                row, _then(row["provinceKey"], row["districtKey"], row["wardKey"]), district
            )


def _province(row: dict[str, Any], *, former: bool) -> Entry:
    return Entry(
        key=_then(row["provinceKey"]) if former else _now(row["provinceKey"]),
        level=AdminUnit.PROVINCE,
        code=row["provinceCode"],
        name=row["province"],
        kind="Tỉnh" if row["province"].startswith("Tỉnh ") else "Thành phố",
        short_name=row["provinceShort"],
        former=former,
        lon=row["provinceLon"],
        lat=row["provinceLat"],
    )


def _commune(row: dict[str, Any], key: str, parent: str) -> Entry:
    return Entry(
        key=key,
        level=AdminUnit.COMMUNE,
        code=row["wardCode"],
        name=row["ward"],
        kind=row["wardType"],
        short_name=row["wardShort"],
        former=key.startswith("then:"),
        parent=parent,
        lon=row["wardLon"],
        lat=row["wardLat"],
    )


def _now(*parts: str) -> str:
    return "now:" + "_".join(parts)


def _then(*parts: str) -> str:
    return "then:" + "_".join(parts)


def _add_successors(entries: dict[str, Entry], province: str, table: dict[str, Any]) -> None:
    """Old → new, whole or in part, as the source's three tables say."""
    passages = [(_then(old), _now(province), True) for old in table["DICT_PROVINCE"][province]]
    for new, origins in table["DICT_PROVINCE_WARD_NO_DIVIDED"].get(province, {}).items():
        passages += [(_then(old), _now(province, new), True) for old in origins]
    for old, parts in table["DICT_PROVINCE_WARD_DIVIDED"].get(province, {}).items():
        passages += [(_then(old), _now(province, part["newWardKey"]), False) for part in parts]
    for old, new, whole in passages:
        # "province_district_" is a district without communes
        former = entries.get(old.removesuffix("_"))
        if former is None or new not in entries:
            raise UnitSourceError(
                f"Bảng chuyển đổi nêu đơn vị không có trong danh mục: {old} → {new}"
            )
        former.successors.append((new, whole))


# --- Writing -----------------------------------------------------------------------------------
def _store_units(entries: dict[str, Entry]) -> dict[str, AdminUnit]:
    """Parents first, so that children can point at them; three statements in all."""
    stored: dict[str, AdminUnit] = {}
    for level in (AdminUnit.PROVINCE, AdminUnit.DISTRICT, AdminUnit.COMMUNE):
        units = {e.key: _unit(e, stored) for e in entries.values() if e.level == level}
        AdminUnit.objects.bulk_create(
            units.values(),
            update_conflicts=True,
            unique_fields=["level", "code", "valid_from"],
            update_fields=LOADED_COLUMNS,
        )
        stored.update(units)
    return stored


def _unit(entry: Entry, stored: dict[str, AdminUnit]) -> AdminUnit:
    parent = stored.get(entry.parent)
    above = [parent.name if parent else "", parent.parent.name if parent and parent.parent else ""]
    words = [entry.name, *filter(None, above)]
    has_place = entry.lon is not None and entry.lat is not None
    return AdminUnit(
        level=entry.level,
        code=entry.code,
        kind=entry.kind,
        name=entry.name,
        short_name=entry.short_name,
        name_en=english_name(entry.short_name, entry.kind),
        parent=parent,
        valid_from=FORMER_SINCE if entry.former else REFORM,
        valid_to=REFORM if entry.former else None,
        decree=FORMER_DECREE if entry.former else REFORM_DECREE,
        centre=Point(entry.lon, entry.lat, srid=4326) if has_place else None,
        search=fold(", ".join(words)),
    )


def english_name(short_name: str, kind: str) -> str:
    """`Vũng Tàu`, `Phường` → `Vung Tau Ward`; numbers follow the word: `Ward 1`."""
    plain = _without_accents(short_name)
    word = KINDS_EN.get(kind, "")
    return f"{word} {plain}" if plain.isdigit() else f"{plain} {word}".strip()


def _without_accents(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def _store_successions(
    entries: dict[str, Entry], units: dict[str, AdminUnit]
) -> list[UnitSuccession]:
    passages = [
        UnitSuccession(old=units[entry.key], new=units[new], whole=whole)
        for entry in entries.values()
        for new, whole in entry.successors
    ]
    UnitSuccession.objects.bulk_create(
        passages, update_conflicts=True, unique_fields=["old", "new"], update_fields=["whole"]
    )
    return passages
