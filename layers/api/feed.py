"""`/api/feed.atom` and `/api/collections/{slug}/feed.atom`: every publication, the newest first.

Atom (RFC 4287) written by Django's generator. An entry says which organisation published, how many
features came, changed and went, the day of the data and the decision behind them; never a person.
Numbers stand in words for readers and in elements of a namespace of our own for programs. Going
back to a former version is a publication too. The feed of all layers holds public ones only,
whoever asks.
"""

import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.feedgenerator import Atom1Feed
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from layers.api import openapi
from layers.api.params import allow_only
from layers.api.render import content_etag, not_modified, with_cache_headers
from layers.api.resource import (
    Resource,
    absolute,
    language,
    links_if_there,
    published_layer,
)
from layers.catalogue import visible_layers
from layers.identity import NAMESPACE
from layers.models import Layer, LayerVersion
from layers.past import Publication, publications
from layers.values import group_digits

MEDIA_TYPE = "application/atom+xml"
NEWEST = 100
# Our own elements: version, features, added, removed, changed, changedShape, dataDate, decision.
NAMES = f"urn:uuid:{NAMESPACE}"
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_FEED: dict[str, Any] = {"type": "string"}


@dataclass(frozen=True)
class Told:
    """A publication, and the one before it of the same layer."""

    made: Publication
    former: LayerVersion | None
    is_again: bool


class PublicationFeed(Atom1Feed):
    """Django's Atom with the day of the newest entry even without any, and our own elements."""

    def latest_post_date(self) -> datetime:
        """An empty feed was last changed at the beginning of time, not now."""
        return super().latest_post_date() if self.items else _BEGINNING

    def root_attributes(self) -> dict[str, str]:
        """Declares our own names."""
        return {**super().root_attributes(), "xmlns:portal": NAMES}

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        """Our own elements, where to read what changed, and the summary as the text that it is:
        Django would call it HTML.
        """
        super().add_item_elements(handler, item)
        handler.addQuickElement("summary", item["summary"], {"type": "text"})
        for rel, href, media_type in item["links"]:
            handler.addQuickElement("link", "", {"rel": rel, "href": href, "type": media_type})
        for name, value in item["told"].items():
            if value is not None and value != "":
                handler.addQuickElement(f"portal:{name}", str(value))


class AllPublications(Resource):
    """Publications of all public layers."""

    @extend_schema(
        operation_id="getFeed",
        tags=["Data"],
        summary="Các lần công bố của mọi lớp công khai (Atom)",
        parameters=[openapi.LANG],
        responses=openapi.answers(_FEED, 400, media=MEDIA_TYPE),
    )
    def get(self, request: Request) -> HttpResponseBase:
        """The newest first."""
        allow_only(request.GET, ("lang",))
        layers = list(visible_layers(None).published())
        name = settings.PORTAL_NAME_EN if language() == "en" else settings.PORTAL_NAME_VI
        title = _("%s: các lần công bố dữ liệu") % name
        return answered(request, layers, title, home=absolute(request, "api-landing"), public=True)


class LayerPublications(Resource):
    """Publications of one layer."""

    @extend_schema(
        operation_id="getCollectionFeed",
        tags=["Data"],
        summary="Các lần công bố của một lớp (Atom)",
        parameters=[openapi.SLUG, openapi.LANG],
        responses=openapi.answers(_FEED, 400, 404, media=MEDIA_TYPE),
    )
    def get(self, request: Request, slug: str) -> HttpResponseBase:
        """The newest first."""
        layer, _live = published_layer(slug, request)
        allow_only(request.GET, ("lang",))
        title = _("%s: các lần công bố dữ liệu") % layer.title(language())
        home = page_of(request, layer)
        return answered(request, [layer], title, home=home, public=layer.is_public)


def answered(
    request: Request, layers: list[Layer], title: str, *, home: str, public: bool
) -> HttpResponseBase:
    """The feed of these layers, tagged by its bytes."""
    newest = told_of(layers)[:NEWEST]
    feed = PublicationFeed(
        title=plain(title),
        link=home,
        description=None,
        language=language(),
        feed_url=request.build_absolute_uri(),
        feed_guid=identifier("feed", *(layer.slug for layer in layers if len(layers) == 1)),
        author_name=plain(
            settings.PORTAL_NAME_EN if language() == "en" else settings.PORTAL_NAME_VI
        ),
    )
    layer_of = {layer.pk: layer for layer in layers}
    for told in newest:
        feed.add_item(**entry(request, layer_of[told.made.version.layer_id], told))
    body = feed.writeString("utf-8").encode()
    modified = newest[0].made.at if newest else None
    etag = content_etag(body)
    unchanged = not_modified(request, etag, modified, public=public)
    if unchanged is not None:
        return unchanged
    response = HttpResponse(body, content_type=f"{MEDIA_TYPE}; charset=utf-8")
    return with_cache_headers(response, etag, modified, public=public)


