"""Types of declared fields: how a cell becomes a value, how that is stored, filtered and shown.

One class a type. `coerce` takes what files hold (decimal comma, dd/mm/yyyy, leading zeros,
có/không) and raises `BadValue` with a code that the import report lists. Values are JSON-ready:
they live in jsonb. Parsing of cells is in `layers/values.py`.
"""

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar

from layers.values import (
    LOCAL_TIME,
    BadValue,
    check_size,
    fold,
    group_digits,
    is_empty,
    parse_moment,
    parse_number,
    unit_in,
)

__all__ = ["LOCAL_TIME", "TYPES", "BadValue", "Choice", "FieldType", "fold"]

TRUE = frozenset({"1", "true", "t", "yes", "y", "x", "có", "co", "đúng", "dung"})
FALSE = frozenset({"0", "false", "f", "no", "n", "không", "khong", "sai", "ko"})


@dataclass(frozen=True)
class Choice:
    """One allowed value with its label, colour (#rrggbb or empty) and line width in pixels."""

    value: str
    vi: str
    en: str
    color: str = ""
    width: float | None = None

    def label(self, language: str) -> str:
        """The label in that language."""
        return self.en if language == "en" else self.vi


def as_it_is(value: Any) -> str:
    """A stored value in no type's words; lists by commas."""
    return (", ".join(map(str, value)) or "—") if isinstance(value, list) else str(value)


@dataclass(frozen=True)
class FieldType:
    """Base of all types; itself plain text."""

    choices: tuple[Choice, ...] = ()
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    max_length: int | None = None
    digits: int | None = None
    name: ClassVar[str] = "text"
    sql_cast: ClassVar[str] = ""
    json_type: ClassVar[str] = "string"

    def coerce(self, raw: Any) -> Any:
        """A raw cell → the stored value; None for an empty cell. Raises BadValue."""
        if is_empty(raw):
            return None
        try:
            return self._coerce(raw)
        except BadValue:
            raise
        except (ArithmeticError, TypeError, ValueError) as error:
            # One cell that nobody thought of refuses its row, never the whole file.
            raise BadValue("bad-value", "Sửa giá trị theo kiểu của cột.") from error

    def _coerce(self, raw: Any) -> Any:
        if isinstance(raw, float) and raw.is_integer():
            raw = int(raw)
        text = unicodedata.normalize("NFC", str(raw)).strip().replace("\x00", "")
        if self.max_length and len(text) > self.max_length:
            raise BadValue("too-long", f"Tối đa {self.max_length} ký tự.")
        text.encode()  # half a surrogate pair cannot be stored
        return text

    def json_schema(self) -> dict[str, Any]:
        """JSON Schema of the stored value, for queryables and OpenAPI."""
        schema: dict[str, Any] = {"type": self.json_type}
        if self.max_length:
            schema["maxLength"] = self.max_length
        return schema

    def format(self, value: Any, language: str = "vi") -> str:
        """The value as a person reads it; `—` for nothing.

        A value that is not of this type (a version keeps the values of its own time, the field's
        type may have changed since) is shown as it is.
        """
        if value is None or value == "":
            return "—"
        try:
            return self._format(value, language)
        except (TypeError, ValueError, ArithmeticError):
            return as_it_is(value)

    def brief(self, value: Any, language: str = "vi") -> str:
        """As `format`, where room is scarce."""
        return self.format(value, language)

    def _format(self, value: Any, language: str) -> str:
        """The words for a value that there is. May raise for one that is not of this type."""
        return as_it_is(value)


class TextType(FieldType):
    """Free text, NFC, trimmed."""


class UnitType(FieldType):
    """Code of an administrative unit: text, leading zeros kept."""

    name = "unit"

    def _coerce(self, raw: Any) -> str:
        text = str(super()._coerce(raw))
        if not (text.isascii() and text.isdigit()) or len(text) > 5:
            raise BadValue("not-a-unit-code", "Mã xã gồm 5 chữ số, ví dụ 26506.")
        return text.zfill(5) if len(text) > 3 else text.zfill(2)


class UrlType(FieldType):
    """An http(s) address."""

    name = "url"

    def _coerce(self, raw: Any) -> str:
        text = str(super()._coerce(raw))
        if not re.match(r"^https?://[^\s]+$", text):
            raise BadValue("not-a-url", "Địa chỉ web bắt đầu bằng http:// hoặc https://.")
        return text

    def json_schema(self) -> dict[str, Any]:
        return {**super().json_schema(), "format": "uri"}


