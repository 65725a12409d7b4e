"""`/api/collections/{slug}/export.{format}`, `…/exports` and `/api/exports/{id}`: a collection or a
selection of it as a file, at once or made in the background.
"""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import urlencode
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.response import Response

from layers.api import exports_schemas, openapi
from layers.api.params import allow_only
from layers.api.render import GEOJSON, not_modified, version_etag, with_cache_headers
from layers.api.resource import Resource, absolute, language, link, open_to_all, published_layer
from layers.api.wishes import Wishes, why_failed
from layers.errors import (
    LayerNotPublished,
    MethodNotAllowed,
    VersionRetired,
)
from layers.exports import asking, sending
from layers.exports.errors import BadExport, ExportNotReady, ExportTooLarge, UnknownExport
from layers.exports.formats import FORMATS
from layers.exports.size import size_hint
from layers.exports.wish import Wish, read_wish
from layers.models import Export, Layer, LayerVersion
from layers.ondemand.download import Deliverable, deliver, preflight
from layers.past import version_at
from layers.queries import count_matching

Json = dict[str, Any]
TAG = "Exports"
JSON = "application/json"
NUMBER = OpenApiParameter(
    "number", OpenApiTypes.UUID, OpenApiParameter.PATH, description="Mã của tệp xuất."
)
FORMAT = OpenApiParameter(
    "ending",
    str,
    OpenApiParameter.PATH,
    enum=list(FORMATS),
    description="Định dạng của tệp.",
)


def version_for(wish: Wish, layer: Layer, live: LayerVersion) -> LayerVersion:
    """The version that answers. Raises VersionNotKept, LayerNotPublished before the first one."""
    version = version_at(layer, live, wish.asked.when)
    if version is None:
        raise LayerNotPublished
    version.layer = layer
    return version


def matching(wish: Wish, version: LayerVersion) -> int | None:
    """How many features the file will have; None: more than are sent at once."""
    if not wish.asked.is_filtered:
        return version.feature_count
    selection = wish.asked.of_version(version.pk)
    return count_matching(selection, cap=settings.PORTAL_EXPORT_DIRECT)


def is_small(count: int | None) -> bool:
    """Sent while the caller waits."""
    return count is not None and count <= settings.PORTAL_EXPORT_DIRECT


class ExportNow(Resource):
    """A small file."""

    @extend_schema(
        operation_id="exportNow",
        tags=[TAG],
        summary="Tải lớp hoặc phần đã lọc thành một tệp",
        description=exports_schemas.DESCRIPTION,
        parameters=[FORMAT, *exports_schemas.PARAMETERS],
        responses={
            # What is JSON is described as such: `*/*` says bytes.
            (200, GEOJSON): openapi.FEATURE_COLLECTION,
            **openapi.answers(OpenApiTypes.BINARY, 400, 404, 422, 503, media="*/*"),
        },
    )
    def get(self, request: Request, slug: str, ending: str) -> HttpResponseBase:
        """The file, if it is small enough to wait for."""
        layer, live = published_layer(slug, request)
        wish = read_wish(ending, request.GET, layer.parsed)
        version = version_for(wish, layer, live)
        etag, public = version_etag(request, layer, version), layer.is_public
        unchanged = not_modified(request, etag, version.published_at, public=public)
        if unchanged is not None:
            return unchanged
        there = absolute(request, "api-exports", slug)
        if not is_small(matching(wish, version)):
            raise ExportTooLarge(
                f"> {settings.PORTAL_EXPORT_DIRECT}", links=[link("exports", there, JSON)]
            )
        if request.method == "HEAD":
            # Streamed: how long the file is nobody knows before it is made, and it is not empty.
            response = sending.described(StreamingHttpResponse(()), wish, version)
        else:
            address = absolute(request, "api-collection", slug)
            response = sending.send_now(wish, layer, version, address)
        # Formats that have no place for it lead to what explains them.
        response.headers["Link"] = f'<{there}>; rel="describedby"; type="{JSON}"'
        return with_cache_headers(response, etag, version.published_at, public=public)


class Exports(Wishes):
    """What files there are, and asking for one that is made in the background."""

    @extend_schema(
        operation_id="getExports",
        tags=[TAG],
        summary="Các định dạng tệp của một lớp, cỡ ước lượng, ý nghĩa các cột",
        parameters=[openapi.SLUG, openapi.LANG],
        responses=openapi.answers(exports_schemas.EXPORTS, 400, 404),
    )
    def get(self, request: Request, slug: str) -> HttpResponseBase:
        """Formats with their addresses; facts and dictionary as files carry them."""
        layer, version = published_layer(slug, request)
        allow_only(request.GET, ("lang", "f"))
        return kept_by_nobody(Response(formats_of(request, layer, version)))

    @extend_schema(
        operation_id="askForExport",
        tags=[TAG],
        summary="Yêu cầu làm tệp ở nền",
        parameters=[openapi.SLUG, openapi.LANG],
        request=exports_schemas.WISH,
        responses={
            **openapi.answers(exports_schemas.EXPORT, 400, 403, 404, 422, 429, 503),
            (202, JSON): exports_schemas.EXPORT,
        },
    )
    def post(self, request: Request, slug: str) -> HttpResponseBase:
        """202 with `Location` while it is being made, 200 when it is there."""
        layer, live = published_layer(slug, request)
        ending, query = wish_of(request)
        wish = read_wish(ending, query, layer.parsed)
        version = version_for(wish, layer, live)
        export = asking.ask(
            layer,
            version,
            wish,
            asking.asker_of(request._request),
            address=absolute(request, "api-collection", slug),
            total=matching(wish, version),
        )
        status = 200 if export.state == Export.READY else 202
        response = Response(described(request, export), status=status)
        response.headers["Location"] = absolute(request, "api-export", export.pk)
        return kept_by_nobody(response)


