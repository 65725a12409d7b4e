"""Addresses of share cards."""

from django.urls import path

from gis_portal.cards import views

urlpatterns = [
    path("cards/parcels/<uuid:uid>.png", views.parcel_card, name="parcel-card"),
    path("cards/lots/<uuid:uid>.png", views.lot_card, name="lot-card"),
]
