"""How templates write sums and moments of auctions."""

import datetime as dt

from django import template
from django.utils.translation import get_language

from layers.fieldtypes import MoneyType
from layers.values import group_digits, unit_in

register = template.Library()


def _language() -> str:
    return "en" if get_language() == "en" else "vi"


@register.filter
def money(value: float | None) -> str:
    """3619200000 → `3.619.200.000 đồng`, in English VND; `—` for nothing."""
    if value is None:
        return "—"
    return f"{group_digits(round(value), 0, _language())} {unit_in('đồng', _language())}"


@register.filter
def short_money(value: float | None) -> str:
    """3619200000 → `3,62 tỷ đồng`; `—` for nothing."""
    return "—" if value is None else MoneyType().brief(round(value), _language())


@register.filter
def iso(value: dt.datetime | None) -> str:
    """A moment as programs read it."""
    return value.isoformat() if value else ""
