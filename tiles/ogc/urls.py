"""Addresses of OGC API – Tiles below /api/. Parts are plain text: the views name what is wrong."""

from django.urls import path

from layers.api.conformance import declare
from tiles.ogc.conformance import CLASSES
from tiles.ogc.resources import TileMatrixSet, TileMatrixSets, TileSet, TileSets
from tiles.ogc.tile import VectorTile

# What is claimed holds where these addresses are served.
declare(CLASSES)

urlpatterns = [
    path("tileMatrixSets", TileMatrixSets.as_view(), name="api-tile-matrix-sets"),
    path("tileMatrixSets/<str:grid>", TileMatrixSet.as_view(), name="api-tile-matrix-set"),
    path("collections/<str:slug>/tiles", TileSets.as_view(), name="api-tilesets"),
    path("collections/<str:slug>/tiles/<str:grid>", TileSet.as_view(), name="api-tileset"),
    path(
        "collections/<str:slug>/tiles/<str:grid>/<str:matrix>/<str:row>/<str:column>",
        VectorTile.as_view(),
        name="api-tile",
    ),
]
