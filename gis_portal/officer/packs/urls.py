"""Addresses of packs and of the handbook, below `/officer/`."""

from django.urls import path

from gis_portal.officer.packs import choosing, editing, views

_PAGE = "desk/handbook/<slug:slug>/"

urlpatterns = [
    path("api/packs", views.packs, name="officer-packs"),
    path("api/packs/<int:unit>/delta", views.delta, name="officer-pack-delta"),
    path("api/packs/<int:unit>/<slug:name>/<str:sha256>", views.part, name="officer-pack-part"),
    path("desk/packs/", choosing.packs_page, name="officer-desk-packs"),
    path("desk/handbook/", editing.handbook, name="officer-desk-handbook"),
    path("desk/handbook/new/", editing.edit_page, name="officer-desk-handbook-new"),
    path(_PAGE, editing.handbook_page, name="officer-desk-handbook-page"),
    path(f"{_PAGE}edit/", editing.edit_page, name="officer-desk-handbook-edit"),
]
