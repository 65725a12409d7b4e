"""Coordinates as people type them: degrees, degrees-minutes-seconds, VN-2000 X (north) and Y
(east).

Reads text only; places nothing on a map. `layers.search.points` turns a `GridPair` into positions,
one for each zone that it may belong to. Inside, numbers are named (lon, lat, northing, easting),
never "x" and "y": in Vietnamese notation X is north.
"""

import re
from dataclasses import dataclass

from layers.search.fold import fold_aligned

# Where a typed pair of degrees may lie: Vietnam with its seas. (south, north), (west, east).
LATITUDES = (5.0, 24.0)
LONGITUDES = (101.0, 118.0)
# VN-2000 zones with false easting 500 km: northings of Vietnam, eastings up to 400 km off the
# meridian.
NORTHINGS = (550_000.0, 2_650_000.0)
EASTINGS = (100_000.0, 900_000.0)

_HEMISPHERE = r"(?:n|s|e|w|b|d|bac|dong)"
_DMS = re.compile(
    r"(?P<deg>\d{1,3})\s*(?:°|º|do\b|d(?=\s*\d))\s*(?P<min>\d{1,2})\s*(?:['’′]|phut\b|m(?=\s*\d))\s*"
    r"(?:(?P<sec>\d{1,2}(?:[.,]\d+)?)\s*(?:[\"”″]|''|giay\b|s\b)?)?\s*"
    rf"(?P<hem>{_HEMISPHERE}\b)?"
)
_ZONE = re.compile(
    r"(?:epsg\s*:?\s*(?P<epsg>\d{4}))|(?:(?:kinh tuyen(?: truc)?|ktt|kt|mui)\s*:?\s*"
    r"(?P<deg>10\d)\s*[°º]\s*(?P<min>\d{1,2})?\s*['’′]?)"
)
_LABEL = re.compile(
    r"(?:\b(?:vi do|kinh do|latitude|longitude|lat|lon|lng|long|toa do|vn-?2000)\b"
    # one letter before a number, a mark or the end: X, Y, N, E, B (bắc), Đ (đông)
    r"|(?<![a-z])[xynebd](?=\s*[:=]?\s*[\d.,+-]|\s*$|\s*[,;]))"
    r"\s*[:=]?|[°º()\[\]]"
)
_NUMBER = re.compile(r"[+-]?\d[\d.,]*")
_DOT_GROUPS = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?")
_COMMA_GROUPS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")


@dataclass(frozen=True)
class Degrees:
    """A position in degrees, WGS 84; `in_region` says whether it lies around Vietnam."""

    lon: float
    lat: float
    in_region: bool = True


@dataclass(frozen=True)
class GridPair:
    """A VN-2000 pair in metres whose zone may be unknown.

    `swapped`: the text had east first, or labelled the easting as X; readers are told how it was
    read. `zone_epsg` / `meridian`: what the text says about the zone, if anything.
    """

    northing: float
    easting: float
    swapped: bool = False
    zone_epsg: int | None = None
    meridian: float | None = None


def read_coordinates(text: str) -> Degrees | GridPair | None:
    """The coordinates that `text` consists of, or None when it is something else.

    Text with any other word is not a coordinate: "12 Trần Phú 5" stays a text search.
    """
    folded = fold_aligned(text).strip()
    return _read_dms(folded) or _read_pair(folded)


def _read_dms(folded: str) -> Degrees | None:
    found = list(_DMS.finditer(folded))
    if len(found) != 2 or _letters_left(_DMS.sub(" ", _LABEL.sub(" ", folded))):
        return None
    first, second = (_dms_value(match) for match in found)
    return None if first is None or second is None else _degrees(first, second)


def _dms_value(match: re.Match[str]) -> float | None:
    minutes, seconds = int(match["min"]), float((match["sec"] or "0").replace(",", "."))
    if minutes >= 60 or seconds >= 60:
        return None
    return int(match["deg"]) + minutes / 60 + seconds / 3600


