"""Addresses of packs, below `/officer/`."""

from django.urls import path

from gis_portal.officer.packs import views

urlpatterns = [
    path("api/packs", views.packs, name="officer-packs"),
    path("api/packs/<int:unit>/delta", views.delta, name="officer-pack-delta"),
    path("api/packs/<int:unit>/<slug:name>/<str:sha256>", views.part, name="officer-pack-part"),
]
