"""`/api/collections/{slug}/changes?since=`: which features came, changed and went, by uid.

Who keeps a copy of a layer reads it once, then asks from time to time what changed since: each
feature stands there once, with what all versions in between come to. `layers.changes` finds them,
`layers.past` says what was live at the moment that is asked for.
"""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from layers import past
from layers.api import openapi, pages
from layers.api.moments import read_period
from layers.api.params import MAX_LIMIT, allow_only, read_limit
from layers.api.render import GEOJSON, not_modified, version_etag, with_cache_headers
from layers.api.resource import Link, Resource, absolute, link, published_layer
from layers.api.schemas import component
from layers.changes import CHANGED, Change, ChangesNotKept, changes_page
from layers.errors import BadDatetime, BadPage, PortalError, VersionNotKept
from layers.heavy import in_turn
from layers.models import Layer, LayerVersion, VersionChange

DEFAULT_LIMIT = 1000
JSON = "application/json"
# Nine digits fit the column of version numbers.
_NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)
_TOKEN = re.compile(r"([0-9]{1,9})\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})", re.ASCII)
_SINCE = OpenApiParameter(
    "since",
    str,
    required=True,
    description=(
        "Thời điểm hoặc ngày theo RFC 3339, hoặc số phiên bản (`until.version` của lần đọc trước)."
    ),
)
_LIMIT = OpenApiParameter(
    "limit",
    {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
    description=f"Số thay đổi mỗi trang; lớn hơn {MAX_LIMIT} được trả lời như {MAX_LIMIT}.",
)
_AFTER = OpenApiParameter(
    "after",
    {"type": "string", "pattern": rf"^{_TOKEN.pattern}$"},
    description="Mã trang, lấy từ liên kết next của trang trước.",
)


class BadSince(PortalError):
    """Neither a moment nor the number of a version that was published."""

    code, status = "bad-since", 400
    title = gettext_lazy("Tham số since không hợp lệ")
    hint = gettext_lazy(
        "since là thời điểm hoặc ngày theo RFC 3339, ví dụ 2026-07-01, hoặc số của một phiên bản "
        "đã công bố, ví dụ 3."
    )


@dataclass(frozen=True)
class Token:
    """Where a page starts: behind `uid`, in the changes that lead to the version `number`."""

    number: int
    uid: UUID

    def __str__(self) -> str:
        return f"{self.number}.{self.uid}"


class Changes(Resource):
    """What changed in a collection."""

    page = pages.CHANGES

    @extend_schema(
        operation_id="getChanges",
        tags=["Data"],
        summary="Những gì đã thêm, đổi, mất trong một lớp kể từ một thời điểm",
        parameters=[openapi.SLUG, _SINCE, _LIMIT, _AFTER, openapi.FORM, openapi.LANG],
        responses=openapi.answers(component("changes"), 400, 404, 406, 410, 503, page=True),
    )
    def get(self, request: Request, slug: str) -> HttpResponseBase:
        """One page."""
        layer, live = published_layer(slug, request)
        asked = allow_only(request.GET, ("since", "limit", "after", "lang", "f"))
        limit = read_limit(asked.get("limit"), DEFAULT_LIMIT, MAX_LIMIT)
        token = read_token(asked.get("after"))
        new = live if token is None else version_of_series(token, layer, live)
        try:
            old = version_since(asked.get("since", ""), layer, live)
            etag, public = version_etag(request, layer, new), layer.is_public
            unchanged = not_modified(request, etag, new.published_at, public=public)
            if unchanged is not None:
                return unchanged
            after = token.uid if token else None
            with in_turn():
                found, go_on = changes_page(layer, old, new, limit=limit, after=after)
        except (VersionNotKept, ChangesNotKept) as error:
            raise read_again(request, layer, live) from error
        body = {
            "collection": layer.slug,
            "since": described(old),
            "until": described(new),
            "numberReturned": len(found),
            "changes": [entry(change) for change in found],
            "links": page_links(request, slug, new, go_on),
        }
        return with_cache_headers(Response(body), etag, new.published_at, public=public)


def read_token(text: str | None) -> Token | None:
    """The paging token, `version.uid`. Raises BadPage."""
    if text is None:
        return None
    found = _TOKEN.fullmatch(text)
    if found is None:
        raise BadPage(_("after=%s không phải mã trang của dịch vụ này.") % text[:30])
    return Token(int(found[1]), UUID(found[2]))


def version_of_series(token: Token, layer: Layer, live: LayerVersion) -> LayerVersion:
    """The version that a series of pages leads to. Raises BadPage when it is kept no longer."""
    if token.number == live.number:
        return live
    version = layer.versions.filter(number=token.number, state__in=past.READABLE).first()
    if version is None or not past.was_shown(layer, version):
        raise BadPage(_("Phiên bản của loạt trang này không còn; hãy đọc lại từ trang đầu."))
    return version


def version_since(text: str, layer: Layer, live: LayerVersion) -> LayerVersion | None:
    """What the caller knows already; None: nothing had been published.

    A day means its beginning: what was published on it is told. Raises BadSince, VersionNotKept.
    """
    if not _NUMBER.fullmatch(text):
        return past.version_at(layer, live, _moment(text))
    if int(text) == live.number:
        return live
    made = [at for at in past.publications([layer]) if at.version.number == int(text)]
    if not made:
        raise BadSince(_("Lớp này chưa từng công bố phiên bản %s.") % text)
    return past.kept(made[-1])


def _moment(text: str) -> dt.datetime:
    if not text:
        raise BadSince(_("Thiếu tham số since."))
    try:
        period = read_period(text, "since")
    except BadDatetime as error:
        raise BadSince(error.detail) from error
    if period is None or period.start is None or "/" in text:
        raise BadSince(_("since là một thời điểm, không phải một khoảng."))
    return period.start


def read_again(request: Request, layer: Layer, live: LayerVersion) -> ChangesNotKept:
    """The way out: the whole layer, and from where to ask for changes afterwards."""
    whole = link("items", absolute(request, "api-items", layer.slug), GEOJSON)
    return ChangesNotKept(version=live.number, links=[whole])


def described(version: LayerVersion | None) -> dict[str, Any] | None:
    """A version as far as it matters here; None where nothing had been published."""
    if version is None:
        return None
    return {"version": version.number, "published_at": version.published_at}


def entry(change: Change) -> dict[str, Any]:
    """One line of the list."""
    told: dict[str, Any] = {"uid": str(change.uid)}
    if change.what in CHANGED:
        return {**told, "change": "changed", "what": change.what}
    told["change"] = change.what
    if change.what == VersionChange.REMOVED:
        told["successors"] = [str(uid) for uid in change.successors]
    return told


def page_links(
    request: Request, slug: str, version: LayerVersion, go_on: UUID | None
) -> list[Link]:
    """Self, the collection, its features, and the next page behind `go_on` where there is one."""
    links = [
        link("self", request.build_absolute_uri(), JSON),
        link("collection", absolute(request, "api-collection", slug), JSON),
        link("items", absolute(request, "api-items", slug), GEOJSON),
    ]
    if go_on is not None:
        query = request.GET.copy()
        query["after"] = str(Token(version.number, go_on))
        address = f"{absolute(request, 'api-changes', slug)}?{query.urlencode(safe=':')}"
        links.append(link("next", address, JSON))
    return links
