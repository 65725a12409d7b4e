"""Addresses of parcels."""

from django.urls import path

from gis_portal.parcels import views

urlpatterns = [
    path("parcels/<uuid:uid>/", views.parcel, name="parcel"),
    path("parcels/<uuid:uid>/corners.csv", views.corners_csv, name="parcel-corners"),
]
