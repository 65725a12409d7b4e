"""Addresses of the map and of the pages about layers."""

from django.urls import path

from gis_portal.maps import (
    compare_views,
    embed,
    export_views,
    package_views,
    places_page,
    poster_views,
    views,
)

urlpatterns = [
    path("", views.home, name="home"),
    path("layers/", views.layer_list, name="layer-list"),
    path("layers/<slug:slug>/", views.layer_page, name="layer-page"),
    path("layers/<slug:slug>/places/", places_page.places, name="layer-places"),
    path("layers/<slug:slug>/compare/", compare_views.compare, name="layer-compare"),
    path("layers/<slug:slug>/embed/", embed.layer_embed, name="layer-embed"),
    path("layers/<slug:slug>/package/", package_views.layer_package, name="layer-package"),
    path("layers/<slug:slug>/exports/", export_views.layer_exports, name="layer-exports"),
    path("exports/<uuid:number>/", export_views.export_page, name="export-page"),
    path("packages/<uuid:number>/", package_views.package_page, name="package-page"),
    path("panel/place/", views.panel_place, name="panel-place"),
    path("panel/<slug:slug>/<uuid:uid>/", views.panel, name="panel"),
    path("map-poster.svg", poster_views.map_poster, name="map-poster"),
    path("crs.json", views.crs, name="crs"),
    path("design/", views.design, name="design"),
]
