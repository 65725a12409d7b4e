"""Results of runs on planners' maps: put there, saved, shared, printed, and seen only by whoever
may see the run.
"""

from typing import Any

import pytest
from django.test import Client

from gis_portal.planner.compositions.documents import EMPTY, result_entry
from gis_portal.planner.compositions.models import Composition
from gis_portal.planner.engine.store import ResultStore
from gis_portal.planner.models import Analysis, Run
from layers.models import Layer
from tests.gis_portal.parcels.extract.reading import opened, squeezed
from tests.gis_portal.planner.results.made import PARCELS, done, layers, planner

pytestmark = pytest.mark.django_db
HIDDEN = "Số kết quả không hiện ở đây vì không còn, hoặc không được chia sẻ với bạn: 1."


def reader(name: str = "") -> Client:
    client = Client()
    if name:
        client.force_login(planner(name))
    return client


@pytest.fixture
def run(db: None) -> Run:
    return done(layers(0, 100), planner("map-owner"))


def told(page: Any) -> tuple[list[str], list[str]]:
    """Runs that are drawn, and what is said of others."""
    drawn = [
        entry["run"] for side in page.context["map_config"]["document"]["sides"] for entry in side
    ]
    return drawn, [each["words"] for each in page.context["left_out"]]


def test_a_result_is_put_on_a_map_saved_shared_and_printed(run: Run) -> None:
    owner, number = reader("map-owner"), str(run.pk)
    assert f"/planner/map/?run={number}" in owner.get(f"/planner/runs/{number}/").content.decode()
    assert number in [
        each["id"] for each in owner.get("/planner/map/").context["map_config"]["results"]
    ]
    page = owner.get(f"/planner/map/?run={number}")
    assert told(page) == ([number], [])
    described = owner.get(page.context["map_config"]["results"][0]["tiles"]).json()
    assert described["class_label"]
    assert described["unclassed"]
    for other in (reader("map-other"), reader()):
        assert other.get(f"/planner/map/?run={number}").status_code in (302, 404)
    assert owner.get("/planner/map/?run=x").status_code == 404
    document = page.context["map_config"]["document"]
    document["sides"][0][0] |= {"opacity": 0.5, "group": "Nhà", "filter": {"op": "x"}, "more": 1}
    body = {"title": "Kết quả", "shared": "link", "document": document}
    assert reader("map-other").post("/planner/map/", body, "application/json").status_code == 400
    address = owner.post("/planner/map/", body, "application/json").json()["address"]
    (kept,) = Composition.objects.get().document["sides"][0]
    usual = {"layer": "", "run": number, "on": True, "filter": None, "theme": None}
    assert kept == {**usual, "opacity": 0.5, "group": "Nhà"}
    paper = squeezed(opened(owner.get(f"{address}map.pdf").content).pages[0].extract_text())
    for words in ("Thửatheokhu:", "Kếtquảphântích,tínhxonglúc", f"{PARCELS}:Phiênbản1"):
        assert words in paper, words
    assert told(reader("map-other").get(address)) == ([], [HIDDEN])
    Analysis.objects.update(shared=Analysis.PLANNERS)
    assert told(reader("map-other").get(address)) == ([number], [])
    assert told(reader().get(address)) == ([], [HIDDEN])
    Analysis.objects.update(shared=Analysis.PUBLIC)
    assert told(reader().get(address)) == ([number], [])
    Layer.objects.filter(slug=PARCELS).update(visibility=Layer.INTERNAL)
    assert told(reader().get(address)) == ([], [HIDDEN])
    ResultStore(run.pk).drop()
    expired = "Kết quả “Thửa theo khu” đã hết hạn giữ nên không còn hình để vẽ."
    assert told(owner.get(address)) == ([], [expired])
    run.delete()
    assert told(owner.get(address)) == ([], [HIDDEN])


@pytest.mark.long
def test_a_hidden_result_is_not_printed_which_is_said(run: Run) -> None:
    document = {**EMPTY, "sides": [[result_entry(run.pk)], []]}
    usual = {"title": "Bản đồ", "document": document, "shared": Composition.LINK}
    made = Composition.objects.create(owner=planner("map-owner"), **usual)
    answer = reader().get(f"/planner/map/{made.pk}/map.pdf")
    paper = squeezed(opened(answer.content).pages[0].extract_text())
    assert "Thửatheokhu" not in paper
    assert squeezed(HIDDEN) in paper
