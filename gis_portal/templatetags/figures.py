"""How the dashboard writes its numbers."""

from django import template
from django.utils.translation import get_language

from gis_portal.figures.panels import Panel
from gis_portal.figures.tables import Sums, in_hectares
from layers.fieldtypes import TYPES
from layers.values import group_digits

register = template.Library()


def _language() -> str:
    return "en" if get_language() == "en" else "vi"


@register.filter
def hectares(square_metres: float) -> str:
    """111040006.7 → `11.104,0`."""
    return in_hectares(square_metres, _language())


@register.filter
def kilometres(metres: float) -> str:
    """12345 → `12,3`."""
    return group_digits(metres / 1000, 1, _language())


@register.filter
def money(dong: float) -> str:
    """3619200000 → `3,62 tỷ đồng`."""
    return TYPES["money"]().brief(round(dong), _language())


@register.filter
def amount(sums: Sums, panel: Panel) -> str:
    """The summed field as its type writes it in short: `3,62 tỷ đồng`."""
    field = panel.layer.parsed.by_name[panel.indicator.amount]
    if field.type.name == "money":
        return money(sums.amount)
    return f"{group_digits(sums.amount, 1, _language())} {field.type.unit}".strip()
