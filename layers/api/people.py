"""The same answers for people: `f=html`, or a reader whose Accept prefers HTML to JSON (browsers).

A resource's `get` makes JSON; where the resource has a `Page`, that JSON is shown by its template
and leads to the other form and back. Programs that say nothing of HTML get JSON, as do those that
take anything (`*/*`). Failures are pages for whoever prefers pages, problem documents for all
others.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from rest_framework.request import Request
from rest_framework.response import Response

from layers.api.params import read_limit
from layers.errors import BadLimit

Json = dict[str, Any]
HTML, JSON = "text/html", "application/json"
_JSON_TYPES = (JSON, "application/geo+json")
_FORMS = {"html": HTML, "json": JSON}
# Not of a page: its length, its type, links and coordinates of the JSON.
_OF_JSON = frozenset({"content-type", "content-length", "link", "content-crs"})
# Of this service, with nothing left to fill in; the full stop behind is the sentence's.
_ADDRESS = re.compile(r"((?<![\w/])/(?:api|layers)/[\w/-]*[\w/](?![\w{-]))")
ERROR_PAGE = "layers/api/error.html"


@dataclass(frozen=True)
class Page:
    """How a resource is shown: a template, and what it needs beside the JSON.

    `rows`: features a page shows when nobody says how many, `most` at the most; 0 for resources
    without a limit.
    """

    template: str
    context: Callable[[Request, Json], dict[str, Any]]
    rows: int = 0
    most: int = 0

    def query(self, asked: QueryDict) -> QueryDict:
        """What the resource is asked for a page: boxes of a form that were left empty are not
        asked, and no more rows than a person reads.
        """
        query = asked.copy()
        query.pop("f", None)
        for name in [name for name in query if query.getlist(name) == [""]]:
            del query[name]
        if self.rows and len(query.getlist("limit")) < 2:
            try:
                rows = read_limit(query.get("limit"), self.rows, self.most)
            except BadLimit:
                return query
            query["limit"] = str(rows)
        return query


def wants_page(request: HttpRequest) -> bool:
    """Whether a page is to answer; `f=` decides before the header does."""
    asked = request.GET.getlist("f")
    return asked == ["html"] if asked else prefers_pages(request)


def prefers_pages(request: HttpRequest) -> bool:
    """Accept puts text/html before JSON; equally welcome is not before."""
    html = request.accepted_type(HTML)
    if html is None:
        return False
    wish = (html.quality, html.specificity)
    others = [request.accepted_type(name) for name in _JSON_TYPES]
    return all(wish > (other.quality, other.specificity) for other in others if other is not None)


def address_as(request: HttpRequest, form: str, **changed: str) -> str:
    """This address in another form, `html` or `json`, with these parameters changed."""
    query = QueryDict(request.META.get("QUERY_STRING", ""), mutable=True)
    for name, value in {"f": form, **changed}.items():
        query[name] = value
    return request.build_absolute_uri(f"{request.path}?{query.urlencode(safe=',')}")


def alternate(request: HttpRequest, form: str) -> dict[str, str]:
    """The link to the same thing in another form."""
    return {"rel": "alternate", "href": address_as(request, form), "type": _FORMS[form]}


def as_json(request: Request, response: HttpResponseBase) -> None:
    """Adds to JSON where its page is: in `links` where it has them, in the header always."""
    plain: HttpRequest = request._request
    patch_vary_headers(response, ["Accept"])
    if response.status_code != 200:
        return
    there = alternate(plain, "html")
    if isinstance(response, Response) and isinstance(response.data, dict):
        links = response.data.get("links")
        if isinstance(links, list) and links:
            links.append(there)
    known = response.headers.get("Link")
    own = f'<{there["href"]}>; rel="alternate"; type="{HTML}"'
    response.headers["Link"] = f"{known}, {own}" if known else own


def as_page(page: Page, request: Request, response: HttpResponseBase) -> HttpResponseBase:
    """The page of a JSON answer with what the answer says about caching."""
    plain: HttpRequest = request._request
    if response.status_code == 304 or not isinstance(response, HttpResponse):
        return response
    if response.status_code != 200:
        return failure(request, response)
    body: Json = response.data if isinstance(response, Response) else json.loads(response.content)
    context = {**around(plain), "body": body, **page.context(request, body)}
    made = HttpResponse(render_to_string(page.template, context, request=plain))
    for name, value in response.headers.items():
        if name.lower() not in _OF_JSON:
            made.headers[name] = value
    patch_vary_headers(made, ["Accept"])
    return made


def failure(request: Request, response: HttpResponseBase) -> HttpResponseBase:
    """A problem document as a page, for whoever prefers pages."""
    plain: HttpRequest = request._request
    patch_vary_headers(response, ["Accept"])
    kind = response.headers.get("Content-Type", "")
    if not (isinstance(response, HttpResponse) and kind.startswith("application/problem+json")):
        return response
    if not prefers_pages(plain):
        return response
    told = json.loads(response.content)
    context = {**around(plain), "problem": told, "hint": with_addresses(told["hint"])}
    response.content = render_to_string(ERROR_PAGE, context, request=plain).encode()
    response.headers["Content-Type"] = "text/html; charset=utf-8"
    return response


def with_addresses(text: str) -> list[tuple[str, str]]:
    """The parts of a text, each with the address that it is, or ""."""
    parts = _ADDRESS.split(text)
    return [(part, part if place % 2 else "") for place, part in enumerate(parts) if part]


def around(request: HttpRequest) -> dict[str, Any]:
    """What every page has: the same in JSON and in the other language. Nothing of who reads it."""
    return {
        "json_address": address_as(request, "json"),
        "in_vietnamese": _in_language(request, "vi"),
        "in_english": _in_language(request, "en"),
        "may": {},
    }


def _in_language(request: HttpRequest, language: str) -> str:
    query = QueryDict(request.META.get("QUERY_STRING", ""), mutable=True)
    query["lang"] = language
    return f"{request.path}?{query.urlencode(safe=',')}"
