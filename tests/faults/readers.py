"""What readers of the portal see, asked from outside, and the verdict about it.

Items through the API page by page, the tile and its address, the states of all versions: compared
with the two states that are allowed. Anything else is `unknown`, and a failure.
"""

import hashlib
import json
import math
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote, urlsplit

import mapbox_vector_tile
from django.db import connection
from django.test import Client

from layers.crs import VN2000, WGS84, transform_point
from layers.models import Layer, LayerVersion
from tests.importers.made import EAST, NORTH

OLD, NEW, UNKNOWN = "old", "new", "unknown"
_PAGE = 1000
_ZOOM = 14

Face = dict[str, Any]


def face(slug: str) -> Face:
    """All that readers can tell apart, and `sound`: whether the versions' states agree with it."""
    layer = Layer.objects.get(slug=slug)
    features = sorted(_items(slug), key=lambda f: str(f["id"]))
    digest = hashlib.sha256(json.dumps(features, sort_keys=True).encode()).hexdigest()
    return {
        "items": len(features),
        "digest": digest,
        "tile": _tile(slug, layer.live_version_id),
        "sound": _is_sound(layer),
    }


def verdict(seen: Face, old: Face, new: Face) -> str:
    """`old`, `new`, or `unknown` for everything in between."""
    if not seen["sound"]:
        return UNKNOWN
    return OLD if seen == old else NEW if seen == new else UNKNOWN


def _items(slug: str) -> Iterator[dict[str, Any]]:
    address = f"/api/collections/{slug}/items?limit={_PAGE}"
    while address:
        page = Client().get(address).json()
        yield from page["features"]
        links = [link["href"] for link in page["links"] if link["rel"] == "next"]
        parts = urlsplit(links[0]) if links else None
        address = f"{parts.path}?{parts.query}" if parts else ""


def _tile(slug: str, live: int | None) -> str:
    """The digest of what a tile holds at the address that TileJSON gives; it names the version."""
    told = Client().get(f"/tiles/{slug}/tilejson.json").json()
    pattern = unquote(urlsplit(told["tiles"][0]).path)
    x, y = _tile_of_the_plots()
    answer = Client().get(pattern.format(z=_ZOOM, x=x, y=y))
    if answer.status_code != HTTPStatus.OK or f"/{live}/" not in pattern:
        return f"status {answer.status_code} at {pattern}, live is {live}"
    held = mapbox_vector_tile.decode(answer.content)
    shown = [str(sorted(f["properties"].items())) for k in held.values() for f in k["features"]]
    return hashlib.sha256(json.dumps(sorted(shown)).encode()).hexdigest()


def _tile_of_the_plots() -> tuple[int, int]:
    """x and y of the tile in the middle of the squares that the tests make."""
    lon, lat = transform_point(EAST + 400, NORTH + 400, VN2000[5899], WGS84)
    size = 2**_ZOOM
    north = 1 - math.asinh(math.tan(math.radians(lat))) / math.pi
    return int((lon + 180) / 360 * size), int(north / 2 * size)


def _is_sound(layer: Layer) -> bool:
    """One version is published, it is the live one, and its table is part of the whole."""
    published = list(
        LayerVersion.objects.filter(layer=layer, state=LayerVersion.PUBLISHED).values_list(
            "pk", flat=True
        )
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid "
            "WHERE c.relname = %s",
            [f"layers_feature_v{layer.live_version_id}"],
        )
        attached = cursor.fetchone()[0] == 1
    return published == [layer.live_version_id] and attached
