"""Addresses of the steward's pages about lots."""

from django.urls import path

from gis_portal.auctions import steward

urlpatterns = [
    path("", steward.waiting, name="steward-auctions"),
    path("<uuid:uid>/", steward.steps, name="steward-lot"),
    path("<uuid:uid>/correct/<int:number>/", steward.correction, name="steward-lot-correct"),
]
