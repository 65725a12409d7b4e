"""What all resources of the API share: read only, open to other sites, JSON for programs and, where
the resource has one, a page for people (`layers.api.people`).

Every resource is a REST framework view so that the OpenAPI document describes it; those that answer
with bytes from the database return them as they are.
"""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from rest_framework.authentication import SessionAuthentication
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from layers.api import people
from layers.api.people import Page
from layers.api.render import content_etag, not_modified, with_cache_headers
from layers.catalogue import live_version
from layers.definition import SLUG, Language
from layers.errors import BadFilter, UnknownLayer
from layers.models import Layer, LayerVersion
from layers.standing import standing_layer

ALLOWED = "GET, HEAD, OPTIONS"
Link = dict[str, str]


class AlwaysFirst(BaseContentNegotiation):
    """The first renderer, whatever Accept says; whether a page is made of the JSON is decided in
    `layers.api.people`.
    """

    def select_parser(self, _request: Any, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(
        self, _request: Any, renderers: Any, _format_suffix: Any = None
    ) -> tuple[BaseRenderer, str]:
        return renderers[0], renderers[0].media_type


class PlainJson(JSONRenderer):
    """JSON in UTF-8, Vietnamese letters as they are."""

    ensure_ascii = False


class Resource(APIView):
    """Base of every resource. Subclasses write `get`."""

    authentication_classes = (SessionAuthentication,)
    content_negotiation_class = AlwaysFirst
    renderer_classes: Any = (PlainJson,)
    http_method_names = ("get", "head", "options")
    page: Page | None = None
    for_people = False
    asked_language = "vi"

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        """A page is asked of `get` like the JSON that it shows."""
        self.asked_language = request.GET.get("lang", "vi")
        if self.page is not None and request.method in ("GET", "HEAD"):
            self.for_people = people.wants_page(request)
            if self.for_people:
                request.GET = self.page.query(request.GET)  # type: ignore[assignment]
                # Tags of answers tell the forms apart: they may have one address.
                request.form = people.HTML  # type: ignore[attr-defined]
        return super().initialize_request(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Raises BadFilter on a language that there is not: it is not quietly another one."""
        super().initial(request, *args, **kwargs)
        if self.asked_language not in dict(settings.LANGUAGES):
            raise BadFilter(_("lang=%s: chỉ có vi và en.") % self.asked_language[:30])

    def finalize_response(  # type: ignore[override] # bytes from the database pass as they are
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        """Adds what lets pages of other sites read the answer; makes the page of it for people."""
        done: HttpResponseBase = super().finalize_response(request, response, *args, **kwargs)
        if self.page is None:
            # A file's address is opened by people, too.
            return open_to_all(people.failure(request, done) if done.status_code >= 400 else done)
        if not self.for_people:
            done = people.failure(request, done) if done.status_code >= 400 else done
            people.as_json(request, done)
            return open_to_all(done)
        return open_to_all(tagged(request, people.as_page(self.page, request, done)))

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        """Answers the question that browsers ask before a request with headers of its own."""
        response = HttpResponse(status=204)
        response.headers["Allow"] = ALLOWED
        response.headers["Access-Control-Allow-Methods"] = ALLOWED
        response.headers["Access-Control-Allow-Headers"] = "If-None-Match, If-Modified-Since"
        response.headers["Access-Control-Max-Age"] = "86400"
        return response


def rendered(request: Request, response: Response) -> Response:
    """A small answer, tagged by its bytes once they are known; 304 when the caller has them
    already.
    """

    def tag(done: Response) -> HttpResponseBase:
        shared = is_shared(request)
        etag = content_etag(done.content)
        with_cache_headers(done, etag, None, public=shared)
        fresh = not_modified(request, etag, None, public=shared)
        return open_to_all(fresh) if fresh is not None else done

    response.add_post_render_callback(tag)
    return response


def tagged(request: Request, page: HttpResponseBase) -> HttpResponseBase:
    """A page of which nothing said yet what caches may do: its bytes decide."""
    if "Cache-Control" in page.headers or not isinstance(page, HttpResponse):
        return page
    shared, etag = is_shared(request), content_etag(page.content)
    with_cache_headers(page, etag, None, public=shared)
    return not_modified(request, etag, None, public=shared) or page


def open_to_all(response: HttpResponseBase) -> HttpResponseBase:
    """Pages of other sites may read this answer; cookies never travel with it."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = "ETag, Link, Last-Modified"
    return response


def is_shared(request: Request) -> bool:
    """Anonymous answers are the same for everybody."""
    return not request.user.is_authenticated


def published_layer(slug: str, request: Request) -> tuple[Layer, LayerVersion]:
    """A layer that this reader may see and its live version, in one query.

    Raises UnknownLayer (also for layers that are not for this reader) and LayerNotPublished.
    """
    if not SLUG.match(slug):
        raise UnknownLayer
    layer = standing_layer(slug, request.user)
    return layer, live_version(layer)


def language() -> Language:
    """The language that the caller chose by `lang=` or cookie."""
    return cast(Language, "en" if get_language() == "en" else settings.LANGUAGE_CODE)


def absolute(request: HttpRequest | Request, name: str, *args: object) -> str:
    """Absolute address of a named resource."""
    return request.build_absolute_uri(reverse(name, args=args))


def links_if_there(
    request: HttpRequest | Request, *wanted: tuple[str, str, str], args: Sequence[object] = ()
) -> list[Link]:
    """Links of (relation, name of the address, media type); what this installation does not serve
    is left out: a service that runs the API alone has no pages and no tiles.
    """
    found = []
    for rel, name, media_type in wanted:
        with suppress(NoReverseMatch):
            found.append(link(rel, absolute(request, name, *args), media_type))
    return found


def link(rel: str, href: str, media_type: str, title: str = "") -> Link:
    """A link as the OGC schemas want it."""
    found = {"rel": rel, "href": href, "type": media_type}
    return {**found, "title": title} if title else found