class DecimalType(FieldType):
    """A number; stored as a JSON number."""

    name = "decimal"
    sql_cast = "numeric"
    json_type = "number"

    def _coerce(self, raw: Any) -> float | int:
        number = parse_number(raw)
        if self.minimum is not None and number < Decimal(str(self.minimum)):
            raise BadValue("too-small", f"Không nhỏ hơn {self.minimum:g}.")
        if self.maximum is not None and number > Decimal(str(self.maximum)):
            raise BadValue("too-large", f"Không lớn hơn {self.maximum:g}.")
        return self._stored(number)

    def _stored(self, number: Decimal) -> float | int:
        check_size(number)
        value = float(round(number, self.digits)) if self.digits is not None else float(number)
        return int(value) if value.is_integer() else value

    def json_schema(self) -> dict[str, Any]:
        schema: dict[str, Any] = {"type": self.json_type}
        if self.minimum is not None:
            schema["minimum"] = self.minimum
        if self.maximum is not None:
            schema["maximum"] = self.maximum
        return schema

    def _format(self, value: Any, language: str) -> str:
        text = group_digits(value, self.digits, language)
        return f"{text} {unit_in(self.unit, language)}" if self.unit else text


class IntegerType(DecimalType):
    """A whole number."""

    name = "integer"
    sql_cast = "bigint"
    json_type = "integer"

    def _stored(self, number: Decimal) -> int:
        check_size(number)
        if number != number.to_integral_value():
            raise BadValue("not-whole", "Viết số nguyên.")
        return int(number)


class ScaleType(IntegerType):
    """The scale of a map by its denominator; files write 1000, 1.000 or 1:1000."""

    name = "scale"

    def _coerce(self, raw: Any) -> float | int:
        if isinstance(raw, str):
            raw = re.sub(r"^\s*1\s*[:/]\s*", "", raw)
            if re.fullmatch(r"\d{1,3}\.\d{3}", raw.strip()):  # denominators have no fractions
                raw = raw.replace(".", "")
        return super()._coerce(raw)

    def _format(self, value: Any, language: str) -> str:
        return f"1:{group_digits(value, 0, language)}"


MONEY_WORDS = {
    "vi": ((10**9, "tỷ"), (10**6, "triệu")),
    "en": ((10**9, "billion"), (10**6, "million")),
}


class MoneyType(IntegerType):
    """An amount in đồng, whole; big sums are shown with words beside the figures."""

    name = "money"

    def _coerce(self, raw: Any) -> float | int:
        if isinstance(raw, str):
            raw = re.sub(r"\s*(đồng|đ|vnđ|vnd)$", "", raw.strip(), flags=re.IGNORECASE)
            if re.fullmatch(r"\d{1,3}\.\d{3}", raw):  # 850.000 đồng: money has no fractions
                raw = raw.replace(".", "")
        return super()._coerce(raw)

    def brief(self, value: Any, language: str = "vi") -> str:
        """3619200000 → `3,62 tỷ đồng`; small sums as they are."""
        short = self._short(value, language) if isinstance(value, int | float) else ""
        return f"{short} {unit_in('đồng', language)}" if short else self.format(value, language)

    def _format(self, value: Any, language: str) -> str:
        text = f"{group_digits(value, 0, language)} {unit_in('đồng', language)}"
        short = self._short(value, language)
        return f"{text} ({short})" if short else text

    @staticmethod
    def _short(value: float, language: str) -> str:
        """`3,62 tỷ`; "" below a million."""
        for size, word in MONEY_WORDS["en" if language == "en" else "vi"]:
            if abs(value) >= size:
                short = group_digits(round(Decimal(value) / size, 2).normalize(), None, language)
                return f"{short} {word}"
        return ""


class BooleanType(FieldType):
    """có / không."""

    name = "boolean"
    sql_cast = "boolean"
    json_type = "boolean"

    def _coerce(self, raw: Any) -> bool:
        if isinstance(raw, bool):
            return raw
        text = str(int(raw) if isinstance(raw, float) and raw.is_integer() else raw).strip().lower()
        if text in TRUE:
            return True
        if text in FALSE:
            return False
        raise BadValue("not-a-boolean", "Viết có hoặc không.")

    def _format(self, value: Any, language: str) -> str:
        if not isinstance(value, bool):
            raise TypeError(value)
        words = ("Yes", "No") if language == "en" else ("Có", "Không")
        return words[0] if value else words[1]


