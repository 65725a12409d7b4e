"""`/api/conformance`: the parts of the standards that hold, and no others.

Whoever adds addresses of another standard below /api/ declares its classes here.
"""

from collections.abc import Iterable

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from layers.api import openapi, pages
from layers.api.params import allow_only
from layers.api.resource import Resource, rendered
from layers.cql2 import CONFORMANCE_CLASSES

_FEATURES = "http://www.opengis.net/spec/ogcapi-features-{part}/1.0/conf/{name}"
CLASSES = [
    *(_FEATURES.format(part=1, name=name) for name in ("core", "geojson", "html", "oas30")),
    _FEATURES.format(part=2, name="crs"),
    *(
        _FEATURES.format(part=3, name=name)
        for name in ("queryables", "queryables-query-parameters", "filter", "features-filter")
    ),
    *CONFORMANCE_CLASSES,
]


def declare(classes: Iterable[str]) -> None:
    """Further conformance classes that hold, in their order; each once."""
    CLASSES.extend(name for name in classes if name not in CLASSES)


class Conformance(Resource):
    """Conformance classes of OGC API – Features, and of what was declared beside it."""

    page = pages.CONFORMANCE

    @extend_schema(
        operation_id="getConformanceDeclaration",
        tags=["Capabilities"],
        summary="Mức tuân thủ chuẩn OGC",
        parameters=[openapi.FORM, openapi.LANG],
        responses=openapi.answers(openapi.CONFORMANCE, 400, 406, page=True),
    )
    def get(self, request: Request) -> Response:
        """The list."""
        allow_only(request.GET, ("lang", "f"))
        return rendered(request, Response({"conformsTo": CLASSES}))
