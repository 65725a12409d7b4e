"""Addresses of the field, below `/officer/`."""

from django.urls import path

from gis_portal.officer.field import refused, showing, views

urlpatterns = [
    path("api/operations", views.operations, name="officer-operations"),
    path("api/photos/<uuid:number>/<int:index>", views.photo, name="officer-photo"),
    path("api/checklists", views.checklists, name="officer-checklists"),
    path("desk/refused/", refused.refused, name="officer-desk-refused"),
    path("photos/<uuid:number>/<int:index>.jpg", showing.shown, name="officer-photo-shown"),
    path(
        "photos/<uuid:number>/<int:index>/original", showing.original, name="officer-photo-original"
    ),
]
