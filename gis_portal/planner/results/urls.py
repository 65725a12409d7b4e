"""Addresses of `gis_portal.planner.results`."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
