"""`/sitemap.xml` with its files, and `/robots.txt`; addresses as the reader's own host writes them.

Of public layers only, whoever asks.
"""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from xml.sax.saxutils import escape

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from gis_portal.sitemap.addresses import Address, Listed, listed, pages, slices, spans
from layers.errors import PortalError

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
_KIND = "application/xml; charset=utf-8"
# Without an end (a page for each box, filter, place, tile), for one reader, or nothing to read.
_LEFT = (
    "/*?",
    "/*/items",
    "/api/search",
    "/api/exports/",
    "/api/packages/",
    "/admin/",
    "/check/",
    "/exports/",
    "/follow/",
    "/imagery/",
    "/i18n/",
    "/officer/",
    "/layers/*/embed/",
    "/layers/*/exports/",
    "/layers/*/package/",
    "/packages/",
    "/panel/",
    "/parcels/*/extract.pdf",
    "/reports/new/",
    "/steward/",
    "/tiles/",
)
# Messengers draw these beside a shared link; the scripts and styles of pages carry no query.
_KEPT = ("/cards/",)


class UnknownSitemap(PortalError):
    """No such file of the sitemap, or of a layer that is not public."""

    code, status = "unknown-sitemap", 404
    title = _("Không có tệp này trong sơ đồ trang")
    hint = _("Đọc danh sách các tệp ở /sitemap.xml.")


@require_safe
def index(request: HttpRequest) -> HttpResponseBase:
    """The files: one of pages, then those of each layer with a page for each feature."""
    files = [Address(reverse("sitemap-pages"))]
    for each in listed():
        files += [
            Address(
                reverse("sitemap-features", args=[each.layer.slug, number]),
                each.version.published_at,
            )
            for number in range(1, spans(each.version) + 1)
        ]
    body = "".join(_written(request, files, "sitemap"))
    return HttpResponse(
        f'{_HEAD}<sitemapindex xmlns="{_SPACE}">\n{body}</sitemapindex>\n', content_type=_KIND
    )


@require_safe
def own_pages(request: HttpRequest) -> HttpResponseBase:
    """The portal's own pages and those of layers."""
    return _file(request, [pages()])


@require_safe
def features(request: HttpRequest, slug: str, number: int) -> HttpResponseBase:
    """A file of one layer's features, from 1; 304 to who has it of this version.

    Raises UnknownSitemap.
    """
    of = next((each for each in listed() if each.layer.slug == slug), None)
    if of is None or not 1 <= number <= spans(of.version):
        raise UnknownSitemap(f"{slug} {number}")
    tag = _tag(request, of)
    response = get_conditional_response(request, etag=tag) or _file(request, slices(of, number))
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = "public, no-cache"
    return response


def _tag(request: HttpRequest, of: Listed) -> str:
    said = f"{request.build_absolute_uri('/')} {of.version.pk} {of.version.published_at}"
    return f'W/"{hashlib.blake2b(said.encode(), digest_size=12).hexdigest()}"'


def _file(request: HttpRequest, parts: Iterable[list[Address]]) -> HttpResponseBase:
    def lines() -> Iterator[str]:
        yield f'{_HEAD}<urlset xmlns="{_SPACE}">\n'
        for part in parts:
            yield "".join(_written(request, part, "url"))
        yield "</urlset>\n"

    return StreamingHttpResponse(lines(), content_type=_KIND)


def _written(request: HttpRequest, found: Iterable[Address], name: str) -> Iterator[str]:
    host = escape(request.build_absolute_uri("/")[:-1])
    changed: datetime | None = None
    at = ""
    for each in found:
        # The same for all features of a version: told once.
        if each.changed is not changed:
            changed = each.changed
            at = ""
            if changed is not None:
                at = f"<lastmod>{changed.isoformat('T', 'seconds')}</lastmod>"
        yield f"<{name}><loc>{host}{escape(each.path)}</loc>{at}</{name}>\n"


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Pages are for everybody; what has no end is not for walking through."""
    lines = [
        "User-agent: *",
        *(f"Allow: {path}" for path in _KEPT),
        *(f"Disallow: {path}" for path in _LEFT),
        "",
        f"Sitemap: {request.build_absolute_uri(reverse('sitemap'))}",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
