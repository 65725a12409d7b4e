"""Addresses of the steward's pages."""

from django.urls import path

from gis_portal.steward import actions, history, keys, lists, overview, run_page, sending

_RUN = "imports/<int:number>/"

urlpatterns = [
    path("", overview.overview, name="steward"),
    path("upload/", sending.upload, name="steward-upload"),
    path("keys/", keys.keys, name="steward-keys"),
    path("keys/<int:number>/revoke/", keys.revoke, name="steward-key-revoke"),
    path(_RUN, run_page.import_page, name="steward-import"),
    path(f"{_RUN}progress/", run_page.progress, name="steward-progress"),
    path(f"{_RUN}issues/", lists.issues, name="steward-issues"),
    path(f"{_RUN}issues.geojson", lists.issues_on_map, name="steward-issues-map"),
    path(f"{_RUN}issues.xlsx", lists.issues_workbook, name="steward-issues-xlsx"),
    path(f"{_RUN}issues.csv", lists.issues_csv, name="steward-issues-csv"),
    path(f"{_RUN}changes/", lists.changes_list, name="steward-changes"),
    path(f"{_RUN}changes.geojson", lists.changes_on_map, name="steward-changes-map"),
    path(f"{_RUN}cancel/", actions.cancel, name="steward-cancel"),
    path(f"{_RUN}again/", actions.again, name="steward-again"),
    path(f"{_RUN}reason/", actions.allow_removals, name="steward-reason"),
    path(f"{_RUN}compare/", actions.compare, name="steward-compare"),
    path(f"{_RUN}approve/", actions.approve, name="steward-approve"),
    path(f"{_RUN}publish/", actions.publish, name="steward-publish"),
    path(f"{_RUN}discard/", actions.discard, name="steward-discard"),
    path("layers/<slug:slug>/", history.layer_history, name="steward-layer"),
    path("layers/<slug:slug>/roll-back/", history.roll_back, name="steward-roll-back"),
    path("layers/<slug:slug>/<int:number>/file/", history.original, name="steward-original"),
]
