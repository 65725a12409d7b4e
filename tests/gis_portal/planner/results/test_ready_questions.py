"""The ready questions: documents that are read, with words in both languages and limits."""

import pytest

from gis_portal.planner.document.reading import read
from gis_portal.planner.templates_ready.catalogue import (
    BadReadyValue,
    UnknownReadyQuestion,
    ready_question,
    ready_questions,
)
from tests.gis_portal.planner.engine.made import box, commune
from tests.gis_portal.planner.results.made import planner


def test_there_are_six_with_words_in_both_languages() -> None:
    assert [question.slug for question in ready_questions()] == [
        "public-land-by-plan",
        "public-land-in-road-corridor",
        "telecom-coverage",
        "auction-sites",
        "parcels-changed",
        "agriculture-in-clusters",
    ]
    for question in ready_questions():
        texts = [question.title, question.purpose, question.reading]
        texts += [parameter.label for parameter in question.parameters]
        texts += [choice.label for p in question.parameters for choice in p.choices]
        assert all(text.vi and text.en for text in texts), question.slug


@pytest.mark.django_db
def test_each_is_a_document_that_a_planner_may_ask() -> None:
    user = planner("results-ready")
    commune("90112", box(0, 0, 100, 100))
    for question in ready_questions():
        assert read(question.document(), user).title["vi"] == question.title.vi


def test_values_stand_where_the_parameter_says() -> None:
    question = ready_question("auction-sites")
    steps = question.document({"min_area": "2500", "road_m": "300", "top": "7"})["steps"][0]
    assert (steps["must"][0]["min"], steps["top"]) == (2500, 7)
    assert steps["must"][1]["max"] == steps["criteria"][1]["worst"] == 300
    assert question.document()["steps"][0]["top"] == 50
    for values in ({"top": "0"}, {"top": "x"}, {"min_area": "nan"}, {"on": "2025-13-01"}):
        with pytest.raises(BadReadyValue):
            question.document(values)
    with pytest.raises(BadReadyValue):
        ready_question("telecom-coverage").document({"operator": "status = 'x'"})
    with pytest.raises(UnknownReadyQuestion):
        ready_question("nothing")
