"""The OpenAPI 3.0 document: parameters and schemas that resources name, and the document itself.

REST framework views are described by drf-spectacular; answers that the database builds have their
schemas in `layers.api.schemas`. The document is made once a process: it depends on the code only.
"""

import json
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.translation import gettext
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request

from layers.api.openapi_parameters import (
    CRS,
    DATETIME,
    FORM,
    ITEMS_DESCRIPTION,
    ITEMS_PARAMETERS,
    LANG,
    SELECTION_PARAMETERS,
    SLUG,
    UID,
)
from layers.api.params import allow_only
from layers.api.render import REVALIDATE, content_etag, not_modified
from layers.api.resource import Resource, language
from layers.api.schemas import COMPONENTS, STATUS_WORDS, component
from layers.definition import Language

# Resources name parameters, schemas and answers by this module alone.
__all__ = [
    "CRS",
    "DATETIME",
    "FORM",
    "ITEMS_DESCRIPTION",
    "ITEMS_PARAMETERS",
    "LANG",
    "SELECTION_PARAMETERS",
    "SLUG",
    "UID",
]
MEDIA_TYPE = "application/vnd.oai.openapi+json;version=3.0"
PROBLEM = "application/problem+json"

LANDING, CONFORMANCE, COLLECTIONS, QUERYABLES, FEATURE, FEATURE_COLLECTION, SEARCH = (
    component(name)
    for name in (
        "landingPage",
        "confClasses",
        "collections",
        "queryables",
        "featureGeoJSON",
        "featureCollectionGeoJSON",
        "searchAnswer",
    )
)


def answers(
    ok: Any, *statuses: int, media: str = "application/json", page: bool = False
) -> dict[int | tuple[int, str], Any]:
    """Responses of an operation: what it gives, also as a `page` for people, and which problems it
    may answer with.
    """
    found: dict[int | tuple[int, str], Any] = {(200, media): ok}
    if page:
        found[200, "text/html"] = OpenApiTypes.STR
    for status in statuses:
        found[status, PROBLEM] = OpenApiResponse(component("problem"), STATUS_WORDS[status])
    return found


class OpenApi(Resource):
    """`/api/openapi.json`."""

    @extend_schema(exclude=True)
    def get(self, request: Request) -> HttpResponseBase:
        """The document, from memory."""
        allow_only(request.GET, ("lang", "f"))
        body = document_bytes(language())
        etag = content_etag(body)
        unchanged = not_modified(request, etag, None, public=True)
        if unchanged is not None:
            return unchanged
        response = HttpResponse(body, content_type=MEDIA_TYPE)
        response.headers["Cache-Control"] = REVALIDATE
        response.headers["ETag"] = etag
        return response


@cache
def document_bytes(lang: Language) -> bytes:
    """The document as it is sent."""
    return json.dumps(document(lang), ensure_ascii=False).encode()


@cache
def document(lang: Language = "vi") -> dict[str, Any]:
    """The document with its texts in that language; the addresses and schemas are the same."""
    # Some words come from libraries, which speak the language of whoever asks first.
    with translation.override(settings.LANGUAGE_CODE):
        made = _document()
    if lang == "en":
        with translation.override(lang):
            made = _translated(made)
    made["info"]["title"] = settings.PORTAL_NAME_EN if lang == "en" else settings.PORTAL_NAME_VI
    return made


def _translated(found: Any) -> Any:
    """A copy with every text for readers in the language of now. Their Vietnamese is their key."""
    if isinstance(found, list):
        return [_translated(one) for one in found]
    if not isinstance(found, dict):
        return found
    return {
        name: gettext(value)
        if name in ("summary", "description") and isinstance(value, str) and value
        else _translated(value)
        for name, value in found.items()
    }


def _document() -> dict[str, Any]:
    """drf-spectacular's description of the views, with the schemas of SQL-built answers."""
    made: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    made["info"] = {
        "title": settings.PORTAL_NAME_VI,
        "description": "Đọc không cần khóa. Dữ liệu chỉ để tham khảo.",
        "version": settings.SPECTACULAR_SETTINGS["VERSION"],
    }
    made["servers"] = [{"url": "/"}]
    made.setdefault("components", {}).setdefault("schemas", {}).update(COMPONENTS)
    made["components"].pop("securitySchemes", None)
    for operations in made["paths"].values():
        for operation in operations.values():
            # Reading needs no key; the session cookie only opens internal layers to staff.
            operation.pop("security", None)
            # Without one of its own, drf-spectacular takes the docstring, which is for developers.
            if operation.get("description") != ITEMS_DESCRIPTION:
                operation.pop("description", None)
    return made
