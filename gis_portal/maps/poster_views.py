"""/map-poster.svg: the still picture of the home view, for everybody alike."""

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from gis_portal.maps.poster import poster, poster_mark
from gis_portal.maps.style import THEMES
from layers.errors import ServiceBusy
from layers.standing import standing_layers

# The address carries the mark of what is drawn (`?v=`).
DAY = 86_400


@require_safe
def map_poster(request: HttpRequest) -> HttpResponse:
    """`?theme=light|dark`, as SVG. Two queries once it is kept. Raises ServiceBusy."""
    layers = standing_layers(None)
    theme = request.GET.get("theme", "light")
    theme = theme if theme in THEMES else "light"
    mark = poster_mark(layers)
    tag = f'"{mark}-{theme}"'
    response = get_conditional_response(request, etag=tag)
    if response is None:
        try:
            response = HttpResponse(poster(layers, theme), content_type="image/svg+xml")
        except OperationalError as error:
            raise ServiceBusy from error
    assert isinstance(response, HttpResponse)
    is_exact = request.GET.get("v") == mark
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = f"public, max-age={DAY}" if is_exact else "no-cache"
    return response
