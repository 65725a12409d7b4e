"""Addresses of the desk, below `/officer/`."""

from django.urls import path

from gis_portal.officer.desk import (
    answers,
    exporting,
    in_use,
    listing,
    one,
    paper,
    parcel,
    proposing,
    statistics,
)

_ONE = "desk/reports/<uuid:number>/"

urlpatterns = [
    path("desk/", listing.reports, name="officer-desk"),
    path("desk/reports.geojson", listing.reports_geojson, name="officer-desk-geojson"),
    path("desk/reports.csv", exporting.as_csv, name="officer-desk-csv"),
    path("desk/reports.xlsx", exporting.as_xlsx, name="officer-desk-xlsx"),
    path(_ONE, one.report, name="officer-desk-report"),
    path(f"{_ONE}place.geojson", listing.report_geojson, name="officer-desk-report-geojson"),
    path(f"{_ONE}people/", one.people, name="officer-desk-people"),
    path(f"{_ONE}minutes.pdf", paper.minutes, name="officer-desk-minutes"),
    path(f"{_ONE}<slug:what>/", one.act, name="officer-desk-act"),
    path("desk/parcels/<uuid:uid>/", parcel.history, name="officer-desk-parcel"),
    path("desk/proposals/", proposing.proposals, name="officer-desk-proposals"),
    path("desk/proposals.csv", proposing.accepted_csv, name="officer-desk-proposals-csv"),
    path("desk/proposals/<uuid:number>/", proposing.settle, name="officer-desk-settle"),
    path("desk/conflicts/", proposing.conflicts, name="officer-desk-conflicts"),
    path("desk/conflicts/choose/", proposing.choose, name="officer-desk-choose"),
    path("desk/statistics/", statistics.page, name="officer-desk-statistics"),
    path("desk/devices/", in_use.devices, name="officer-desk-devices"),
    path("desk/devices/<uuid:number>/", in_use.end, name="officer-desk-revoke"),
    path("desk/readings/", in_use.readings, name="officer-desk-readings"),
    path("api/answers", answers.answers, name="officer-answers"),
]
