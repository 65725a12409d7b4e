"""Degrees, minutes and seconds in a cell, as GPS receivers and certificates write them."""

import re

_DMS = re.compile(
    r"\s*(?P<deg>\d{1,3})\s*[°º]\s*(?P<min>\d{1,2})\s*['’′]\s*"
    r"(?:(?P<sec>\d{1,2}(?:[.,]\d+)?)\s*(?:[\"”″]|'')?)?\s*(?:[NEBĐnebđ]|Bắc|Đông)?\s*"
)


def parse_dms(text: str) -> float | None:
    """`107°12'12,5"E` → 107.20347; None for anything else, south and west included."""
    found = _DMS.fullmatch(text)
    if not found:
        return None
    minutes, seconds = int(found["min"]), float((found["sec"] or "0").replace(",", "."))
    if minutes >= 60 or seconds >= 60:
        return None
    return int(found["deg"]) + minutes / 60 + seconds / 3600
