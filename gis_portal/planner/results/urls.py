"""Addresses of `gis_portal.planner.results`."""

from django.urls import URLPattern, include, path

from gis_portal.planner.results import ogc, views
from gis_portal.planner.results.addresses import pages as addresses
from gis_portal.planner.results.files import pages as files


def _ogc(name: str) -> list[URLPattern]:
    """What OGC API – Features has below a landing page."""
    collection = "collections/result"
    return [
        path("", ogc.landing, name=name),
        path("api", ogc.described, name=f"{name}-api"),
        path("conformance", ogc.conformance, name=f"{name}-conformance"),
        path("collections", ogc.collections, name=f"{name}-collections"),
        path(collection, ogc.collection, name=f"{name}-collection"),
        path(f"{collection}/items", ogc.items, name=f"{name}-items"),
        path(f"{collection}/items/<int:seq>", ogc.item, name=f"{name}-item"),
    ]


_RUN = "runs/<uuid:run>/"

urlpatterns = [
    path(f"{_RUN}tiles/<str:z>/<str:x>/<str:y>.pbf", views.tile, name="planner-run-tile"),
    path(f"{_RUN}tiles.json", views.tiles_described, name="planner-run-tiles"),
    path(f"{_RUN}table.json", views.table_as_json, name="planner-run-table"),
    path(f"{_RUN}table.csv", views.table_as_csv, name="planner-run-csv"),
    path(f"{_RUN}table.xlsx", files.result_file, {"key": "xlsx"}, name="planner-run-xlsx"),
    path(f"{_RUN}table.gpkg", files.result_file, {"key": "gpkg"}, name="planner-run-gpkg"),
    path(f"{_RUN}files/<slug:key>/", files.file_page, name="planner-run-file"),
    path(f"{_RUN}table.pdf", views.report_as_pdf, name="planner-run-pdf"),
    path(f"{_RUN}map.pdf", views.map_as_pdf, name="planner-run-map-pdf"),
    path(
        f"{_RUN}difference/<uuid:other>/table.json",
        views.difference_as_json,
        name="planner-run-difference-json",
    ),
    path(
        f"{_RUN}difference/<uuid:other>/",
        views.difference_page,
        name="planner-run-difference",
    ),
    path(f"{_RUN}qgis/", addresses.qgis_page, name="planner-run-qgis"),
    path(f"{_RUN}qgis/<int:number>/revoke/", addresses.revoke, name="planner-run-qgis-revoke"),
    path(f"{_RUN}ogc/", include(_ogc("planner-run-ogc"))),
    path(f"{_RUN}ogc/by/<str:token>/", include(_ogc("planner-run-ogc-token"))),
    path("qgis/<str:secret>/", include(_ogc("planner-qgis"))),
]
