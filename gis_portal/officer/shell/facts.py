"""What the page knows without asking: grids, land-use purposes, limits of map error, addresses.

Public and the same for everybody, in both languages. Mirrored in
`frontend/src/officer/shell/config.ts`.
"""

import csv
from pathlib import Path
from typing import Any

from django.conf import settings
from django.shortcuts import resolve_url
from django.urls import reverse

from gis_portal.maps.grids import definitions_for_browser
from layers.landuse import land_uses

# Circular 25/2014, article 7.4: how far a corner may lie from where it is drawn, by map scale;
# half as much again on agricultural land where the circular says so.
ACCURACY = Path(__file__).parent / "boundary_accuracy.csv"
AGRICULTURAL = "NNP"
LANGUAGES = ("vi", "en")


def page_facts() -> dict[str, Any]:
    """The page's configuration, JSON-ready."""
    return {
        "name": {"vi": settings.PORTAL_NAME_VI, "en": settings.PORTAL_NAME_EN},
        "signInUrl": f"{resolve_url(settings.LOGIN_URL)}?next={reverse('officer')}",
        "worker": reverse("officer-worker"),
        "styles": {
            language: {
                theme: reverse("officer-style", args=[language, theme])
                for theme in ("light", "dark")
            }
            for language in LANGUAGES
        },
        "homeView": list(settings.PORTAL_HOME_VIEW),
        "grids": definitions_for_browser(),
        "landUses": _land_uses(),
        "mapErrors": map_errors(),
    }


def map_errors() -> list[dict[str, float]]:
    """Scale denominator, largest error of a corner in metres, the same on agricultural land."""
    with ACCURACY.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        {
            "scale": int(row["scale"]),
            "metres": float(row["error_cm"]) / 100,
            "agricultural": float(row["error_agricultural_cm"] or row["error_cm"]) / 100,
        }
        for row in rows
    ]


def _land_uses() -> dict[str, dict[str, Any]]:
    parents = {use.code: use.parent_code for use in land_uses()}

    def is_agricultural(code: str) -> bool:
        seen = set[str]()
        while code and code not in seen:
            if code == AGRICULTURAL:
                return True
            seen.add(code)
            code = parents.get(code, "")
        return False

    return {
        use.code: {
            "vi": use.name_vi,
            "en": use.name_en,
            "colour": use.colour,
            "agricultural": is_agricultural(use.code),
        }
        for use in land_uses()
    }
