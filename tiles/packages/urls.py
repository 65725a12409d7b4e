"""Addresses of packages below /api/."""

from django.urls import path

from tiles.packages.api import OnePackage, Packages
from tiles.packages.download import download

urlpatterns = [
    path("collections/<str:slug>/packages", Packages.as_view(), name="api-packages"),
    path("packages/<uuid:number>", OnePackage.as_view(), name="api-package"),
    path("packages/<uuid:number>/<str:name>", download, name="api-package-file"),
]
