"""Addresses of the field, below `/officer/`."""

from django.urls import path

from gis_portal.officer.field import kept_pages, refused, showing, views

urlpatterns = [
    path("api/operations", views.operations, name="officer-operations"),
    path("api/photos/<uuid:number>/<int:index>", views.photo, name="officer-photo"),
    path("api/checklists", views.checklists, name="officer-checklists"),
    path("desk/refused/", refused.refused, name="officer-desk-refused"),
    path("desk/kept/", kept_pages.strays, name="officer-desk-kept"),
    path("desk/kept/<uuid:number>/", kept_pages.stray, name="officer-desk-kept-one"),
    path("desk/kept/<uuid:number>/original", kept_pages.stray_file, name="officer-desk-kept-file"),
    path("photos/<uuid:number>/<int:index>.jpg", showing.shown, name="officer-photo-shown"),
    path(
        "photos/<uuid:number>/<int:index>/original", showing.original, name="officer-photo-original"
    ),
]
