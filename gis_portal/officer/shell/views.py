"""The page, the app's manifest, the service worker, the map's style: the same for everybody."""

import json
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_safe

from gis_portal.maps.style import THEMES
from gis_portal.officer.shell import precache
from gis_portal.officer.shell.facts import LANGUAGES, page_facts
from gis_portal.officer.shell.styles import offline_style

# Asked again each time; the service worker decides what is kept.
ALWAYS_ASKED = "no-cache"
NAME = "Sổ tay đất đai"


def render_page(request: HttpRequest) -> str:
    """The page as text, the same for everybody."""
    # One page for both languages: the app chooses its words on the device.
    with translation.override(settings.LANGUAGE_CODE):
        return render_to_string(
            "officer/shell.html", {"facts": page_facts(), "name": NAME}, request
        )


@require_safe
def shell(request: HttpRequest) -> HttpResponse:
    """The page without data: the app fills it from the device."""
    return HttpResponse(render_page(request), headers={"Cache-Control": ALWAYS_ASKED})


@require_safe
def app_manifest(_request: HttpRequest) -> JsonResponse:
    """What a phone needs to install it."""
    return JsonResponse(
        {
            "id": reverse("officer"),
            "name": "Sổ tay quản lý đất đai",
            "short_name": NAME,
            "lang": "vi",
            "start_url": reverse("officer"),
            "scope": reverse("officer"),
            "display": "standalone",
            "orientation": "any",
            "background_color": "#f7f3ea",
            "theme_color": "#07404d",
            "icons": [
                *(_icon(f"officer-{size}.png", size, "any") for size in (192, 512)),
                _icon("officer-maskable-512.png", 512, "maskable"),
            ],
        },
        json_dumps_params={"ensure_ascii": False},
        headers={"Cache-Control": ALWAYS_ASKED},
        content_type="application/manifest+json",
    )


def _icon(file: str, size: int, purpose: str) -> dict[str, str]:
    address = static(f"gis_portal/{file}")
    return {
        "src": address, "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose,
    }  # fmt: skip


@require_safe
def style(_request: HttpRequest, language: str, theme: str) -> HttpResponse:
    """The public map's style in a language and a theme, for the packs' tiles."""
    if language not in LANGUAGES or theme not in THEMES:
        raise Http404
    return JsonResponse(
        offline_style(language, theme),
        json_dumps_params={"ensure_ascii": False},
        headers={"Cache-Control": ALWAYS_ASKED},
    )


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker: the list of what it keeps, then the script as it was built.

    Another build, another page, another style: another digest, so browsers see a new version.
    """
    kept = _kept()
    page = render_page(request)
    styles = [
        json.dumps(offline_style(language, theme), ensure_ascii=False)
        for language in LANGUAGES
        for theme in sorted(THEMES)
    ]
    source = precache.worker_source()
    kept["version"] = precache.digest(page, source, *kept["files"], *styles)
    body = f"self.KEPT = {json.dumps(kept)};\n{source}"
    return HttpResponse(
        body,
        content_type="text/javascript; charset=utf-8",
        headers={"Cache-Control": ALWAYS_ASKED},
    )


def _kept() -> dict[str, Any]:
    """`page`, files whose names carry their hash, and what has to be asked anew for a version."""
    files = [*precache.assets(), static("gis_portal/mark.svg")]
    changing = [reverse("officer-manifest")]
    changing += [
        reverse("officer-style", args=[language, theme])
        for language in LANGUAGES
        for theme in sorted(THEMES)
    ]
    return {
        "page": reverse("officer"),
        "files": files,
        "changing": changing,
        "static": settings.STATIC_URL,
    }
