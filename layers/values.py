"""Cells as people write them: empty words, numbers with a decimal comma, days before months.

Used by the field types and by the importers; knows nothing of layers.
"""

import datetime as dt
import math
import re
import unicodedata
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

LOCAL_TIME = ZoneInfo("Asia/Ho_Chi_Minh")
EMPTY = frozenset({"", "null", "none", "nan", "n/a", "<null>"})


class BadValue(ValueError):
    """A cell that is not of its field's type.

    `code` is stable, `hint` says what to write instead.
    """

    def __init__(self, code: str, hint: str) -> None:
        super().__init__(code)
        self.code, self.hint = code, hint


def fold(text: str) -> str:
    """Lower case without accents, đ as d: the form in which names are compared."""
    decomposed = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def is_empty(raw: Any) -> bool:
    """None, NaN, blank, or a word that exporters write for nothing."""
    if raw is None:
        return True
    if isinstance(raw, float):
        return math.isnan(raw)
    return isinstance(raw, str) and raw.strip().lower() in EMPTY


NUMBER = re.compile(r"^[+-]?\d+([.,]\d+)?$")
THOUSANDS_VI = re.compile(r"^[+-]?\d{1,3}(\.\d{3})+(,\d+)?$")
THOUSANDS_EN = re.compile(r"^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$")
THOUSANDS_SPACE = re.compile(r"^[+-]?\d{1,3}( \d{3})+([.,]\d+)?$")


def parse_number(raw: Any) -> Decimal:
    """A number as people write it: `2159,6`, `2.159,6`, `2 159,6`, `2159.6`. Raises BadValue.

    `1.234` alone is read as one point two three four: a machine wrote it. `1.234.567` and `1.234,5`
    are Vietnamese grouping.
    """
    if isinstance(raw, bool):
        raise BadValue("not-a-number", "Viết số, ví dụ 2159,6.")
    if isinstance(raw, (int, Decimal)):
        number = Decimal(raw)
    elif isinstance(raw, float):
        number = Decimal(str(raw))
    else:
        text = str(raw).strip().replace("\u00a0", " ").replace("\u202f", " ")
        number = _number_of_text(text)
    if not number.is_finite():
        raise BadValue("not-a-number", "Viết số hữu hạn, ví dụ 2159,6.")
    return number


def check_size(number: Decimal) -> None:
    """Raises BadValue beyond 2⁵³, where doubles (JSON's numbers) skip whole ones."""
    if number.copy_abs() >= 2**53:
        raise BadValue("too-large", "Số quá lớn.")


def _number_of_text(text: str) -> Decimal:
    if THOUSANDS_SPACE.match(text):
        text = text.replace(" ", "")
    if NUMBER.match(text):
        text = text.replace(",", ".")
    elif THOUSANDS_VI.match(text):
        text = text.replace(".", "").replace(",", ".")
    elif THOUSANDS_EN.match(text):
        text = text.replace(",", "")
    elif not re.match(r"^[+-]?\d+(\.\d+)?[eE][+-]?\d{1,3}$", text):
        raise BadValue("not-a-number", "Viết số, ví dụ 2159,6.")
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise BadValue("not-a-number", "Viết số, ví dụ 2159,6.") from error


def group_digits(value: Decimal | float | int, digits: int | None, language: str) -> str:
    """2159.6 → `2.159,6` (vi) or `2,159.6` (en); trailing zeros dropped unless digits is set."""
    number = Decimal(str(value))
    text = f"{number:,.{digits}f}" if digits is not None else f"{number.normalize():,f}"
    if language == "en":
        return text
    return text.replace(",", "\u0000").replace(".", ",").replace("\u0000", ".")


# Units of measure that English writes otherwise; a planner's own stays as typed.
UNITS_EN = {
    "đồng": "VND",
    "đồng/m²": "VND/m²",
    "hộ": "households",
    "làn": "lanes",
    "lần": "times",
    "người": "people",
    "phòng": "rooms",
    "sao": "stars",
    "tấn": "tonnes",
    "tầng": "storeys",
}


def unit_in(unit: str, language: str) -> str:
    """The unit of a number as a language writes it: `tầng` → `storeys`."""
    return UNITS_EN.get(unit, unit) if language == "en" else unit


DATE_FORMATS = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d", "%Y/%m/%d", "%Y%m%d")
TIME_FORMATS = (" %H:%M", " %H:%M:%S", "T%H:%M", "T%H:%M:%S", " %Hh%M", "")


def parse_moment(text: str) -> dt.datetime:
    """Day first, as people here write it; ISO too. Raises BadValue, also for 31/02."""
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        pass
    for day in DATE_FORMATS:
        for time in TIME_FORMATS:
            try:
                return dt.datetime.strptime(text, day + time)  # noqa: DTZ007
            except ValueError:
                continue
    raise BadValue("not-a-date", "Viết ngày dạng dd/mm/yyyy, ví dụ 01/07/2025.")
