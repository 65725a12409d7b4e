"""Addresses of imagery. Parts are plain text here: the view names what is wrong with them."""

from django.urls import path, re_path

from tiles.imagery import views

urlpatterns = [
    path("<str:slug>/tilejson.json", views.tilejson_view, name="imagery-tilejson"),
    path("<str:slug>/dates.json", views.dates_view, name="imagery-dates"),
    re_path(
        r"^(?P<slug>[^/]+)/(?P<version>[^/]+)/(?P<date>[^/]+)/overview\.(?P<form>webp|png|jpg)$",
        views.overview,
        name="imagery-overview",
    ),
    re_path(
        r"^(?P<slug>[^/]+)/(?P<version>[^/]+)/(?P<date>[^/]+)/(?P<z>[^/]+)/(?P<x>[^/]+)/"
        r"(?P<y>[^/]+)\.(?P<form>webp|png|jpg)$",
        views.tile,
        name="imagery-tile",
    ),
]
