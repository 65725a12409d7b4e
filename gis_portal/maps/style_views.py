"""/style.json and /layers/{slug}/style.json: styles for whoever asks, in a language and a theme."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from gis_portal.maps.layer_style import layer_style
from gis_portal.maps.style import THEMES, build_style
from gis_portal.maps.unit_names import unit_names
from layers.catalogue import layer_by_slug, live_version, visible_layers
from tiles.tilejson import digest


@require_safe
def style(request: HttpRequest) -> HttpResponse:
    """`?lang=vi|en` (else the reader's choice), `?theme=light|dark`. Anything else is the default.

    At most two queries. Always asked again; 304 while nothing has been published or edited.
    """
    language = str(getattr(request, "LANGUAGE_CODE", "vi"))
    theme = request.GET.get("theme", "light")
    root = request.build_absolute_uri("/").rstrip("/")
    layers = list(visible_layers(request.user).published())
    has_ground = any(layer.parsed.feeds == "units" for layer in layers)
    document = build_style(
        layers,
        root=root,
        language=language,
        theme=theme if theme in THEMES else "light",
        names=unit_names(language) if has_ground else None,
    )
    return _answer(request, document, "private, no-cache")


@require_safe
def style_of_layer(request: HttpRequest, slug: str) -> HttpResponse:
    """One layer alone, for maps elsewhere: `lang`, `theme` as above, `labels=0` without lettering.

    Raises UnknownLayer, LayerNotPublished.
    """
    layer = layer_by_slug(slug, request.user)
    live_version(layer)
    theme = request.GET.get("theme", "light")
    document = layer_style(
        layer,
        root=request.build_absolute_uri("/").rstrip("/"),
        language=str(getattr(request, "LANGUAGE_CODE", "vi")),
        theme=theme if theme in THEMES else "light",
        labels=request.GET.get("labels") not in ("0", "false"),
    )
    if not layer.is_public:
        return _answer(request, document, "private, no-store")
    response = _answer(request, document, "no-cache")
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _answer(request: HttpRequest, document: dict[str, Any], kept: str) -> HttpResponse:
    """As JSON, with a strong validator of it."""
    text, tag = digest(document)
    response = get_conditional_response(request, etag=tag)
    if response is None:
        response = HttpResponse(text, content_type="application/json")
    assert isinstance(response, HttpResponse)
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = kept
    return response
