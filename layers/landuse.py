"""Land-use purposes (mục đích sử dụng đất): what a code means, what replaced it, its colour.

The list is `layers/reference/land_use_codes.csv`, read once; it needs no database.
`load_land_use_codes` copies it into the table `LandUseCode`, where the admin shows it and SQL may
join it. The shape of a cell (`ONT+CLN`) is checked by `layers/fieldtypes.py`; whether its codes
exist is checked here.

Source: TT 08/2024/TT-BTNMT Annex II as amended by TT 23/2025. Its colour annex was not obtained:
colours come from several published map styles, and `colour_confidence` says how far those agree
("derived-from-X" is inherited from a related code and not verified).
"""

import csv
import datetime as dt
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.apps import apps
from django.db import transaction

from layers.values import BadValue, group_digits, parse_number

REFERENCE = Path(__file__).parent / "reference" / "land_use_codes.csv"
# Sổ mục kê writes -C for the main purpose, -P for an auxiliary one and * for rural residential land
# (TT 25/2014); the marks say how much of the parcel, not which purpose.
MARKS = re.compile(r"(\*|-[CP])+$")
SEPARATORS = re.compile(r"\s*[+;,/]\s*")
# A comma between digits is a decimal one.
_BETWEEN = re.compile(r"\s*(?:[+;/&\n]|,(?!\d)|(?<!\d),)\s*|(?<=[A-Za-z*)\d])\s+(?=[A-Za-z]{3}\b)")
_PART = re.compile(
    r"(?P<code>[A-Za-z]{3})(?P<mark>(?:\*|-[CPcp])*)"
    r"(?:\s*[:=]?\s*\(?\s*(?P<area>[\d.,]+)(?:\s*(?:m2|m²))?\s*\)?)?(?P<later>(?:\*|-[CPcp])*)"
)
UNKNOWN = "Mã loại đất không có trong danh mục. Dùng mã 3 chữ cái như ONT, CLN, hoặc ONT+CLN."


@dataclass(frozen=True)
class LandUse:
    """One code. `colour` is #rrggbb, or empty for zones.

    `status`: current, current-new-2024, legacy (accepted, shown with its successor) or zone (an
    area of planning, not a purpose).
    """

    code: str
    parent_code: str
    level: str
    name_vi: str
    name_en: str
    status: str
    maps_to: str
    colour: str
    colour_confidence: str
    note: str
    valid_from: dt.date | None
    valid_to: dt.date | None

    @property
    def successors(self) -> tuple[str, ...]:
        """Codes that replaced this one; several where the old one was split."""
        return tuple(self.maps_to.split("/")) if self.maps_to else ()

    def name(self, language: str = "vi") -> str:
        """The purpose in words."""
        return self.name_en if language == "en" else self.name_vi


@dataclass(frozen=True)
class Reading:
    """A code as written and as it stands today; both are shown where they differ."""

    written: LandUse
    current: LandUse

    def named(self, language: str = "vi") -> str:
        """Name first, for lists that show the code written beside it: `Đất trồng cây hằng năm khác
        (HNK; hồ sơ ghi BHK)`.
        """
        name = self.current.name(language)
        if self.written is self.current:
            return name
        was = "recorded as" if language == "en" else "hồ sơ ghi"
        return f"{name} ({self.current.code}; {was} {self.written.code})"

    def label(self, language: str = "vi") -> str:
        """`HNK (hồ sơ ghi BHK): Đất trồng cây hằng năm khác`."""
        code = self.current.code
        if self.written is not self.current:
            was = "recorded as" if language == "en" else "hồ sơ ghi"
            code = f"{code} ({was} {self.written.code})"
        return f"{code}: {self.current.name(language)}"


@cache
def land_uses() -> tuple[LandUse, ...]:
    """The whole list in the order of the circular: current codes, then legacy, then zones."""
    with REFERENCE.open(encoding="utf-8", newline="") as file:
        return tuple(_land_use(row) for row in csv.DictReader(file))


