"""`/api/collections/{slug}/items`: pages of GeoJSON, built by the database, sent as they come.

At most three queries a page whatever its size: the layer with its version, the page, and the count
of matches when something is filtered. A series of pages reads one version to its end, also when
others are published in between: the token in `next` names it. Such a page of a former version costs
a query more, and so does going on in a sorted one.
"""

import datetime as dt
import json
from contextlib import nullcontext
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from layers.api import openapi, pages, people
from layers.api.params import ItemsRequest, PageToken, read_items_request
from layers.api.render import GEOJSON, not_modified, version_etag, with_cache_headers
from layers.api.resource import Link, Resource, absolute, language, link, published_layer
from layers.cql2 import evaluating
from layers.errors import BadPage
from layers.heavy import in_turn
from layers.models import Layer, LayerVersion
from layers.past import version_at, was_shown
from layers.queries import NOTHING, Page, Selection, condition_of, count_matching, features_page
from layers.written.table import table_for


class Items(Resource):
    """Features of a collection."""

    page = pages.ITEMS

    @extend_schema(
        operation_id="getFeatures",
        tags=["Data"],
        summary="Các đối tượng của một lớp (GeoJSON)",
        description=openapi.ITEMS_DESCRIPTION,
        parameters=openapi.ITEMS_PARAMETERS,
        responses=openapi.answers(
            openapi.FEATURE_COLLECTION, 400, 404, 406, 410, 503, media=GEOJSON, page=True
        ),
    )
    def get(self, request: Request, slug: str) -> HttpResponseBase:
        """One page."""
        layer, live = published_layer(slug, request)
        asked = read_items_request(request.GET, layer.parsed)
        version = version_of(asked, layer, live)
        tagged = version or live
        etag, public = version_etag(request, layer, tagged), layer.is_public
        unchanged = not_modified(request, etag, tagged.published_at, public=public)
        if unchanged is not None:
            return unchanged
        page, matched = (NOTHING, 0) if version is None else read_page(asked, layer, version)
        links = page_links(request, slug, version, page)
        body = collection_bytes(page, matched, links, meaning(layer, version))
        response = HttpResponse(body, content_type=GEOJSON)
        response.headers["Content-Crs"] = f"<{asked.selection.crs.uri}>"
        response.headers["Link"] = ", ".join(f'<{at["href"]}>; rel="{at["rel"]}"' for at in links)
        return with_cache_headers(response, etag, tagged.published_at, public=public)


def version_of(asked: ItemsRequest, layer: Layer, live: LayerVersion) -> LayerVersion | None:
    """The version that answers: that of the series, else of the moment asked for, else the live
    one. None before the first publication.

    Raises BadPage, VersionNotKept.
    """
    if asked.after is not None:
        return version_of_series(asked.after, layer, live)
    return version_at(layer, live, asked.selection.when)


def version_of_series(token: PageToken, layer: Layer, live: LayerVersion) -> LayerVersion:
    """The version that a series of pages began with. Raises BadPage when it is kept no longer."""
    if token.version_id == live.pk:
        return live
    kept = LayerVersion.objects.filter(
        pk=token.version_id, layer=layer, state=LayerVersion.RETIRED
    ).first()
    if kept is None or not was_shown(layer, kept):
        raise BadPage(_("Phiên bản của loạt trang này không còn; hãy đọc lại từ trang đầu."))
    return kept


def read_page(asked: ItemsRequest, layer: Layer, version: LayerVersion) -> tuple[Page, int | None]:
    """The page, and how many features match in all. Raises BadPage, FilterNotEvaluable."""
    selection = asked.selection.of_version(version.pk)
    judged = selection.filter or selection.equal or selection.sort
    # A box, or the next page, is quick whatever it is.
    watched = in_turn() if judged or selection.unit else nullcontext()
    with watched, evaluating(condition_of(selection) if judged else None):
        page = features_page(
            selection,
            asked.selection.form,
            limit=asked.limit,
            after=asked.after.last_id if asked.after else None,
            table=table_for(layer, version, asked.selection.form),
        )
        if page is None:
            raise BadPage(_("Loạt trang này không có đối tượng để đọc tiếp từ đó."))
        return page, number_matched(asked, selection, version, page)


def number_matched(
    asked: ItemsRequest, selection: Selection, version: LayerVersion, page: Page
) -> int | None:
    """Exact, or None where counting would be slow."""
    if not asked.selection.is_filtered:
        return version.feature_count
    if asked.after is None and not page.has_more:
        return page.count
    return count_matching(selection, cap=settings.PORTAL_COUNT_MOST)


def page_links(request: Request, slug: str, version: LayerVersion | None, page: Page) -> list[Link]:
    """Self, the collection, and the next page when there is one."""
    links = [
        link("self", request.build_absolute_uri(), GEOJSON),
        people.alternate(request._request, "html"),
        link("collection", absolute(request, "api-collection", slug), "application/json"),
    ]
    if version is not None and page.last_id is not None and page.has_more:
        query = request.GET.copy()
        query["after"] = str(PageToken(version.pk, page.last_id))
        address = f"{absolute(request, 'api-items', slug)}?{query.urlencode(safe=',')}"
        links.append(link("next", address, GEOJSON))
    return links


def meaning(layer: Layer, version: LayerVersion | None) -> dict[str, Any]:
    """What a file needs to say about itself once it is saved: foreign members (RFC 7946, 6.1)."""
    definition, lang = layer.parsed, language()
    return {
        "collection": layer.slug,
        "title": layer.title(lang),
        "illustrative": version is not None and version.is_illustrative,
        "data_date": version.data_date.isoformat() if version and version.data_date else None,
        "version": version.number if version else None,
        "license": definition.licence,
        "attribution": layer.attribution(lang),
    }


def collection_bytes(
    page: Page, matched: int | None, links: list[Link], meant: dict[str, Any]
) -> bytes:
    """The FeatureCollection around the features, which are not parsed again."""
    head: dict[str, Any] = {
        "type": "FeatureCollection",
        **meant,
        "timeStamp": dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "numberReturned": page.count,
        "links": links,
    }
    if matched is not None:
        head["numberMatched"] = matched
    opening = json.dumps(head, ensure_ascii=False, separators=(",", ":"))[:-1]
    pieces = [*page.features] or [b""]
    pieces[0] = opening.encode() + b',"features":[' + pieces[0]
    pieces[-1] += b"]}"
    # Joined once: a page is a megabyte, and each copy costs as much as fetching it.
    return b",".join(pieces)
