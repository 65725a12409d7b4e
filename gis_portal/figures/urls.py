"""Addresses of the dashboard."""

from django.urls import path

from gis_portal.figures import coverage_views, tabular, views

urlpatterns = [
    path("figures/", views.dashboard, name="figures"),
    path("figures/freshness.csv", tabular.freshness_csv, name="figures-freshness-csv"),
    path("figures/<slug:key>/", views.indicator, name="figure"),
    path("figures/<slug:key>.csv", tabular.indicator_csv, name="figure-csv"),
    path("layers/<slug:slug>/coverage/", coverage_views.coverage, name="layer-coverage"),
    path("layers/<slug:slug>/coverage.csv", coverage_views.coverage_csv, name="layer-coverage-csv"),
]
