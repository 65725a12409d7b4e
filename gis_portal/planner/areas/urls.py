"""Addresses of `gis_portal.planner.areas`."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
