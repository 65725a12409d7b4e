"""A parcel as people name it: sheet and number in many spellings, with a place or without.

"tờ 5 thửa 12 Long Điền", "thửa đất số 12, tờ bản đồ số 05", "5/12 Bà Rịa" (sheet / parcel), "to 5
thua 12", "tờ TĐ03-2014 thửa 7", "tờ cũ 5 thửa cũ 12 xã Tam Phước", "sheet 5 parcel 12". Reads text
only.
"""

import re
import unicodedata
from dataclasses import dataclass

from layers.search.fold import fold_aligned

_VALUE = r"(?P<{name}>(?=[a-z]{{0,4}}\d)[0-9a-z]+(?:[-.][0-9a-z]+)*)(?P<{name}_old>\s+cu\b)?"
_NUMBER_MARK = r"(?:\s+so)?(?P<{name}_was>\s+cu(?=[\s:.]))?\s*[:.]?\s*"
_SHEET = re.compile(
    r"\b(?:so\s+(?:hieu\s+)?)?(?:to|map sheet|sheet)(?:\s+ban\s+do)?(?:\s+dia\s+chinh)?"
    + _NUMBER_MARK.format(name="sheet")
    + _VALUE.format(name="sheet")
)
_PARCEL = re.compile(
    r"\b(?:so\s+)?(?:thua|parcel|plot)(?:\s+dat)?"
    + _NUMBER_MARK.format(name="parcel")
    + _VALUE.format(name="parcel")
)
_SLASH = re.compile(
    r"(?<![\w/])(?P<sheet>[a-z]{0,4}\d[\w-]*)\s*/\s*(?P<parcel>[a-z]?\d[\w-]*)(?![\w/])"
)
_STREET = re.compile(r"\b(?:duong|pho|hem|ngo|ngach|kiet|nha|dai lo)\b")
# Between the numbers and the place: "…, tại phường Bà Rịa".
_CONNECTING = re.compile(r"^(?:\W|\b(?:cu|tai|o|thuoc|cua|in)\b)+|\W+$")


@dataclass(frozen=True)
class ParcelQuery:
    """What was asked: `sheet` and/or `parcel` as typed, `place` as typed ("" when none).

    `prefers_old`: the text says "cũ". `is_guess`: read from "5/12", which may also be a house
    number.
    """

    sheet: str
    parcel: str
    place: str
    prefers_old: bool = False
    is_guess: bool = False


def read_parcel(text: str) -> ParcelQuery | None:
    """The parcel that `text` names, or None when it names none."""
    original = unicodedata.normalize("NFC", text)
    folded = fold_aligned(original)
    sheet, parcel = _SHEET.search(folded), _PARCEL.search(folded)
    if not sheet and not parcel:
        return _read_slash(original, folded)
    found = [match for match in (sheet, parcel) if match]
    return ParcelQuery(
        sheet=_cut(original, sheet, "sheet"),
        parcel=_cut(original, parcel, "parcel"),
        place=_place(original, found),
        prefers_old=_says_old(sheet, "sheet") or _says_old(parcel, "parcel"),
    )


def number_variants(number: str) -> list[str]:
    """Spellings under which a register may hold this number: 5, 05, 005; `tđ03` also as `TĐ03`."""
    kinds = {number, number.upper()}
    if number.isdecimal():
        stripped = number.lstrip("0") or "0"
        kinds |= {stripped, stripped.zfill(2), stripped.zfill(3)}
    return sorted(kinds)


def _read_slash(original: str, folded: str) -> ParcelQuery | None:
    found = _SLASH.search(folded)
    # “đường 30/4”, “hẻm 5/12 Trần Phú”: a street's name, a house's number.
    if not found or _STREET.search(folded):
        return None
    return ParcelQuery(
        sheet=_cut(original, found, "sheet"),
        parcel=_cut(original, found, "parcel"),
        place=_place(original, [found]),
        is_guess=True,
    )


def _cut(original: str, match: re.Match[str] | None, group: str) -> str:
    return original[slice(*match.span(group))] if match else ""


def _says_old(match: re.Match[str] | None, group: str) -> bool:
    return bool(match and (match[f"{group}_old"] or match[f"{group}_was"]))


def _place(original: str, found: list[re.Match[str]]) -> str:
    """What is left when the numbers are taken out, without connecting words."""
    left = list(original)
    for match in found:
        for position in range(*match.span()):
            left[position] = " "
    text = re.sub(r"\s+", " ", "".join(left)).strip()
    folded = fold_aligned(text)
    start = _CONNECTING.match(folded)
    trimmed = text[start.end() :] if start else text
    return re.sub(r"\W+$", "", trimmed)