class OneExport(Resource):
    """One export: how far it is."""

    @extend_schema(
        operation_id="getExport",
        tags=[TAG],
        summary="Một tệp xuất: đang chờ, đang làm, đã xong, địa chỉ tải",
        parameters=[NUMBER, openapi.LANG],
        responses=openapi.answers(exports_schemas.EXPORT, 400, 404),
    )
    def get(self, request: Request, number: UUID) -> HttpResponseBase:
        """To be asked now and then."""
        allow_only(request.GET, ("lang", "f"))
        export = asking.export_for(number, lambda: request.user)
        return kept_by_nobody(Response(described(request, export)))


def download(request: HttpRequest, number: UUID, name: str) -> HttpResponseBase:
    """The file of an export, whole or by ranges; OPTIONS for other sites' pages.

    Raises UnknownExport, ExportNotReady, VersionRetired, ServiceBusy.
    """
    if request.method == "OPTIONS":
        return preflight()
    if request.method not in ("GET", "HEAD"):
        raise MethodNotAllowed
    export = asking.export_for(number, lambda: request.user)
    if name != export.name:
        raise UnknownExport
    if export.state != Export.READY or export.ready_at is None:
        raise ExportNotReady
    if not asking.is_current(export):
        raise VersionRetired
    file = Deliverable(
        path=export.path,
        name=export.name,
        media_type=FORMATS[export.format].media_type,
        key=export.pk.hex,
        made=export.ready_at,
        for_all=export.layer.is_public,
    )
    try:
        return deliver(request, file)
    except FileNotFoundError as error:
        raise UnknownExport from error


def described(request: Any, export: Export) -> Json:
    """An export as programs see it."""
    links = [
        link("self", absolute(request, "api-export", export.pk), JSON),
        link("collection", absolute(request, "api-collection", export.layer.slug), JSON),
    ]
    is_ready = export.state == Export.READY
    if is_ready:
        media_type = FORMATS[export.format].media_type
        links.append(link("enclosure", file_address(request, export), media_type, export.name))
    version = export.version
    return {
        "id": str(export.pk),
        "layer": export.layer.slug,
        "version": version.number,
        "data_date": version.data_date.isoformat() if version.data_date else None,
        "format": export.format,
        "parameters": export.query,
        "state": export.state,
        "features_done": export.rows_done,
        "features_total": export.rows_total,
        "size": export.size if is_ready else None,
        "name": export.name,
        "made_at": export.ready_at.isoformat() if export.ready_at else None,
        "expires_at": export.expires_at.isoformat() if export.expires_at else None,
        "error": why_failed(export),
        "links": links,
    }


def file_address(request: Any, export: Export) -> str:
    """Whole address of the file."""
    path = reverse("api-export-file", args=[export.pk, export.name])
    return str(request.build_absolute_uri(path))


def formats_of(request: Any, layer: Layer, version: LayerVersion) -> Json:
    """Every format with its address and the size that the whole layer would have."""
    hint = size_hint(version)
    formats = [
        {
            "format": one.key,
            "title": one.title(language()),
            "media_type": one.media_type,
            "href": absolute(request, "api-export-now", layer.slug, one.key),
            "is_direct": is_small(version.feature_count),
            "estimated_size": hint(one),
        }
        for one in FORMATS.values()
    ]
    about = asking.about_whole(layer, version, absolute(request, "api-collection", layer.slug))
    return {
        "formats": formats,
        "most_at_once": settings.PORTAL_EXPORT_DIRECT,
        "about": about.facts(),
        "fields": about.dictionary(),
        "links": [link("self", absolute(request, "api-exports", layer.slug), JSON)],
    }


def wish_of(request: Request) -> tuple[str, QueryDict]:
    """Format and parameters from JSON or a form, in UTF-8 whatever the caller names.

    Raises BadExport.
    """
    request.parser_context["encoding"] = "utf-8"
    try:
        data = request.data
    # JSON that is nested too deep ends in RecursionError.
    except (ParseError, ValueError, RecursionError) as error:
        raise BadExport from error
    if not isinstance(data, dict):
        raise BadExport
    given = {str(name): _plain(str(name), value) for name, value in data.items()}
    ending = given.pop("format", "")
    if not ending:
        raise BadExport("format")
    try:
        return ending, QueryDict(urlencode(given))
    except UnicodeEncodeError as error:  # half a surrogate pair
        raise BadExport from error


def _plain(name: str, value: Any) -> str:
    """A parameter as it would stand in an address; lists of numbers by commas."""
    parts = value if isinstance(value, list) else [value]
    if not all(isinstance(part, str | int | float) for part in parts) or isinstance(value, bool):
        raise BadExport(name[:30])
    return ",".join(map(str, parts))


def kept_by_nobody(response: Response) -> HttpResponseBase:
    """The state of a file changes by itself."""
    response.headers["Cache-Control"] = "no-store"
    return open_to_all(response)
