"""Addresses of `gis_portal.planner.results`."""

from django.urls import path

from gis_portal.planner.results import views

urlpatterns = [
    path("runs/<uuid:run>/tiles/<str:z>/<str:x>/<str:y>.pbf", views.tile, name="planner-run-tile"),
    path("runs/<uuid:run>/tiles.json", views.tiles_described, name="planner-run-tiles"),
    path("runs/<uuid:run>/table.json", views.table_as_json, name="planner-run-table"),
    path("runs/<uuid:run>/table.csv", views.table_as_csv, name="planner-run-csv"),
]
