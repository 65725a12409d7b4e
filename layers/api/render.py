"""How the API answers: JSON bytes, problem documents, and what caches may keep.

Public layers answer with an ETag of version, declaration and address, to be asked again each time;
layers that not everybody may see are never stored. `gis_portal.errors` shows the same problem
documents elsewhere.
"""

import hashlib
import json
from datetime import datetime
from typing import Any

from django.core.exceptions import BadRequest
from django.core.serializers.json import DjangoJSONEncoder
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import http_date
from rest_framework import exceptions

from layers.definition import SLUG
from layers.errors import (
    BadFilter,
    MethodNotAllowed,
    NotAcceptable,
    PortalError,
    ServiceBusy,
    UnknownItem,
)
from layers.models import Layer, LayerVersion

GEOJSON = "application/geo+json"
# Part of every ETag: raise it when the shape of an answer changes without the data changing.
SHAPE = "5"
REVALIDATE = "public, max-age=0, must-revalidate"


def problem(error: PortalError, slug: str = "") -> HttpResponse:
    """The problem document (RFC 9457) of a named error; its hint names addresses of this layer.

    What it quotes from a caller may hold half a character, which UTF-8 cannot say: "?".
    """
    body = {
        "type": f"/api/docs/errors#{error.code}",
        "title": str(error.title),
        "status": error.status,
        "code": error.code,
        "detail": str(error.detail or error.title),
        "hint": str(error.hint).replace("{slug}", slug or "{slug}"),
        **error.extra,
    }
    text = json.dumps(body, cls=DjangoJSONEncoder, ensure_ascii=False)
    response = HttpResponse(
        text.encode("utf-8", "replace"),
        status=error.status,
        content_type="application/problem+json",
    )
    response.headers["Cache-Control"] = "no-store"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def problem_handler(exc: Exception, context: dict[str, Any]) -> HttpResponseBase | None:
    """REST framework's hook: every failure with a name as a problem document; None for the rest
    (500).
    """
    named = _named(exc)
    if named is None:
        return None
    slug = str(context.get("kwargs", {}).get("slug", ""))
    response = problem(named, slug if SLUG.match(slug) else "")
    if isinstance(exc, exceptions.MethodNotAllowed):
        response.headers["Allow"] = "GET, HEAD, OPTIONS"
    return response


def _named(exc: Exception) -> PortalError | None:
    if isinstance(exc, PortalError):
        return exc
    if isinstance(exc, exceptions.MethodNotAllowed):
        return MethodNotAllowed()
    if isinstance(exc, exceptions.NotAcceptable):
        return NotAcceptable()
    if isinstance(exc, Http404 | exceptions.NotFound):
        return UnknownItem()
    if isinstance(exc, exceptions.APIException | BadRequest):
        return BadFilter(str(exc))
    # The statement timeout of the database: the question was too big, not wrong.
    return ServiceBusy() if isinstance(exc, OperationalError) else None


def version_etag(request: HttpRequest, layer: Layer, version: LayerVersion) -> str:
    """Weak tag of an answer about one version: version, declaration and address decide it.

    Weak, because answers carry the time at which they were made and may be compressed on the way.
    """
    parts = (
        SHAPE,
        request.build_absolute_uri(),
        str(getattr(request, "LANGUAGE_CODE", "")),
        # An address may answer in two forms (`layers.api.people`).
        str(getattr(request, "form", "")),
        f"{version.pk}-{version.published_at}",
        layer.definition_text,
        layer.visibility,
    )
    return f'W/"{version.pk}-{_digest(*parts)}"'


def content_etag(body: bytes) -> str:
    """Weak tag of a small answer: its bytes decide it."""
    return f'W/"{_digest(SHAPE, body.decode())}"'


def _digest(*parts: str) -> str:
    return hashlib.blake2b("\n".join(parts).encode(), digest_size=12).hexdigest()


def not_modified(
    request: HttpRequest, etag: str, modified: datetime | None, *, public: bool
) -> HttpResponseBase | None:
    """304 when the caller already has this answer; None when it must be built.

    Only the tag decides. The day of publication does not: it stays the same when the language or
    the layer's declaration is another.
    """
    if not public:
        return None
    fresh = HttpResponse()
    answer = get_conditional_response(request, etag=etag, response=fresh)
    if answer is None or answer is fresh:
        return None
    return with_cache_headers(answer, etag, modified, public=public)


def with_cache_headers(
    response: HttpResponseBase, etag: str, modified: datetime | None, *, public: bool
) -> HttpResponseBase:
    """What caches may do with an answer."""
    if not public:
        response.headers["Cache-Control"] = "private, no-store"
        patch_vary_headers(response, ["Cookie"])
        return response
    response.headers["Cache-Control"] = REVALIDATE
    response.headers["ETag"] = etag
    if modified:
        response.headers["Last-Modified"] = http_date(modified.timestamp())
    return response
