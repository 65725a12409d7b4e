"""How pages of the workbench write measures; what was made for a planner meanwhile."""

from typing import Any

from django import template
from django.utils.translation import get_language

from gis_portal.planner.models import Analysis
from gis_portal.planner.results import quota
from gis_portal.planner.results.files.listing import told_to
from gis_portal.planner.workbench.shown_numbers import shown as written

register = template.Library()


@register.filter
def shown(value: float | None, measure: str) -> str:
    """12345 with `area_m2` → `1,23 ha`."""
    return written(measure, value)


@register.filter
def hundredfold(share: float) -> str:
    """0.5 → `50.00`, with a point: an attribute of SVG."""
    return f"{100 * share:.2f}"


@register.filter
def titled(analysis: Analysis) -> str:
    """A question's title in the reader's language, where it has one."""
    title = analysis.document.get("title", {}) if isinstance(analysis.document, dict) else {}
    return str((title.get("en") if get_language() == "en" else "") or analysis.title)


@register.inclusion_tag("planner/files_told.html", takes_context=True)
def files_told(context: dict[str, Any]) -> dict[str, Any]:
    """Files that this planner asked for, the room of what they keep, the way to their keys."""
    user = context["request"].user
    return {"files": told_to(user), "room": quota.room_of(user)}
