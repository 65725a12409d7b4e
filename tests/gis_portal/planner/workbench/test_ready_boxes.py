"""A ready question is found again in the document that it made, with the values of its boxes."""

import pytest
from django.utils import translation

from gis_portal.planner.templates_ready.catalogue import (
    BadReadyValue,
    ReadyQuestion,
    ready_for,
    ready_questions,
)
from gis_portal.planner.workbench.ready_cards import ready_card


@pytest.mark.parametrize("ready", ready_questions(), ids=lambda ready: ready.slug)
def test_a_document_tells_the_ready_question_that_made_it(ready: ReadyQuestion) -> None:
    found = ready_for(ready.document() | {"title": {"vi": "Tên khác"}})
    assert found is not None
    assert found[0] is ready
    assert set(found[1].values()) <= {""}


def test_values_come_back_into_their_boxes() -> None:
    road = next(r for r in ready_questions() if r.slug == "public-land-in-road-corridor")
    given = {"width_m": "80", "class": "class = 'national'", "on": "2025-06-30"}
    found = ready_for(road.document(given))
    assert found is not None
    with translation.override("vi"):
        boxes = {box.name: box for box in ready_card(road, "vi", found[1]).boxes}
    assert [boxes[f"p-{name}"].value for name in given] == list(given.values())


def test_a_document_that_was_changed_deeper_is_none_of_them() -> None:
    road = next(r for r in ready_questions() if r.slug == "public-land-in-road-corridor")
    document = road.document()
    document["steps"].pop()
    assert ready_for(document) is None
    assert ready_for(["no", "document"]) is None
    assert ready_for({"inputs": {}}) is None


def test_a_value_beyond_its_limits_is_told_at_its_box() -> None:
    sites = next(r for r in ready_questions() if r.slug == "auction-sites")
    with translation.override("vi"), pytest.raises(BadReadyValue) as refused:
        sites.document({"min_area": "-4"})
    with translation.override("vi"):
        boxes = ready_card(sites, "vi", {"min_area": "-4"}, refused.value).boxes
    wrong = {box.name: box.error for box in boxes if box.error}
    assert wrong == {"p-min_area": "Diện tích ít nhất: từ 0 đến 1.000.000 m²."}
