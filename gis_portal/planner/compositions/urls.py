"""Addresses of the map for planners, below `/planner/map/`."""

from django.urls import path

from gis_portal.planner.compositions import pages, serving

_TILE = "tiles/<slug:slug>/<int:version>/<str:z>/<str:x>/<str:y>.mvt"

urlpatterns = [
    path("", pages.new_map, name="planner-map"),
    path("print/", pages.print_unsaved, name="planner-map-print"),
    path("classes/", serving.classes, name="planner-map-classes"),
    path(_TILE, serving.tile, name="planner-map-tile"),
    path("<uuid:number>/", pages.saved_map, name="planner-map-saved"),
    path("<uuid:number>/map.pdf", pages.printed, name="planner-map-pdf"),
    path("<uuid:number>/delete/", pages.remove, name="planner-map-delete"),
]
