"""Addresses of the dashboard."""

from django.urls import path

from gis_portal.figures import tabular, views

urlpatterns = [
    path("figures/", views.dashboard, name="figures"),
    path("figures/freshness.csv", tabular.freshness_csv, name="figures-freshness-csv"),
    path("figures/<slug:key>/", views.indicator, name="figure"),
    path("figures/<slug:key>.csv", tabular.indicator_csv, name="figure-csv"),
]
