"""`/api/catalogue`, by Accept or `f=`; `/api/catalogue.jsonld` and `/api/catalogue.ttl`.

Public layers only, whoever asks. Texts stand in both languages, so `lang` changes nothing.
"""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request

from layers.api import openapi
from layers.api.dcat.catalogue import catalogue, published
from layers.api.dcat.graph import as_jsonld, as_turtle
from layers.api.dcat.vocabulary import PREFIXES
from layers.api.params import single_values
from layers.api.render import content_etag, not_modified, with_cache_headers
from layers.api.resource import Resource
from layers.catalogue import visible_layers
from layers.errors import BadFilter, NotAcceptable

JSONLD, TURTLE = "application/ld+json", "text/turtle"
FORMS = {"jsonld": (JSONLD, as_jsonld), "ttl": (TURTLE, as_turtle)}
# JSON-LD is JSON; who asks for anything gets it.
_BY_TYPE = {JSONLD: "jsonld", TURTLE: "ttl", "application/json": "jsonld"}
_GRAPH: dict[str, Any] = {"type": "object", "additionalProperties": True}
_TEXT: dict[str, Any] = {"type": "string"}


@dataclass(frozen=True)
class Asked:
    """Which form, and whether Accept decided it."""

    form: str
    by_accept: bool


class Catalogue(Resource):
    """The catalogue in the form that the caller prefers."""

    @extend_schema(
        operation_id="getCatalogue",
        tags=["Capabilities"],
        summary="Danh mục dữ liệu mở theo DCAT-AP 3 (JSON-LD, Turtle)",
        parameters=[OpenApiParameter("f", str, enum=list(FORMS)), openapi.LANG],
        responses={**openapi.answers(_GRAPH, 400, 406, media=JSONLD), (200, TURTLE): _TEXT},
    )
    def get(self, request: Request) -> HttpResponseBase:
        """All public layers."""
        asked = read_form(request, ("f", "lang"))
        return answered(request, asked.form, by_accept=asked.by_accept)


class CatalogueJsonLd(Resource):
    """The catalogue as JSON-LD, whatever Accept says."""

    @extend_schema(
        operation_id="getCatalogueJsonLd",
        tags=["Capabilities"],
        summary="Danh mục dữ liệu mở theo DCAT-AP 3 (JSON-LD)",
        parameters=[openapi.LANG],
        responses=openapi.answers(_GRAPH, 400, media=JSONLD),
    )
    def get(self, request: Request) -> HttpResponseBase:
        """All public layers."""
        only(single_values(request.GET), ("lang",))
        return answered(request, "jsonld")


class CatalogueTurtle(Resource):
    """The catalogue as Turtle, whatever Accept says."""

    @extend_schema(
        operation_id="getCatalogueTurtle",
        tags=["Capabilities"],
        summary="Danh mục dữ liệu mở theo DCAT-AP 3 (Turtle)",
        parameters=[openapi.LANG],
        responses=openapi.answers(_TEXT, 400, media=TURTLE),
    )
    def get(self, request: Request) -> HttpResponseBase:
        """All public layers."""
        only(single_values(request.GET), ("lang",))
        return answered(request, "ttl")


def answered(request: Request, form: str, *, by_accept: bool = False) -> HttpResponseBase:
    """The document, tagged by its bytes."""
    layers = list(visible_layers(None).published())
    media_type, write = FORMS[form]
    body = write(catalogue(request, layers), PREFIXES)
    etag, modified = content_etag(body), max(map(published, layers), default=None)
    response: HttpResponseBase | None = not_modified(request, etag, modified, public=True)
    if response is None:
        response = HttpResponse(body, content_type=f"{media_type}; charset=utf-8")
        with_cache_headers(response, etag, modified, public=True)
    if by_accept:
        patch_vary_headers(response, ["Accept"])
    return response


def read_form(request: Request, names: tuple[str, ...]) -> Asked:
    """By `f`, else by Accept. Raises BadFilter, NotAcceptable."""
    values = single_values(request.GET)
    only(values, names)
    if "f" in values:
        form = "jsonld" if values["f"] == "json" else values["f"]
        if form not in FORMS:
            raise NotAcceptable(_("Chưa có định dạng “%s”.") % values["f"][:30])
        return Asked(form, by_accept=False)
    preferred = request.get_preferred_type(list(_BY_TYPE))
    if preferred is None:
        raise NotAcceptable
    return Asked(_BY_TYPE[preferred], by_accept=True)


def only(values: dict[str, str], names: tuple[str, ...]) -> None:
    """Raises BadFilter on a parameter that is none of these."""
    for name in values:
        if name not in names:
            raise BadFilter(_("Không có tham số hoặc trường lọc “%s”.") % name[:60])
