"""Hoàng Sa and Trường Sa come before streets and schools of that name."""

from django.utils.translation import get_language

from layers.search.fold import words
from layers.search.results import Result
from layers.sovereignty import ARCHIPELAGOS

ZOOM = 5.5
# Words that may stand beside the name of an archipelago.
_WORDS = frozenset("quan dao huyen dac khu viet nam archipelago islands".split())


def find_archipelagos(text: str) -> list[Result]:
    """The archipelago that the text names, and nothing but names."""
    language, asked = get_language() or "vi", set(words(text))
    found = []
    for place in ARCHIPELAGOS:
        own = set(words(place.vi)) - _WORDS
        if own <= asked <= own | _WORDS:
            found.append(
                Result(
                    kind="place",
                    title=place.label(language),
                    subtitle=place.unit_en if language == "en" else place.unit_vi,
                    lon=place.lon,
                    lat=place.lat,
                    zoom=ZOOM,
                )
            )
    return found
