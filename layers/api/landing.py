"""`/api/`: what this service offers and where."""

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from layers.api import openapi, pages
from layers.api.dcat import views as dcat
from layers.api.params import allow_only
from layers.api.resource import (
    Resource,
    absolute,
    language,
    link,
    links_if_there,
    rendered,
)


class Landing(Resource):
    """The landing page of OGC API – Features."""

    page = pages.LANDING

    @extend_schema(
        operation_id="getLandingPage",
        tags=["Capabilities"],
        summary="Trang đầu của API",
        parameters=[openapi.FORM, openapi.LANG],
        responses=openapi.answers(openapi.LANDING, 400, 406, page=True),
    )
    def get(self, request: Request) -> Response:
        """Links to everything."""
        allow_only(request.GET, ("lang", "f"))
        english = language() == "en"
        json, html = "application/json", "text/html"
        body = {
            "title": settings.PORTAL_NAME_EN if english else settings.PORTAL_NAME_VI,
            "description": (
                "Open layers of the province: GeoJSON, vector tiles, search. Reference only."
                if english
                else "Các lớp dữ liệu mở của tỉnh: GeoJSON, mảnh bản đồ véc-tơ, tìm kiếm. "
                "Chỉ để tham khảo."
            ),
            "links": [
                link("self", absolute(request, "api-landing"), json),
                link("service-desc", absolute(request, "api-openapi"), openapi.MEDIA_TYPE),
                link("service-doc", absolute(request, "api-docs"), html),
                link("service-doc", absolute(request, "api-docs-examples"), html),
                link("conformance", absolute(request, "api-conformance"), json),
                link("data", absolute(request, "api-collections"), json),
                *links_if_there(
                    request,
                    (
                        "http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes",
                        "api-tile-matrix-sets",
                        json,
                    ),
                ),
                link("service-meta", absolute(request, "api-catalogue-jsonld"), dcat.JSONLD),
                link("service-meta", absolute(request, "api-catalogue-turtle"), dcat.TURTLE),
                link("feed", absolute(request, "api-feed"), "application/atom+xml"),
                link("search", absolute(request, "api-search") + "?q={q}", json),
            ],
        }
        body["links"][-1]["templated"] = True
        return rendered(request, Response(body))
