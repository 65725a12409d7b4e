"""/style.json: the map's style for whoever asks, in a language and a theme."""

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from gis_portal.maps.style import THEMES, build_style
from gis_portal.maps.unit_names import unit_names
from layers.catalogue import visible_layers
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
    text, tag = digest(document)
    response = get_conditional_response(request, etag=tag)
    if response is None:
        response = HttpResponse(text, content_type="application/json")
    assert isinstance(response, HttpResponse)
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = "private, no-cache"
    return response
