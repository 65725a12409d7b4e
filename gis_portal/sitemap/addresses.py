"""Which pages search engines find: those about the portal and its layers, and a page for each lot
and parcel of the public layers' live versions.

A file of the sitemap takes a span of `SPAN` numbers of a version's rows: no count is needed to know
how many files there are, each is one walk along the primary key, and none holds more than `SPAN`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.urls import reverse

from gis_portal.auctions.lots import SLUG as LOTS
from gis_portal.figures.declared import indicators
from layers.models import Layer, LayerVersion
from layers.standing import standing_layers

# The protocol allows 50,000 addresses a file.
SPAN = 50_000
# Rows that are read, written and sent at a time.
SLICE = 5_000
_PAGES = ("home", "auctions", "layer-list", "figures", "reports", "api-docs")
_ENDS = "SELECT min(id), max(id) FROM layers_feature WHERE version_id = {version}"
_UIDS = """
SELECT uid::text FROM layers_feature
WHERE version_id = {version} AND id >= %s AND id < %s ORDER BY id
"""


@dataclass(frozen=True)
class Listed:
    """A public layer whose features have pages of their own; `page` is the name of the address."""

    layer: Layer
    version: LayerVersion
    page: str


@dataclass(frozen=True)
class Address:
    """A page by its path, and when what it shows was published."""

    path: str
    changed: datetime | None = None


def listed() -> list[Listed]:
    """Registers of parcels and the lots, where everybody may see them."""
    found = []
    for layer in standing_layers(None):
        page = "lot" if layer.slug == LOTS else "parcel" if layer.parsed.land.register else ""
        if page and layer.live_version:
            found.append(Listed(layer, layer.live_version, page))
    return found


def pages() -> list[Address]:
    """The portal's own pages, and those of public layers."""
    layers = {layer.slug: layer for layer in standing_layers(None)}
    moments = {
        slug: layer.live_version.published_at
        for slug, layer in layers.items()
        if layer.live_version
    }
    told = [i for i in indicators() if i.layer in layers and i.fits(layers[i.layer].parsed)]
    newest = max(filter(None, moments.values()), default=None)
    return [
        *(Address(reverse(name), newest if name == "home" else None) for name in _PAGES),
        *(Address(reverse("figure", args=[each.key]), moments[each.layer]) for each in told),
        *(Address(reverse("layer-page", args=[slug]), at) for slug, at in moments.items()),
    ]


def spans(version: LayerVersion) -> int:
    """How many files the version's features take. One look at each end of the primary key."""
    first, last = _ends(version)
    return 0 if first is None or last is None else (last - first) // SPAN + 1


def slices(of: Listed, number: int) -> Iterator[list[Address]]:
    """The addresses of one file, `SLICE` rows at a time; nothing beyond the last file."""
    first, last = _ends(of.version)
    if first is None or last is None:
        return
    start = first + (number - 1) * SPAN
    end = min(start + SPAN, last + 1)
    for low in range(start, end, SLICE):
        yield list(_addresses(of, _uids(of.version, low, min(low + SLICE, end))))


def _addresses(of: Listed, uids: Iterable[str]) -> Iterator[Address]:
    # Resolving an address takes longer than everything else: once.
    nobody = "00000000-0000-0000-0000-000000000000"
    before, _uid, behind = reverse(of.page, args=[nobody]).partition(nobody)
    for uid in uids:
        yield Address(f"{before}{uid}{behind}", of.version.published_at)


def _ends(version: LayerVersion) -> tuple[int | None, int | None]:
    with connection.cursor() as cursor:
        cursor.execute(_ENDS.format(version=int(version.pk)))
        first, last = cursor.fetchone()
    return first, last


def _uids(version: LayerVersion, low: int, end: int) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(_UIDS.format(version=int(version.pk)), [low, end])
        return [uid for (uid,) in cursor.fetchall()]
