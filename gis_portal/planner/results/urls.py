"""Addresses of `gis_portal.planner.results`."""

from django.urls import path

from gis_portal.planner.results import ogc, views

urlpatterns = [
    path("runs/<uuid:run>/tiles/<str:z>/<str:x>/<str:y>.pbf", views.tile, name="planner-run-tile"),
    path("runs/<uuid:run>/tiles.json", views.tiles_described, name="planner-run-tiles"),
    path("runs/<uuid:run>/table.json", views.table_as_json, name="planner-run-table"),
    path("runs/<uuid:run>/table.csv", views.table_as_csv, name="planner-run-csv"),
    path("runs/<uuid:run>/table.xlsx", views.table_as_xlsx, name="planner-run-xlsx"),
    path("runs/<uuid:run>/table.gpkg", views.pieces_as_gpkg, name="planner-run-gpkg"),
    path("runs/<uuid:run>/table.pdf", views.report_as_pdf, name="planner-run-pdf"),
    path("runs/<uuid:run>/map.pdf", views.map_as_pdf, name="planner-run-map-pdf"),
    path(
        "runs/<uuid:run>/difference/<uuid:other>/table.json",
        views.difference_as_json,
        name="planner-run-difference-json",
    ),
    path(
        "runs/<uuid:run>/difference/<uuid:other>/",
        views.difference_page,
        name="planner-run-difference",
    ),
    path("runs/<uuid:run>/ogc/", ogc.landing, name="planner-run-ogc"),
    path("runs/<uuid:run>/qgis/", ogc.for_qgis, name="planner-run-qgis"),
    path("runs/<uuid:run>/ogc/conformance", ogc.conformance, name="planner-run-ogc-conformance"),
    path("runs/<uuid:run>/ogc/collections", ogc.collections, name="planner-run-ogc-collections"),
    path(
        "runs/<uuid:run>/ogc/collections/result",
        ogc.collection,
        name="planner-run-ogc-collection",
    ),
    path("runs/<uuid:run>/ogc/collections/result/items", ogc.items, name="planner-run-ogc-items"),
    path(
        "runs/<uuid:run>/ogc/collections/result/items/<int:seq>",
        ogc.item,
        name="planner-run-ogc-item",
    ),
]
