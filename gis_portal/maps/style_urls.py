"""The addresses of styles: of the whole map, and of one layer."""

from django.urls import path

from gis_portal.maps.style_views import style, style_of_layer

urlpatterns = [
    path("style.json", style, name="style"),
    path("layers/<slug:slug>/style.json", style_of_layer, name="layer-style"),
]
