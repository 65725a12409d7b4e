"""The file of a package: whoever may see the layer may have it, while it holds what the tiles
hold.
"""

from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from layers.errors import MethodNotAllowed, VersionRetired
from layers.ondemand.download import Deliverable, deliver, preflight
from tiles.packages.asking import is_current, package_for
from tiles.packages.errors import PackageNotReady, UnknownPackage
from tiles.packages.model import Package

PMTILES = "application/vnd.pmtiles"


def download(request: HttpRequest, number: UUID, name: str) -> HttpResponseBase:
    """Whole or by ranges; OPTIONS for other sites' pages.

    Raises UnknownPackage, PackageNotReady, VersionRetired, ServiceBusy.
    """
    if request.method == "OPTIONS":
        return preflight()
    if request.method not in ("GET", "HEAD"):
        raise MethodNotAllowed
    package = package_for(number, lambda: request.user)
    if name != package.name:
        raise UnknownPackage
    if package.state != Package.READY or package.ready_at is None:
        raise PackageNotReady
    if not is_current(package):
        raise VersionRetired
    file = Deliverable(
        path=package.path,
        name=package.name,
        media_type=PMTILES,
        key=package.pk.hex,
        made=package.ready_at,
        for_all=package.layer.is_public,
    )
    try:
        return deliver(request, file)
    except FileNotFoundError as error:
        raise UnknownPackage from error