def _read_pair(folded: str) -> Degrees | GridPair | None:
    zone = _ZONE.search(folded)
    rest = _ZONE.sub(" ", folded, count=1) if zone else folded
    bare = re.sub(r"(?<=\d)\s*m\b", " ", _LABEL.sub(" ", rest))
    # N, E, B (bắc), Đ (đông) behind a number: 10.346N 107.084E.
    bare = re.sub(r"(?<=\d)\s*[nebd]\b", " ", bare)
    if _letters_left(bare):
        return None
    numbers = _two_numbers(bare)
    if numbers is None:
        return None
    return _grid_pair(numbers, rest, zone) or (_degrees(*numbers) if zone is None else None)


def _letters_left(text: str) -> bool:
    return re.search(r"[^\W\d_]|/", text) is not None


def _two_numbers(bare: str) -> tuple[float, float] | None:
    tokens = [token.strip(",") for token in re.split(r"[;\s|]+", bare) if token.strip(",.")]
    if len(tokens) == 1:
        tokens = _split_at_comma(tokens[0])
    if len(tokens) != 2 or not all(_NUMBER.fullmatch(token) for token in tokens):
        return None
    return _numbers_of(tokens)


def _split_at_comma(token: str) -> list[str]:
    """`10.346,107.084` and `10,346,107,084` (decimal commas) → two tokens."""
    parts = token.split(",")
    if len(parts) == 4:
        return [",".join(parts[:2]), ",".join(parts[2:])]
    return parts


def _numbers_of(tokens: list[str]) -> tuple[float, float] | None:
    for groups, group_mark, decimal_mark in ((_DOT_GROUPS, ".", ","), (_COMMA_GROUPS, ",", ".")):
        # Grouped thousands only when one number cannot be read otherwise: 1.144.200 and then
        # 426.902.
        if all(groups.fullmatch(token) for token in tokens) and any(
            token.count(group_mark) > 1 for token in tokens
        ):
            first, second = (
                float(token.replace(group_mark, "").replace(decimal_mark, ".")) for token in tokens
            )
            return first, second
    try:
        first, second = (float(token.replace(",", ".")) for token in tokens)
    except ValueError:
        return None
    return first, second


def _within(value: float, limits: tuple[float, float]) -> bool:
    return limits[0] <= value <= limits[1]


def _grid_pair(
    numbers: tuple[float, float], labelled: str, zone: re.Match[str] | None
) -> GridPair | None:
    first, second = numbers
    for northing, easting, swapped in ((first, second, False), (second, first, True)):
        if _within(northing, NORTHINGS) and _within(easting, EASTINGS):
            # "Y 426902 X 1144200": east first, but labelled rightly
            is_labelled = re.match(r"\W*(?:y|e)\b", labelled) is not None
            epsg = int(zone["epsg"]) if zone and zone["epsg"] else None
            return GridPair(northing, easting, swapped and not is_labelled, epsg, _meridian(zone))
    return None


def _meridian(zone: re.Match[str] | None) -> float | None:
    if zone is None or zone["deg"] is None:
        return None
    return int(zone["deg"]) + int(zone["min"] or 0) / 60


def _degrees(first: float, second: float) -> Degrees | None:
    """Latitude first as people write it, longitude first as machines do: only one fits Vietnam."""
    for lat, lon in ((first, second), (second, first)):
        if _within(lat, LATITUDES) and _within(lon, LONGITUDES):
            return Degrees(lon=lon, lat=lat)
    if first.is_integer() and second.is_integer():
        return None  # "5 12" is far likelier a sheet and a number than a place off Africa
    if _within(first, (-90, 90)) and _within(second, (-180, 180)):
        return Degrees(lon=second, lat=first, in_region=False)
    if _within(second, (-90, 90)) and _within(first, (-180, 180)):
        return Degrees(lon=first, lat=second, in_region=False)
    return None
