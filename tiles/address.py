"""The parts of an address that vector tiles and pictures have in common, checked before any query:
the database cannot even be asked for some texts (NUL).
"""

from django.http import HttpRequest

from layers.definition import SLUG
from layers.errors import UnknownLayer, UnknownVersion
from layers.models import Layer


def slug_of(text: str) -> str:
    """A layer's name. Raises UnknownLayer for what can be none."""
    if not SLUG.fullmatch(text):
        raise UnknownLayer
    return text


def version_of(text: str) -> int:
    """A version's number in the database. Raises UnknownVersion for what can be none."""
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise UnknownVersion
    return int(text)


def check_reader(request: HttpRequest, slug: str) -> None:
    """Raises UnknownLayer unless whoever asks may see the layer: unknown and forbidden answer the
    same.
    """
    if not Layer.objects.visible_to(request.user).filter(slug=slug).exists():
        raise UnknownLayer
