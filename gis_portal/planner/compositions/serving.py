"""What the map asks for while it is being made: classes of a field, squares with that field."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gis_portal.planner.compositions.classes import classes_of, themeable
from gis_portal.planner.compositions.thematic_tiles import thematic_tile
from layers.catalogue import layer_by_slug, live_version
from layers.cql2 import compile_filter, queryables_of
from layers.errors import BadFilter, VersionRetired
from layers.models import Layer
from tiles.grid import Tile

MVT = "application/vnd.mapbox-vector-tile"
# As everywhere where squares hang on who reads: the browser alone keeps them.
KEPT = "private, max-age=600"


@require_safe
def classes(request: HttpRequest) -> HttpResponse:
    """`?layer=&field=&method=&n=&palette=`. Raises UnknownLayer, BadFilter."""
    layer = _published(request, request.GET.get("layer", ""))
    try:
        count = int(request.GET.get("n", "5"))
    except ValueError as error:
        raise BadFilter(_("Cách chia, bảng màu hoặc số hạng không đúng.")) from error
    found = classes_of(
        layer,
        request.GET.get("field", ""),
        method=request.GET.get("method", "quantile"),
        count=count,
        palette=request.GET.get("palette", "sea"),
        language=str(getattr(request, "LANGUAGE_CODE", "vi")),
    )
    response = JsonResponse(found.as_json())
    response.headers["Cache-Control"] = KEPT
    return response


@require_safe
def tile(request: HttpRequest, slug: str, version: int, z: str, x: str, y: str) -> HttpResponse:
    """`?field=&filter=` (CQL2 JSON). Raises UnknownLayer, VersionRetired, BadTile, BadFilter."""
    layer = _published(request, slug)
    if layer.live_version_id != version:
        raise VersionRetired
    queryables = queryables_of(layer.parsed)
    name, text = request.GET.get("field", ""), request.GET.get("filter", "")
    field = themeable(layer.parsed).get(name) if name else None
    if name and field is None:
        raise BadFilter(_("Lớp này không có trường “%(name)s” để tô màu.") % {"name": name[:60]})
    condition = compile_filter(text, "cql2-json", queryables) if text else None
    response = HttpResponse(
        thematic_tile(layer, Tile.parse(z, x, y), field, condition), content_type=MVT
    )
    response.headers["Cache-Control"] = KEPT
    return response


def _published(request: HttpRequest, slug: str) -> Layer:
    """Raises UnknownLayer, LayerNotPublished."""
    layer = layer_by_slug(slug, request.user)
    live_version(layer)
    return layer
