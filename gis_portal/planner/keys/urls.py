"""Addresses of `gis_portal.planner.keys`."""

from django.urls import path

from gis_portal.planner.keys import pages

urlpatterns = [
    path("keys/", pages.keys, name="planner-keys"),
    path("keys/<int:number>/revoke/", pages.revoke, name="planner-key-revoke"),
]
