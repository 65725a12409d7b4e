"""Addresses of reports: the public's, then those of staff."""

from django.urls import path

from gis_portal.reports import citizen, inbox, public

_ONE = "steward/reports/<str:digits>/"

urlpatterns = [
    path("reports/", public.handled, name="reports"),
    path("reports/handled.geojson", public.handled_points, name="reports-handled"),
    path("reports/new/", citizen.new, name="report-new"),
    path("reports/photos/<uuid:number>.jpg", public.photo, name="report-photo"),
    path("reports/<str:number>/", citizen.status, name="report-status"),
    path("steward/reports/", inbox.inbox, name="report-inbox"),
    path(_ONE, inbox.one, name="report-handling"),
    path(f"{_ONE}contact/", inbox.contact, name="report-contact"),
    path(f"{_ONE}<slug:what>/", inbox.act, name="report-act"),
]
