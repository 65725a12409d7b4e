"""A published layer as the API reads it at every request, not built anew while nothing changed.

Fetching a layer with its version and parsing its declaration takes longer than the database needs
for a page. So each process keeps what it fetched, with the marks of the rows that it came from, and
asks for the marks alone: PostgreSQL gives every state of a row its own (`xmin`, `ctid`). One query,
for one layer or for all of them, and never an answer from a state that is over.
"""

from collections import OrderedDict

from django.db import connection
from django.db.models.expressions import RawSQL

from layers.errors import UnknownLayer
from layers.models import Layer
from layers.permissions import User

# A layer with its parsed declaration takes some 100 KB.
KEPT = 200
_TABLES = ("layers_layer", "layers_layerversion", "layers_sector", "layers_writtenrows")
_MARKS = "ROW(" + ", ".join(f"{table}.xmin, {table}.ctid" for table in _TABLES) + ")::text"
_NOW = f"""SELECT layers_layer.slug, {_MARKS} FROM layers_layer
JOIN layers_sector ON layers_sector.id = layers_layer.sector_id
LEFT JOIN layers_layerversion ON layers_layerversion.id = layers_layer.live_version_id
LEFT JOIN layers_writtenrows ON layers_writtenrows.version_id = layers_layerversion.id
"""  # noqa: S608 - names of ours
_ONE = "WHERE layers_layer.slug = %s"
_ALL = "ORDER BY layers_layer.position, layers_layer.slug"
_PUBLISHED = f"WHERE layers_layer.live_version_id IS NOT NULL {_ALL}"
_known: OrderedDict[str, tuple[str, Layer]] = OrderedDict()


def standing_layer(slug: str, user: User | None) -> Layer:
    """The layer with its live version and sector, to be read, not changed: others read it too.

    Raises UnknownLayer, also when it is not for this reader.
    """
    known = _known.get(slug)
    if known is None or known[0] != _marks_now(_ONE, slug).get(slug):
        known = _fetched([slug]).get(slug)
    # Of the state that was just looked at.
    if known is None or not known[1].is_visible_to(user):
        raise UnknownLayer(slug)
    return known[1]


def standing_layers(user: User | None, *, published: bool = True) -> list[Layer]:
    """All published layers that this reader may see, in the order of the list; as above. With
    `published` False also those of which nothing is published.
    """
    now = _marks_now(_PUBLISHED if published else _ALL)
    known = {slug: kept for slug in now if (kept := _known.get(slug)) and kept[0] == now[slug]}
    changed = [slug for slug in now if slug not in known]
    if changed:
        known |= _fetched(changed)
    layers = [known[slug][1] for slug in now if slug in known]
    return [
        layer
        for layer in layers
        if (layer.live_version or not published) and layer.is_visible_to(user)
    ]


def _fetched(slugs: list[str]) -> dict[str, tuple[str, Layer]]:
    """By one statement, so that the marks are those of the rows."""
    every = Layer.objects.select_related("live_version__written", "sector")
    layers = every.annotate(marks=RawSQL(_MARKS, [])).filter(slug__in=slugs)  # noqa: S611 - ours
    found = {layer.slug: (vars(layer)["marks"], layer) for layer in layers}
    for slug in slugs:
        _known.pop(slug, None)
    _known.update(found)
    while len(_known) > KEPT:
        _known.popitem(last=False)
    return found


def _marks_now(which: str, *values: str) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(_NOW + which, values)
        return dict(cursor.fetchall())
