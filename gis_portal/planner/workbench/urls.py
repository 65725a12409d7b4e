"""Addresses of `gis_portal.planner.workbench`."""

from django.urls import include, path

from gis_portal.planner.workbench import (
    areas_page,
    home,
    parts_page,
    question_page,
    run_page,
)

_ANALYSIS = "analyses/<uuid:number>/"
_RUN = "runs/<uuid:number>/"

urlpatterns = [
    path("", home.home, name="planner"),
    path("new/", question_page.new, name="planner-new"),
    path("my-areas/", areas_page.areas_page, name="planner-areas-page"),
    path("my-areas/<uuid:number>/delete/", areas_page.remove_area, name="planner-area-delete"),
    path("map/", include("gis_portal.planner.compositions.urls")),
    path("words/", question_page.words, name="planner-words"),
    path(_ANALYSIS, question_page.analysis_page, name="planner-analysis"),
    path(f"{_ANALYSIS}run/", question_page.run, name="planner-analysis-run"),
    path(f"{_ANALYSIS}share/", question_page.share, name="planner-share"),
    path(f"{_ANALYSIS}copy/", question_page.copy_question, name="planner-analysis-copy"),
    path(f"{_ANALYSIS}delete/", question_page.remove, name="planner-analysis-delete"),
    path(_RUN, run_page.run_page, name="planner-run"),
    path(f"{_RUN}parts/", parts_page.parts_page, name="planner-run-parts"),
    path(f"{_RUN}parts.json", parts_page.parts_for_map, name="planner-run-parts-map"),
    path(f"{_RUN}delete/", run_page.remove_run, name="planner-run-delete"),
    path(f"{_RUN}cancel/", run_page.cancel, name="planner-run-cancel"),
]
