"""A new question about a private area: of the land register what lies in it, by commune."""

from typing import Any
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _

from gis_portal.planner.models import PlannerArea
from gis_portal.planner.permissions import areas_visible_to
from gis_portal.planner.workbench.page_config import DATES
from layers.permissions import User

Json = Any
# Names of areas are shorter; titles have a limit.
TITLE = 200


def asked_area(user: User | None, number: str) -> PlannerArea | None:
    """One's own; None for anything else."""
    try:
        pk = UUID(number)
    except ValueError:
        return None
    return areas_visible_to(user).filter(pk=pk).first()


def about_area(area: PlannerArea, layer: str) -> Json:
    """What of the layer lies in it."""
    return {
        "analysis": "1.0",
        "title": {language: _title(area.name, language) for language in ("vi", "en")},
        "inputs": {"layer1": {"layer": layer}, "area1": {"area": str(area.pk)}},
        "steps": [
            {
                "id": "step1",
                "op": "overlay",
                "kind": "intersection",
                "of": "layer1",
                "with": "area1",
            }
        ],
        "result": {
            "of": "step1",
            "group_by": [{"units": "commune", "on": DATES[0]}],
            "measures": ["count", "area_m2", "share"],
        },
        "slivers": {"area_m2": 1, "width_m": 0.2},
        "grid": "auto",
    }


def _title(name: str, language: str) -> str:
    with translation.override(language):
        return str(_("Trong vùng “%(name)s” có gì") % {"name": name})[:TITLE]
