"""Addresses below /api/imports."""

from django.urls import path

from importers.api.views import CancelImport, Import, ImportIssues, Imports

urlpatterns = [
    path("imports", Imports.as_view(), name="api-imports"),
    path("imports/<int:number>", Import.as_view(), name="api-import"),
    path("imports/<int:number>/issues", ImportIssues.as_view(), name="api-import-issues"),
    path("imports/<int:number>/cancel", CancelImport.as_view(), name="api-import-cancel"),
]
