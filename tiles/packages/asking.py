"""Packages of tiles for maps without a network: who may ask for which, and who may have them.

A package of the whole layer is made once a version, for everybody who may see the layer. One of an
area is made for whoever asks and goes after some days.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from layers.catalogue import live_version
from layers.models import Layer
from layers.ondemand import asking as about_asking
from layers.ondemand.asking import Asker
from tiles.packages import areas
from tiles.packages.areas import Area
from tiles.packages.errors import BadPackage, PackagesFull, TooManyPackages, UnknownPackage
from tiles.packages.model import ALL, WHOLE, Package, is_full
from tiles.packages.queue import QUEUE
from tiles.source import source_for
from tiles.tilejson import bounds, zooms


def asker_of(request: HttpRequest) -> Asker:
    """Who asks for a package."""
    return about_asking.asker_of(request, "package")


def digest_of(layer: Layer) -> str:
    """What the tiles of the layer's live version hold, in short."""
    source = source_for(layer.parsed, live_version(layer).pk, is_public=layer.is_public)
    return source.digest


def whole_of(layer: Layer) -> Package | None:
    """The package of the whole live version, if somebody has asked for it."""
    first, last = zooms(layer.parsed)
    found = Package.objects.select_related("layer", "version", "unit").filter(
        version_id=layer.live_version_id,
        digest=digest_of(layer),
        area=WHOLE,
        min_zoom=first,
        max_zoom=last,
    )
    package = found.first()
    return None if package is None or package.is_lost else package


def area_for(layer: Layer, *, unit: str = "", box: areas.Box | None = None) -> Area:
    """The wished area, cut to the layer. Raises BadPackage, UnknownUnit."""
    edges = bounds(live_version(layer))
    if unit and box:
        raise BadPackage("unit, bbox")
    if unit:
        return areas.of_unit(unit, edges)
    return areas.of_box(box, edges) if box else areas.whole(edges)


def zooms_for(layer: Layer, low: int | None, high: int | None) -> tuple[int, int]:
    """The wished zooms; what is not said is the layer's own. Raises BadPackage."""
    first, last = zooms(layer.parsed)
    low, high = first if low is None else low, last if high is None else high
    if not first <= low <= high <= last:
        raise BadPackage(f"{low}–{high}: {first}–{last}")
    return low, high


def ask(layer: Layer, area: Area, low: int, high: int, asker: Asker) -> Package:
    """The package, made or waiting to be made; the same wish gives the same package.

    The layer is one that the asker may see. Raises PackageTooLarge, TooManyPackages, PackagesFull.
    """
    total = areas.count(area, low, high)
    if area.words == WHOLE and (low, high) != zooms(layer.parsed):
        area = replace(area, words=ALL)
    wish = {
        "version_id": live_version(layer).pk,
        "digest": digest_of(layer),
        "area": area.words,
        "min_zoom": low,
        "max_zoom": high,
    }
    more = {
        "layer": layer,
        "unit": area.unit,
        "bounds": list(area.box),
        "tiles_total": total,
    }
    is_whole = area.words == WHOLE
    return about_asking.ask(
        QUEUE,
        wish,
        more,
        asker,
        check_room=lambda: _check_room(asker, is_whole=is_whole),
        too_many=TooManyPackages,
    )


def _check_room(asker: Asker, *, is_whole: bool) -> None:
    """Raises TooManyPackages, PackagesFull."""
    about_asking.check_places(
        Package.objects.all(),
        None if is_whole else Package.objects.exclude(area=WHOLE),
        asker,
        waiting=settings.PORTAL_PACKAGES_WAITING,
        each=settings.PORTAL_PACKAGES_EACH,
        too_many=TooManyPackages,
    )
    if is_full(is_whole=is_whole):
        raise PackagesFull


def package_for(number: Any, user: Callable[[], Any]) -> Package:
    """The package, when this reader may see its layer. Raises UnknownPackage.

    `user` is called only when the layer is internal: asking who it is makes caches see the cookie.
    """
    rows = Package.objects.select_related("layer__live_version", "version", "unit")
    package = rows.filter(pk=number).first()
    if package is not None and not package.layer.is_public:
        visible = Layer.objects.visible_to(user()).filter(pk=package.layer_id)
        package = package if visible.exists() else None
    if package is None or (package.expires_at and package.expires_at < timezone.now()):
        raise UnknownPackage
    return package


def is_current(package: Package) -> bool:
    """The file holds what the tiles of the layer hold today."""
    layer = package.layer
    return layer.live_version_id == package.version_id and digest_of(layer) == package.digest
