"""`/api/collections/{slug}/packages` and `/api/packages/{id}`: ask for a package, see how far it
is, find its file.
"""

import re
from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.http.response import HttpResponseBase
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.response import Response

from layers.api import openapi
from layers.api.params import allow_only, read_bbox
from layers.api.resource import Resource, absolute, link, open_to_all, published_layer
from layers.api.wishes import Wishes, why_failed
from layers.errors import BadBbox
from tiles.packages import asking
from tiles.packages.areas import Box
from tiles.packages.download import PMTILES
from tiles.packages.errors import BadPackage
from tiles.packages.model import ALL, WHOLE, Package
from tiles.packages.schemas import PACKAGE, PACKAGES, WISH
from tiles.tilejson import bounds, zooms

Json = dict[str, Any]
TAG = "Packages"
WORDS = frozenset({"unit", "bbox", "min_zoom", "max_zoom"})
UNIT = re.compile(r"[0-9]{2,5}")
NUMBER = OpenApiParameter(
    "number", OpenApiTypes.UUID, OpenApiParameter.PATH, description="Mã của gói."
)


def described(request: Any, package: Package) -> Json:
    """A package as programs see it."""
    address = absolute(request, "api-package", package.pk)
    links = [
        link("self", address, "application/json"),
        link(
            "collection",
            absolute(request, "api-collection", package.layer.slug),
            "application/json",
        ),
    ]
    if package.state == Package.READY:
        links.append(link("enclosure", file_address(request, package), PMTILES, package.name))
    version = package.version
    return {
        "id": str(package.pk),
        "layer": package.layer.slug,
        "version": version.number,
        "data_date": version.data_date.isoformat() if version.data_date else None,
        "state": package.state,
        "area": _kind(package),
        "unit": package.unit.code if package.unit else None,
        "bbox": package.bounds,
        "min_zoom": package.min_zoom,
        "max_zoom": package.max_zoom,
        "tiles_done": package.tiles_done,
        "tiles_total": package.tiles_total,
        "size": package.size if package.state == Package.READY else None,
        "name": package.name,
        "made_at": package.ready_at.isoformat() if package.ready_at else None,
        "expires_at": package.expires_at.isoformat() if package.expires_at else None,
        "error": why_failed(package),
        "links": links,
    }


def _kind(package: Package) -> str:
    if package.area in (WHOLE, ALL):
        return "whole"
    return "unit" if package.area.startswith("unit:") else "bbox"


def file_address(request: Any, package: Package) -> str:
    """Whole address of the file."""
    path = reverse("api-package-file", args=[package.pk, package.name])
    return str(request.build_absolute_uri(path))


class Packages(Wishes):
    """The package of the whole layer, and asking for one."""

    @extend_schema(
        operation_id="getPackages",
        tags=[TAG],
        summary="Gói bản đồ ngoại tuyến của một lớp",
        parameters=[openapi.SLUG, openapi.LANG],
        responses=openapi.answers(PACKAGES, 400, 404),
    )
    def get(self, request: Request, slug: str) -> HttpResponseBase:
        """What there is, and what may be asked for."""
        layer, version = published_layer(slug, request)
        allow_only(request.GET, ("lang", "f"))
        found = asking.whole_of(layer)
        first, last = zooms(layer.parsed)
        body = {
            "packages": [described(request, found)] if found else [],
            "min_zoom": first,
            "max_zoom": last,
            "bbox": bounds(version),
            "links": [link("self", absolute(request, "api-packages", slug), "application/json")],
        }
        return _kept_by_nobody(Response(body))

    @extend_schema(
        operation_id="askForPackage",
        tags=[TAG],
        summary="Yêu cầu làm gói: cả lớp, một xã (unit) hoặc một khung (bbox)",
        parameters=[openapi.SLUG, openapi.LANG],
        request=WISH,
        responses={
            **openapi.answers(PACKAGE, 400, 403, 404, 422, 429, 503),
            (202, "application/json"): PACKAGE,
        },
    )
    def post(self, request: Request, slug: str) -> HttpResponseBase:
        """202 with `Location` while it is being made, 200 when it is there."""
        layer, _version = published_layer(slug, request)
        wish = wish_of(request)
        area = asking.area_for(layer, unit=wish.unit, box=wish.box)
        low, high = asking.zooms_for(layer, wish.low, wish.high)
        asker = asking.asker_of(request._request)
        package = asking.ask(layer, area, low, high, asker)
        status = 200 if package.state == Package.READY else 202
        response = Response(described(request, package), status=status)
        response.headers["Location"] = absolute(request, "api-package", package.pk)
        return _kept_by_nobody(response)


class OnePackage(Resource):
    """One package: how far it is."""

    @extend_schema(
        operation_id="getPackage",
        tags=[TAG],
        summary="Một gói: đang chờ, đang làm, đã xong, địa chỉ tải",
        parameters=[NUMBER, openapi.LANG],
        responses=openapi.answers(PACKAGE, 400, 404),
    )
    def get(self, request: Request, number: UUID) -> HttpResponseBase:
        """To be asked now and then."""
        allow_only(request.GET, ("lang", "f"))
        package = asking.package_for(number, lambda: request.user)
        return _kept_by_nobody(Response(described(request, package)))


class Wish:
    """What a caller asks for, read strictly. Raises BadPackage, BadBbox."""

    def __init__(self, given: Json) -> None:
        strange = sorted(set(given) - WORDS)
        if strange:
            raise BadPackage(", ".join(strange)[:60])
        self.unit = _unit(given.get("unit"))
        self.box = _box(given.get("bbox"))
        self.low, self.high = _whole(given, "min_zoom"), _whole(given, "max_zoom")


def wish_of(request: Request) -> Wish:
    """From JSON or a form, in UTF-8 whatever the caller names."""
    request.parser_context["encoding"] = "utf-8"
    try:
        data = request.data
    # JSON that is nested too deep ends in RecursionError.
    except (ParseError, ValueError, RecursionError) as error:
        raise BadPackage from error
    if not isinstance(data, dict):
        raise BadPackage
    given = {name: data.get(name) for name in data}
    return Wish(filled(given) if isinstance(data, QueryDict) else given)


def filled(form: Json) -> Json:
    """The boxes of a form that somebody wrote in; in JSON an empty text is a mistake."""
    return {name: value for name, value in form.items() if value != ""}


def _unit(value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str) or not UNIT.fullmatch(value):
        raise BadPackage("unit")
    return value


def _whole(given: Json, name: str) -> int | None:
    value = given.get(name)
    if value is None:
        return None
    text = str(value) if _is_plain(value) else ""
    if not (text.isascii() and text.isdigit() and len(text) <= 2):
        raise BadPackage(f"{name}={text[:20]}")
    return int(text)


def _box(value: Any) -> Box | None:
    if value is None:
        return None
    parts = value if isinstance(value, list) else [value]
    if not all(_is_plain(part) for part in parts):
        raise BadBbox
    box = read_bbox(",".join(map(str, parts)))
    if box.crosses_180:
        raise BadBbox
    return box.corners


def _is_plain(value: Any) -> bool:
    """A text or a number: nothing nested."""
    return isinstance(value, str | int | float) and not isinstance(value, bool)


def _kept_by_nobody(response: Response) -> HttpResponseBase:
    response.headers["Cache-Control"] = "no-store"
    return open_to_all(response)
