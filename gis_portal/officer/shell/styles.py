"""The map's style for the phone: the public one, whose tiles are those of the packs.

Sources carry no address: the app puts the packs' tiles there (`frontend/src/officer/map/style.ts`).
"""

from typing import Any

from django.contrib.auth.models import AnonymousUser

from gis_portal.maps.style import build_style
from layers.catalogue import visible_layers


def offline_style(language: str, theme: str) -> dict[str, Any]:
    """What everybody may see, and nothing that only its reader may: it is kept on the device."""
    style = build_style(
        visible_layers(AnonymousUser()).published(), root="", language=language, theme=theme
    )
    for source in style["sources"].values():
        if source["type"] == "vector":
            for part in ("tiles", "bounds", "minzoom", "maxzoom"):
                source.pop(part, None)
    return style
