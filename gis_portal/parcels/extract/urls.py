"""Addresses of extracts and of their check page."""

from django.urls import path

from gis_portal.parcels.extract import views

urlpatterns = [
    path("parcels/<uuid:uid>/extract.pdf", views.extract, name="parcel-extract"),
    path("check/<str:code>/", views.check, name="check"),
]
