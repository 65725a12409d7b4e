"""Packages of tiles for maps without a network: who may ask for which, and who may have them.

A package of the whole layer is made once a version, for everybody who may see the layer. One of an
area is made for whoever asks and goes after some days.
"""

import datetime as dt
import hmac
import ipaddress
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, QuerySet, Sum
from django.http import HttpRequest
from django.utils import timezone

from layers.catalogue import live_version
from layers.models import Layer
from tiles.packages import areas, queue
from tiles.packages.areas import Area
from tiles.packages.errors import BadPackage, PackagesFull, TooManyPackages, UnknownPackage
from tiles.packages.model import ALL, WHOLE, Package, is_full
from tiles.source import source_for
from tiles.tilejson import bounds, zooms

# While one asks, nobody else is counted.
ASKING = 7032
# Of the places to wait in, areas for people who have not signed in may take this share.
ANONYMOUS = 0.5
# What failed counts so long against whoever asked, each time that it was begun.
FAILURES = dt.timedelta(hours=1)
# One wish is begun so often within that time, whoever asks.
MOST_BEGUN = 5
NETWORK_6 = 64


@dataclass(frozen=True)
class Asker:
    """Who asks: a person who has signed in, or the host of one who has not."""

    user: Any = None
    host: str = ""


def asker_of(request: HttpRequest) -> Asker:
    """From a request; the address is kept as a keyed digest only."""
    if request.user.is_authenticated:
        return Asker(user=request.user)
    key = settings.SECRET_KEY.encode()
    digest = hmac.new(key, b"package " + _household(_address(request)).encode(), "sha256")
    return Asker(host=digest.hexdigest()[:32])


def _address(request: HttpRequest) -> str:
    """The caller's address: as so many proxies of ours report it, nobody else is believed."""
    near = str(request.META.get("REMOTE_ADDR", ""))
    proxies = settings.PORTAL_PROXIES
    told = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    return told[-proxies] if 0 < proxies <= len(told) and told[-proxies] else near


def _household(address: str) -> str:
    """Who counts as one: an IPv4 address; of IPv6 the network, each has 2^64 addresses in it."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        mapped = found.ipv4_mapped
        return str(mapped or ipaddress.IPv6Network((int(found), NETWORK_6), strict=False))
    return str(found)


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
    return None if package is None or _is_lost(package) else package


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
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [ASKING])
        wish = {
            "version_id": live_version(layer).pk,
            "digest": digest_of(layer),
            "area": area.words,
            "min_zoom": low,
            "max_zoom": high,
        }
        found = Package.objects.select_related("layer", "version", "unit").filter(**wish).first()
        if found is not None and (found.is_open or found.is_there):
            return found
        if found is not None and _is_lost(found):
            queue.throw_away(found)
        _check_room(asker, is_whole=area.words == WHOLE)
        begun = _begun_already(found)
        package = Package.objects.create(
            layer=layer,
            unit=area.unit,
            bounds=list(area.box),
            asked_by=asker.user,
            host=asker.host,
            tiles_total=total,
            attempts=begun,
            **wish,
        )
        queue.call()
    return package


def _is_lost(package: Package) -> bool:
    """It was made, but has expired or its file is gone: as if nobody had asked."""
    return package.state == Package.READY and not package.is_there


def _begun_already(found: Package | None) -> int:
    """How often the same wish was begun and failed just now; that row goes.

    Raises TooManyPackages.
    """
    if found is None or found.state != Package.FAILED:
        return 0
    found.delete()
    if not found.started_at or found.started_at < timezone.now() - FAILURES:
        return 0
    if found.attempts >= MOST_BEGUN:
        raise TooManyPackages
    return found.attempts


def _check_room(asker: Asker, *, is_whole: bool) -> None:
    """Raises TooManyPackages, PackagesFull."""
    waiting = Package.objects.filter(state__in=(Package.WAITING, Package.BUILDING))
    most = settings.PORTAL_PACKAGES_WAITING
    if waiting.count() >= most:
        raise TooManyPackages
    if not is_whole:
        own = Package.objects.exclude(area=WHOLE)
        if asker.user is None:
            strangers = waiting.exclude(area=WHOLE).filter(asked_by=None)
            if strangers.count() >= max(1, int(most * ANONYMOUS)):
                raise TooManyPackages
            own = own.filter(host=asker.host)
        else:
            own = own.filter(asked_by=asker.user)
        if _weight(own) >= settings.PORTAL_PACKAGES_EACH:
            raise TooManyPackages
    if is_full(is_whole=is_whole):
        raise PackagesFull


def _weight(own: QuerySet[Package]) -> int:
    """How much of the server somebody has: what waits or is kept, and what failed just now."""
    failed = Q(state=Package.FAILED)
    just_now = failed & Q(started_at__gt=timezone.now() - FAILURES)
    begun = own.filter(just_now).aggregate(times=Sum("attempts", default=0))
    return own.exclude(failed).count() + int(begun["times"])


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
