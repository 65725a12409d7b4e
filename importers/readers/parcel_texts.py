"""What a text in a parcel says: its number, its land-use code, its area, or nothing for us.

Only these forms are read, so a person's name in a drawing never becomes an attribute.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from layers.landuse import land_use
from layers.values import BadValue, parse_number

_NUMBER = r"\d{1,6}[a-zA-Z]?(?:-\d{1,4})?"
_AREA = r"(?:\d{1,3}(?:[. ]\d{3})+,\d{1,2}|\d{1,9}[.,]\d{1,3}|\d{1,9})"
_CODE = r"[A-Z]{2,3}(?:\s*[+;]\s*[A-Z]{2,3})*"
_UNIT = r"(?:\s*m\s*(?:2|²))?"
_AFTER = rf"(?:\s*(?P<a2>{_CODE}))?"
_FORMS = tuple(
    re.compile(form)
    for form in (
        # 123/456,7 ONT and ONT 123/456,7; the bar of a fraction may be a line's end.
        rf"(?:(?P<a1>{_CODE})[\s:]+)?(?P<n>{_NUMBER})\s*[/^]\s*(?P<m>{_AREA}){_UNIT}{_AFTER}",
        rf"(?P<n>{_NUMBER})\s+(?P<a1>{_CODE})\s+(?P<m>{_AREA}){_UNIT}",
        rf"(?P<a1>{_CODE})\s+(?P<n>{_NUMBER})\s+(?P<m>{_AREA}){_UNIT}",
        rf"(?P<n>{_NUMBER})\s+(?P<m>\d+[.,]\d+){_UNIT}\s+(?P<a1>{_CODE})",
        rf"(?P<a1>{_CODE})\s+(?P<m>\d+[.,]\d+){_UNIT}",
        rf"(?P<a1>{_CODE})\s+(?P<n>{_NUMBER})",
        rf"(?P<n>{_NUMBER})\s+(?P<a1>{_CODE})",
        rf"(?:[Tt]hửa(?:\s+đất)?(?:\s+số)?|[Ss]ố\s+thửa)\s*:?\s*(?P<n>{_NUMBER})",
        rf"(?:DT|S|[Dd]iện\s+tích)\s*[:=]\s*(?P<m>{_AREA}){_UNIT}",
        rf"(?P<m>{_AREA})\s*m\s*(?:2|²)",
        r"(?P<m>\d{1,3}(?:[. ]\d{3})+,\d{1,2}|\d{1,9}[.,]\d{1,3})",
        rf"(?P<a1>{_CODE})",
        rf"(?P<n>{_NUMBER})",
    )
)
_WHOLE = re.compile(r"\d{1,9}")
_SHEET = re.compile(
    r"\b(?:tờ\s+bản\s+đồ|mảnh\s+bản\s+đồ|tờ)(?:\s+địa\s+chính)?(?:\s+số)?\s*:?\s*(\d{1,4})\b", re.I
)
_SHEET_IN_NAME = re.compile(
    r"(?:^|[\W_])(?:to|tờ|dc|tbd|bd|ms|manh)[ _-]?0*(\d{1,4})(?=$|[\W_])", re.I
)
_COMMUNE_IN_NAME = re.compile(r"(?:^|[\W_])(\d{5})[ _-]")


@dataclass(frozen=True)
class Reading:
    """What one text says; None where it says nothing. `whole`: a bare whole number."""

    number: str | None = None
    land_use: str | None = None
    area: str | None = None
    whole: str | None = None

    def __str__(self) -> str:
        said = (self.number, self.land_use, self.area, self.whole)
        return " ".join(part for part in said if part)


@dataclass
class Found:
    """What the texts of one parcel say. `doubts`: attribute → its differing candidates."""

    number: str | None = None
    land_use: str | None = None
    area: str | None = None
    doubts: dict[str, list[str]] = field(default_factory=dict)


def read_text(text: str, role: str) -> Reading | None:
    """What a text on a level with this role says; `role` is empty for a level of free use."""
    clean = " ".join(text.replace("%%u", "").replace("%%U", "").split())
    match = next((m for form in _FORMS if (m := form.fullmatch(clean))), None)
    if match is None:
        return None
    told = match.groupdict()
    code = _code(told.get("a1") or told.get("a2"), sure=role == "land_use")
    if code is None and (told.get("a1") or told.get("a2")):
        return None
    parcel, area = told.get("n"), told.get("m")
    if _WHOLE.fullmatch(clean):
        return _bare(clean, role)
    return Reading(parcel, code, area)


def _bare(text: str, role: str) -> Reading | None:
    """A whole number alone: the level says which it is."""
    if role == "parcel_no":
        return Reading(number=text)
    if role == "area":
        return Reading(area=text)
    return None if role == "land_use" else Reading(whole=text)


def _code(text: str | None, *, sure: bool) -> str | None:
    """Land-use codes as the register writes them; outside their level only those that exist."""
    if not text:
        return None
    codes = re.split(r"\s*[+;]\s*", text)
    if not sure and not all(_exists(code) for code in codes):
        return None
    return "+".join(codes)


def _exists(code: str) -> bool:
    try:
        land_use(code)
    except BadValue:
        return False
    return True


def settle(by_level: Iterable[Reading], by_form: Iterable[Reading], area: float) -> Found:
    """One parcel's attributes: texts on their own levels first, then by what they look like.

    `area` in m² tells which of two whole numbers is the area, within 5 %.
    """
    sure, likely = list(by_level), list(by_form)
    found = Found()
    wholes = [r.whole for r in (*sure, *likely) if r.whole]
    areas = _first([r.area for r in sure], [r.area for r in likely])
    if not areas and len(set(wholes)) > 1:
        areas = [w for w in dict.fromkeys(wholes) if abs(float(w) - area) <= max(1.0, area * 0.05)]
        areas = areas if len(areas) == 1 else []
        wholes = [w for w in wholes if w not in areas]
    numbers = _first([r.number for r in sure], [*(r.number for r in likely), *wholes])
    codes = _first([r.land_use for r in sure], [r.land_use for r in likely])
    found.number = _only("parcel_no", numbers, found)
    found.land_use = _only("land_use", codes, found)
    found.area = _only("area", areas, found)
    return found


def _first(sure: list[str | None], likely: list[str | None]) -> list[str]:
    """Different candidates of the better kind."""
    return list(dict.fromkeys(filter(None, sure))) or list(dict.fromkeys(filter(None, likely)))


def _only(name: str, candidates: list[str], found: Found) -> str | None:
    if len(candidates) > 1:
        found.doubts[name] = candidates
    return candidates[0] if len(candidates) == 1 else None


def as_number(text: str) -> float | None:
    """An area's text in m², None when it is none."""
    try:
        return float(parse_number(text))
    except BadValue:
        return None


def sheet_of(frame_texts: Iterable[str], file_name: str) -> tuple[str | None, list[str]]:
    """The map sheet by the frame's texts, else by the file's name; and all that was found.

    None where they disagree.
    """
    found = [m.group(1) for text in frame_texts for m in _SHEET.finditer(" ".join(text.split()))]
    found = list(dict.fromkeys(str(int(n)) for n in found))
    named = [str(int(m.group(1))) for m in _SHEET_IN_NAME.finditer(file_name)]
    candidates = list(dict.fromkeys([*found, *named]))
    return (candidates[0] if len(candidates) == 1 else None), candidates


def commune_of(file_name: str) -> str | None:
    """A commune's code of five digits at the start of a part of the file's name."""
    codes = set(_COMMUNE_IN_NAME.findall(file_name))
    return codes.pop() if len(codes) == 1 else None