def _land_use(row: dict[str, str]) -> LandUse:
    dates = {key: _date(row[key]) for key in ("valid_from", "valid_to")}
    texts = {key: value for key, value in row.items() if key not in dates}
    return LandUse(**texts, **dates)  # type: ignore[arg-type]  # the header is the list of fields


def _date(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


@cache
def _index() -> dict[str, LandUse]:
    return {use.code: use for use in land_uses()}


def land_use(code: str) -> LandUse:
    """The entry of one code. Raises BadValue (`unknown-land-use`)."""
    found = _index().get(MARKS.sub("", code.strip().upper()))
    if found is None:
        raise BadValue("unknown-land-use", UNKNOWN)
    return found


def parse_codes(text: str) -> list[str]:
    """`"ONT+CLN"` → `["ONT", "CLN"]`, in the order written, each once. Raises BadValue."""
    codes = [land_use(part).code for part in SEPARATORS.split(text.strip())]
    return list(dict.fromkeys(codes))


@dataclass(frozen=True)
class Part:
    """A purpose in a register's cell: `area` (m²) where the cell tells it."""

    code: str
    area: float | None
    is_marked: bool


def parts_of(text: str) -> tuple[Part, ...]:
    """`ONT-C 100; CLN 200,5` → its parts; () when it cannot be read so. Codes are not looked up."""
    found = [_PART.fullmatch(part) for part in _BETWEEN.split(text.strip()) if part]
    if not all(found):
        return ()
    return tuple(
        Part(
            part["code"].upper(), _square_metres(part["area"]), bool(part["mark"] or part["later"])
        )
        for part in found
        if part
    )


def _square_metres(text: str | None) -> float | None:
    try:
        return float(parse_number(text)) if text else None
    except BadValue:
        return None


def areas_by_code(text: str) -> dict[str, float]:
    """`ONT:120; CLN:380,5` → m² by code; {} unless every part has its area, each code once."""
    parts = parts_of(text)
    areas = {part.code: part.area for part in parts if part.area is not None}
    return areas if len(areas) == len(parts) else {}


def written_areas(parts: tuple[Part, ...]) -> str:
    """As `areas_by_code` reads them; "" unless every part has its area, each code once."""
    areas = {part.code: part.area for part in parts if part.area is not None}
    if not parts or len(areas) != len(parts):
        return ""
    return "; ".join(f"{code}:{group_digits(area, None, 'vi')}" for code, area in areas.items())


def canonical(code: str) -> Reading:
    """What a code stands for today: BHK → HNK. A code that was split or dropped stands for itself.

    Raises BadValue (`unknown-land-use`), e.g. for the "1190" that real files hold.
    """
    written = land_use(code)
    if len(written.successors) == 1:
        return Reading(written, land_use(written.successors[0]))
    return Reading(written, written)


def describe(text: str, language: str = "vi") -> str:
    """A cell in words, `ONT: Đất ở tại nông thôn; CLN: …`; an unknown code stays as written."""
    try:
        return "; ".join(canonical(code).label(language) for code in parse_codes(text))
    except BadValue:
        return text


def name_of(text: str, language: str = "vi") -> str:
    """A cell in words without the code it writes; combined codes as `describe` has them."""
    try:
        codes = parse_codes(text)
    except BadValue:
        return text
    return canonical(codes[0]).named(language) if len(codes) == 1 else describe(text, language)


def colour_of(text: str, default: str = "") -> str:
    """#rrggbb of a cell; the first code decides, as the main purpose is written first."""
    first = SEPARATORS.split(text.strip())[0]
    found = _index().get(MARKS.sub("", first.upper()))
    return (found.colour if found else "") or default


def load_land_use_codes() -> int:
    """Make the table equal to the list; the number of codes. Ids stay the same from run to run."""
    # By name: the models import the definitions, which may need this module.
    model = apps.get_model("layers", "LandUseCode")
    columns = list(LandUse.__dataclass_fields__)
    rows = [model(**{name: getattr(use, name) for name in columns}) for use in land_uses()]
    with transaction.atomic():
        model.objects.exclude(code__in=_index()).delete()
        model.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["code"],
            update_fields=[name for name in columns if name != "code"],
        )
    return len(rows)
