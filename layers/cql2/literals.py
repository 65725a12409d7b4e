"""Values as a filter writes them: checked so that the database can take each one, then bound."""

import datetime as dt
import re
import unicodedata
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from layers.cql2.refusal import Refusal, TooLarge
from layers.cql2.sql import Sql
from layers.cql2.typed import Typed
from layers.values import LOCAL_TIME

# Digits before or behind the point. The filter's operators cannot make 131,072 of them, where
# numeric ends.
MOST_DIGITS = 100
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MOMENT = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(Z|z|[+-]\d\d:\d\d)?", re.ASCII
)


def text(value: str, node: Any) -> Typed:
    """A text in the form that stored ones have (NFC). Raises Refusal for what cannot be stored."""
    value = unicodedata.normalize("NFC", value)
    try:
        value.encode()
    except UnicodeEncodeError as error:  # half a surrogate pair, from JSON
        raise Refusal(node, _("Chuỗi chữ có ký tự không hợp lệ.")) from error
    if "\x00" in value:
        raise Refusal(node, _("Chuỗi chữ có ký tự không hợp lệ."))
    return Typed("text", Sql("%s::text", (value,)), node, literal=True, value=value)


def number(value: Any, node: Any) -> Typed:
    """A number. Raises TooLarge for one with hundreds of digits."""
    exact = Decimal(value)
    if not exact.is_finite() or abs(exact.adjusted()) > MOST_DIGITS or _digits(exact) > MOST_DIGITS:
        raise TooLarge(node, _("Số quá lớn hoặc quá dài: tối đa %d chữ số.") % MOST_DIGITS)
    return Typed("number", Sql("%s::numeric", (exact,)), node, literal=True, value=exact)


def _digits(exact: Decimal) -> int:
    return len(exact.as_tuple().digits)


def boolean(value: bool, node: Any) -> Typed:
    """TRUE or FALSE."""
    return Typed("boolean", Sql("%s::boolean", (value,)), node, literal=True, value=value)


def date(value: Any, node: Any) -> Typed:
    """A day, `2026-07-01`. Raises Refusal."""
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise Refusal(node, _("Ngày viết dạng DATE('2026-07-01')."))
    try:
        day = dt.date.fromisoformat(value)
    except ValueError as error:
        raise Refusal(node, _("Không có ngày %s.") % value) from error
    return _instant("date", day.isoformat(), node)


def moment(value: Any, node: Any) -> Typed:
    """A moment, `2026-07-01T08:00:00Z`; without a zone it is local time. Raises Refusal."""
    found = _MOMENT.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise Refusal(node, _("Thời điểm viết dạng TIMESTAMP('2026-07-01T08:00:00Z')."))
    day, time, zone = found.groups()
    try:
        read = dt.datetime.fromisoformat(f"{day}T{time}{(zone or '').upper()}")
        local = read.astimezone(LOCAL_TIME) if zone else read.replace(tzinfo=LOCAL_TIME)
    except (ValueError, OverflowError) as error:
        raise Refusal(node, _("Không có thời điểm %s.") % value) from error
    return _instant("moment", _stored_form(local), node)


def _stored_form(local: dt.datetime) -> str:
    """As moments are stored: local time, whole seconds; a fraction only where there is one."""
    return local.isoformat(timespec="microseconds" if local.microsecond else "seconds")


def instant(value: str, node: Any) -> Typed:
    """A date or a moment, whichever the text is. Raises Refusal."""
    return date(value, node) if len(value) <= 10 else moment(value, node)


def _instant(kind: Any, value: str, node: Any) -> Typed:
    return Typed(kind, Sql("%s::text", (value,)), node, literal=True, value=value)


def by_day(instant_: Typed) -> Typed:
    """The local day of a date or moment."""
    if instant_.literal:
        return _instant("date", instant_.value[:10], instant_.node)
    if instant_.kind == "date":
        return instant_
    return Typed("date", Sql(f"left({instant_.sql.text}, 10)", instant_.sql.values), instant_.node)
