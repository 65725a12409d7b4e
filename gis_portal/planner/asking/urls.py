"""Addresses of questions and runs, below `/api/`."""

from django.urls import path

from gis_portal.planner.areas.views import Areas, OneArea
from gis_portal.planner.asking import views
from gis_portal.planner.results.files.api import RunFiles

urlpatterns = [
    path("analyses", views.Analyses.as_view(), name="api-analyses"),
    path("analyses/preview", views.Preview.as_view(), name="api-analysis-preview"),
    path("analyses/<uuid:pk>", views.OneAnalysis.as_view(), name="api-analysis"),
    path("analyses/<uuid:pk>/runs", views.Runs.as_view(), name="api-analysis-runs"),
    path("runs/<uuid:pk>", views.OneRun.as_view(), name="api-run"),
    path("runs/<uuid:pk>/cancel", views.CancelRun.as_view(), name="api-run-cancel"),
    path("runs/<uuid:pk>/files", RunFiles.as_view(), name="api-run-files"),
    path("areas", Areas.as_view(), name="api-areas"),
    path("areas/<uuid:pk>", OneArea.as_view(), name="api-area"),
]
