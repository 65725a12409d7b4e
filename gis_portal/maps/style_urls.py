"""The address of the map's style."""

from django.urls import path

from gis_portal.maps.style_views import style

urlpatterns = [path("style.json", style, name="style")]