def told_of(layers: Iterable[Layer]) -> list[Told]:
    """Every publication with the one before it, the newest first."""
    former: dict[int, LayerVersion] = {}
    seen: set[int] = set()
    found = []
    for made in publications(layers):
        version = made.version
        found.append(Told(made, former.get(version.layer_id), version.pk in seen))
        former[version.layer_id] = version
        seen.add(version.pk)
    return found[::-1]


def entry(request: Request, layer: Layer, told: Told) -> dict[str, Any]:
    """One publication as the generator takes it."""
    version, definition = told.made.version, layer.parsed
    counted = counts(layer, told)
    title = _("%(layer)s: quay lại phiên bản %(number)s") if told.is_again else _(
        "%(layer)s: phiên bản %(number)s"
    )  # fmt: skip
    changes = absolute(request, "api-changes", layer.slug)
    return {
        "title": plain(title % {"layer": layer.title(language()), "number": version.number}),
        "link": page_of(request, layer),
        "description": None,
        "summary": plain(summary(layer, told, counted)),
        "author_name": plain(publisher(layer)),
        "pubdate": told.made.at,
        "updateddate": told.made.at,
        "unique_id": identifier("publication", layer.slug, told.made.at.isoformat()),
        "categories": [layer.slug],
        "item_copyright": plain(definition.licence) or None,
        "links": [("related", f"{changes}?since={told.former.number}", "application/json")]
        if told.former
        else [],
        "told": {
            "version": version.number,
            "features": version.feature_count,
            **counted,
            "dataDate": version.data_date,
            "decision": plain(version.decision_no),
            "illustrative": str(version.is_illustrative).lower(),
        },
    }


def counts(layer: Layer, told: Told) -> dict[str, int]:
    """How many came, changed and went, as far as a comparison with the one before is known.

    Where the layer has private fields, those whose values alone changed are not counted: the
    comparison does not tell private values from public ones.
    """
    version, former = told.made.version, told.former
    if former is None:
        return {}
    if version.base_version_id == former.pk:
        change, added, removed = version.change, "added", "removed"
    elif former.base_version_id == version.pk:
        change, added, removed = former.change, "removed", "added"
    else:
        return {}
    if "changes_kept" not in change:
        return {}
    shape = change["changed_shape"] + change["changed_both"]
    found = {"added": change[added], "removed": change[removed], "changedShape": shape}
    if not any(field.is_private for field in layer.parsed.fields):
        found["changed"] = shape + change["changed_values"]
    return found


def summary(layer: Layer, told: Told, counted: dict[str, int]) -> str:
    """The same in a few sentences."""
    version = told.made.version
    said = [
        _("%(publisher)s công bố phiên bản %(number)s, %(count)s đối tượng.")
        % {
            "publisher": publisher(layer),
            "number": version.number,
            "count": _number(version.feature_count),
        }
    ]
    if told.former is None:
        said.append(_("Đây là lần công bố đầu tiên."))
    elif counted:
        words = _("Thêm %(added)s, mất %(removed)s, đổi hình %(shape)s") % {
            "added": _number(counted["added"]),
            "removed": _number(counted["removed"]),
            "shape": _number(counted["changedShape"]),
        }
        if "changed" in counted:
            values = counted["changed"] - counted["changedShape"]
            words += _(", chỉ đổi thuộc tính %s") % _number(values)
        said.append(f"{words}.")
    if version.data_date:
        said.append(_("Ngày dữ liệu: %s.") % date_format(version.data_date, "d/m/Y"))
    if version.decision_no:
        said.append(_("Quyết định: %s.") % version.decision_no)
    if version.is_illustrative:
        said.append(_("Dữ liệu minh họa, không phải số liệu thật."))
    return " ".join(said)


def publisher(layer: Layer) -> str:
    """The organisation that answers for the layer; the portal where none is declared."""
    portal = settings.PORTAL_NAME_EN if language() == "en" else settings.PORTAL_NAME_VI
    return layer.parsed.owner_org(language()) or portal


def page_of(request: Request, layer: Layer) -> str:
    """The layer's page for people; the collection where the portal has no pages."""
    found = links_if_there(request, ("alternate", "layer-page", "text/html"), args=[layer.slug])
    return found[0]["href"] if found else absolute(request, "api-collection", layer.slug)


def identifier(*parts: str) -> str:
    """The same for the same thing for ever, wherever the portal stands (RFC 4287, 4.2.6)."""
    return uuid.uuid5(NAMESPACE, "/".join(parts)).urn


def plain(text: str) -> str:
    """Without characters that XML cannot hold."""
    return _NOT_XML.sub("", text)


def _number(count: int) -> str:
    return group_digits(count, 0, language())
