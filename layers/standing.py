"""A published layer as the API reads it at every request, not built anew while nothing changed.

Fetching a layer with its version and parsing its declaration takes longer than the database needs
for a page. So each process keeps what it fetched, with the marks of the rows that it came from, and
asks for the marks alone: PostgreSQL gives every state of a row its own (`xmin`, `ctid`). One query,
and never an answer from a state that is over.
"""

from collections import OrderedDict

from django.db import connection
from django.db.models.expressions import RawSQL

from layers.errors import UnknownLayer
from layers.models import Layer
from layers.permissions import User

# A layer with its parsed declaration takes some 100 KB.
KEPT = 200
_TABLES = ("layers_layer", "layers_layerversion", "layers_sector")
_MARKS = "ROW(" + ", ".join(f"{table}.xmin, {table}.ctid" for table in _TABLES) + ")::text"
_NOW = f"""SELECT {_MARKS} FROM layers_layer
JOIN layers_sector ON layers_sector.id = layers_layer.sector_id
LEFT JOIN layers_layerversion ON layers_layerversion.id = layers_layer.live_version_id
WHERE layers_layer.slug = %s"""  # noqa: S608 - names of ours
_known: OrderedDict[str, tuple[str, Layer]] = OrderedDict()


def standing_layer(slug: str, user: User | None) -> Layer:
    """The layer with its live version and sector, to be read, not changed: others read it too.

    Raises UnknownLayer, also when it is not for this reader.
    """
    known = _known.get(slug)
    if known is None or known[0] != _marks_now(slug):
        known = _fetched(slug)
    # Of the state that was just looked at.
    if not known[1].is_visible_to(user):
        raise UnknownLayer(slug)
    return known[1]


def _fetched(slug: str) -> tuple[str, Layer]:
    """By one statement, so that the marks are those of the rows."""
    every = Layer.objects.select_related("live_version", "sector")
    layer = every.annotate(marks=RawSQL(_MARKS, [])).filter(slug=slug).first()  # noqa: S611 - ours
    if layer is None:
        _known.pop(slug, None)
        raise UnknownLayer(slug)
    known = _known[slug] = vars(layer)["marks"], layer
    if len(_known) > KEPT:
        _known.popitem(last=False)
    return known


def _marks_now(slug: str) -> str | None:
    with connection.cursor() as cursor:
        cursor.execute(_NOW, [slug])
        found = cursor.fetchone()
        return found[0] if found else None