class DateType(FieldType):
    """A day; stored as ISO 8601, shown as dd/mm/yyyy."""

    name = "date"

    def _coerce(self, raw: Any) -> str:
        if isinstance(raw, dt.datetime):
            return raw.date().isoformat()
        if isinstance(raw, dt.date):
            return raw.isoformat()
        return parse_moment(str(raw).strip()).date().isoformat()

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "date"}

    def _format(self, value: Any, language: str) -> str:
        return dt.date.fromisoformat(value).strftime("%d/%m/%Y")


class DateTimeType(FieldType):
    """A moment; without a zone it is local time (Asia/Ho_Chi_Minh).

    Stored as ISO 8601 with offset.
    """

    name = "datetime"

    def _coerce(self, raw: Any) -> str:
        if isinstance(raw, dt.datetime):
            moment = raw
        elif isinstance(raw, dt.date):
            moment = dt.datetime.combine(raw, dt.time())
        else:
            moment = parse_moment(str(raw).strip())
        moment = moment if moment.tzinfo else moment.replace(tzinfo=LOCAL_TIME)
        return moment.astimezone(LOCAL_TIME).isoformat(timespec="seconds")

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "date-time"}

    def _format(self, value: Any, language: str) -> str:
        moment = dt.datetime.fromisoformat(value).astimezone(LOCAL_TIME)
        return moment.strftime("%H:%M %d/%m/%Y")


@dataclass(frozen=True)
class ChoiceType(FieldType):
    """One of the declared values; files may write the value or its Vietnamese label."""

    name: ClassVar[str] = "choice"
    _lookup: dict[str, str] = field(default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        for choice in self.choices:
            for text in (choice.value, choice.vi, choice.en):
                self._lookup.setdefault(fold(text), choice.value)

    def _coerce(self, raw: Any) -> Any:
        text = str(FieldType._coerce(self, raw))
        found = self._lookup.get(fold(text))
        if found is None:
            allowed = ", ".join(c.vi for c in self.choices[:6])
            more = "…" if len(self.choices) > 6 else "."
            raise BadValue("not-a-choice", f"Chọn một trong: {allowed}{more}")
        return found

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "enum": [c.value for c in self.choices]}

    def _format(self, value: Any, language: str) -> str:
        return next((c.label(language) for c in self.choices if c.value == value), as_it_is(value))


class ChoicesType(ChoiceType):
    """Several of the declared values; files separate them by comma, semicolon or slash."""

    name = "choices"
    json_type = "array"

    def _coerce(self, raw: Any) -> list[str]:
        parts = raw if isinstance(raw, list) else re.split(r"[,;/|]", str(raw))
        return [ChoiceType._coerce(self, part) for part in parts if str(part).strip()]

    def json_schema(self) -> dict[str, Any]:
        return {"type": "array", "items": super().json_schema()}

    def _format(self, value: Any, language: str) -> str:
        if not isinstance(value, list):
            raise TypeError(value)
        return ", ".join(ChoiceType._format(self, v, language) for v in value) or "—"


class LandUseType(FieldType):
    """Land-use code(s) as the file writes them, upper case, `+` between several: `ONT+CLN`.

    Whether a code is known, and what a legacy code became, is `layers/landuse.py`'s matter.
    """

    name = "land_use"

    def _coerce(self, raw: Any) -> str:
        text = re.sub(r"\s*[+;,/]\s*", "+", str(super()._coerce(raw)).upper())
        if not re.fullmatch(r"[A-Z]{3}(\+[A-Z]{3})*", text):
            raise BadValue(
                "not-a-land-use-code", "Mã loại đất gồm 3 chữ cái, ví dụ ONT hoặc ONT+CLN."
            )
        return text


_TYPES: tuple[type[FieldType], ...] = (
    TextType,
    UnitType,
    UrlType,
    DecimalType,
    IntegerType,
    ScaleType,
    MoneyType,
    BooleanType,
    DateType,
    DateTimeType,
    ChoiceType,
    ChoicesType,
    LandUseType,
)
TYPES: dict[str, type[FieldType]] = {t.name: t for t in _TYPES}
