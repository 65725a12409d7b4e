"""Addresses of tiles. Parts are plain text here: the view names what is wrong with them."""

from django.urls import path

from tiles import views

urlpatterns = [
    path("<str:slug>/tilejson.json", views.tilejson_view, name="tilejson"),
    path("<str:slug>/<str:version>/<str:z>/<str:x>/<str:y>.mvt", views.tile, name="tile"),
]
