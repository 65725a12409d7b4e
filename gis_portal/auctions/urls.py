"""Addresses of lots: the list, a lot's page, what programs read, documents."""

from django.urls import path

from gis_portal.auctions import documents, listing, open_data, page

urlpatterns = [
    path("", listing.auctions, name="auctions"),
    path("lots.geojson", open_data.lots_geojson, name="auction-lots-geojson"),
    path("stages.json", open_data.stages_json, name="auction-stages"),
    path("documents/<int:number>/", documents.document, name="auction-document"),
    path("<uuid:uid>/", page.lot_page, name="lot"),
]
