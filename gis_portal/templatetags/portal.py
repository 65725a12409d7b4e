"""How templates write numbers, days, sizes and colours: vi-VN, whatever the machine's locale.

Values of declared fields are formatted by their type (`layers/fieldtypes.py`); these filters are
for the figures that the portal adds.
"""

import datetime as dt

from django import template
from django.utils.dateformat import format as date_format
from django.utils.translation import get_language

from importers.issue_texts import text_of
from importers.models import ImportIssue
from layers.models import Layer
from layers.sentences import in_language
from layers.values import LOCAL_TIME, group_digits

register = template.Library()

SQUARE_METRES_PER_HECTARE = 10_000


def _language() -> str:
    return "en" if get_language() == "en" else "vi"


@register.filter
def number(value: float | None, digits: int = 0) -> str:
    """2159.6 → `2.159,6` with `digits` decimals; `—` for nothing."""
    return "—" if value is None else group_digits(value, digits, _language())


@register.filter
def day(value: dt.date | dt.datetime | None) -> str:
    """30/06/2026, in English 30 June 2026, in local time; `—` for nothing."""
    if value is None:
        return "—"
    if isinstance(value, dt.datetime):
        value = value.astimezone(LOCAL_TIME)
    if _language() == "en":
        return date_format(value, "j F Y")
    return value.strftime("%d/%m/%Y")


@register.filter
def area(square_metres: float | None) -> str:
    """m² up to ten hectares, hectares above: `2.159,6 m²`, `11.104,2 ha`; `—` for nothing."""
    if square_metres is None:
        return "—"
    if square_metres < 10 * SQUARE_METRES_PER_HECTARE:
        return f"{group_digits(square_metres, 1, _language())} m²"
    return f"{group_digits(square_metres / SQUARE_METRES_PER_HECTARE, 1, _language())} ha"


@register.filter
def distance(metres: float | None) -> str:
    """m up to ten kilometres, km above; `—` for nothing."""
    if metres is None:
        return "—"
    if metres < 10_000:
        return f"{group_digits(metres, 1, _language())} m"
    return f"{group_digits(metres / 1000, 1, _language())} km"


@register.filter
def pixel(metres: float) -> str:
    """The side of a pixel in as few decimals as say it: 10, 2,5, 0,15."""
    return number(metres, 2 if metres < 1 else 1 if metres < 10 and metres % 1 else 0)


@register.filter
def plain(value: float) -> str:
    """A number as addresses write it: decimal point, no groups."""
    return f"{value:.7f}".rstrip("0").rstrip(".")


@register.filter
def moment(value: dt.datetime | None) -> str:
    """30/06/2026 14:05, in local time; `—` for nothing."""
    return "—" if value is None else f"{day(value)} {value.astimezone(LOCAL_TIME):%H:%M}"


@register.filter
def layer_title(layer: Layer) -> str:
    """The layer's title in the reader's language."""
    return layer.title(_language())


@register.filter
def signed_area(square_metres: float) -> str:
    """As `area`, of a difference: `−2.159,6 m²`; the plus is the page's."""
    return f"−{area(-square_metres)}" if square_metres < 0 else area(square_metres)


@register.filter
def percent(share: float) -> str:
    """0.123 → `12,3 %`."""
    return f"{group_digits(share * 100, 1, _language())} %"


@register.filter
def issue_message(issue: ImportIssue) -> str:
    """What is wrong with a row, in the reader's language."""
    return str(text_of(issue.code).message)


@register.filter
def issue_hint(issue: ImportIssue) -> str:
    """What to do about it, in the reader's language."""
    return in_language(issue.hint)
