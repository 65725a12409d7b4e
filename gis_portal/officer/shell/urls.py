"""Addresses of the handbook's page and of what makes it an app."""

from django.urls import path

from gis_portal.officer.shell import views

urlpatterns = [
    path("", views.shell, name="officer"),
    path("manifest.webmanifest", views.app_manifest, name="officer-manifest"),
    path("sw.js", views.worker, name="officer-worker"),
    path("style-<str:language>-<str:theme>.json", views.style, name="officer-style"),
]
