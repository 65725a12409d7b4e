"""Questions read back in words: the ready ones in both languages, and unfinished ones."""

import pytest
from django.utils import translation

from gis_portal.planner.templates_ready.catalogue import ReadyQuestion, ready_questions
from gis_portal.planner.workbench.sentence import sentence
from layers.catalogue import shipped_definitions

DEFINITIONS = {definition.slug: definition for _raw, definition in shipped_definitions()}


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("ready", ready_questions(), ids=lambda ready: ready.slug)
def test_a_ready_question_has_words_for_all_of_it(ready: ReadyQuestion, language: str) -> None:
    with translation.override(language):
        said = sentence(ready.document(), DEFINITIONS, language)
    words = "\n".join((*said.lines, said.result))
    assert len(said.lines) >= len(ready.document().get("steps", []))
    assert "…" not in words
    assert "{'" not in words
    assert "“Thao tác" not in words
    for slug in {each.get("layer") for each in ready.document()["inputs"].values()} - {None}:
        assert DEFINITIONS[slug].title(language) in words


def test_the_road_corridor_reads_as_a_planner_says_it() -> None:
    ready = next(r for r in ready_questions() if r.slug == "public-land-in-road-corridor")
    with translation.override("vi"):
        said = sentence(ready.document({"width_m": "75"}), DEFINITIONS, "vi")
    assert any("mỗi bên 75 m" in line for line in said.lines)
    assert "địa giới ngày 01/07/2025" in said.result
    # Lines are numbered as the form's steps are; what is asked names layers, not steps.
    assert len(said.lines) == len(ready.document()["steps"])
    assert "“Thửa đất công” nằm trong vùng mỗi bên 75 m quanh “Tim đường”, chia" in said.result
    assert "“Tim đường” (chỉ lấy " in said.lines[0]
    assert "Chồng" in said.lines[-1]


def test_criteria_are_read_with_their_units() -> None:
    ready = next(r for r in ready_questions() if r.slug == "auction-sites")
    with translation.override("vi"):
        said = sentence(ready.document({"min_area": "2500"}), DEFINITIONS, "vi")
    [scored] = [line for line in said.lines if line.startswith("Chấm điểm")]
    assert "diện tích, trọng số 3 (tốt nhất 10.000 m², kém nhất 1.000 m²); " in scored
    must = scored.split("; chỉ xét đối tượng có: ")[1]
    assert "diện tích từ 2.500 m² trở lên; " in must
    assert "không quá 500 m; " in must
    assert any("ODT (Đất ở tại đô thị)" in line for line in said.lines)


def test_columns_that_a_step_makes_have_names() -> None:
    ready = next(r for r in ready_questions() if r.slug == "parcels-changed")
    with translation.override("vi"):
        said = sentence(ready.document({}), DEFINITIONS, "vi")
    assert "thay đổi của “Thửa đất công”, chia theo" in said.result
    assert "và kiểu thay đổi." in said.result


@pytest.mark.parametrize(
    "raw",
    [
        {},
        [],
        {"inputs": {"a": {"layer": "no-such"}}, "steps": [{"op": "overlay"}], "result": {}},
        {
            "inputs": {"a": 3},
            "steps": [None, {"op": "x"}],
            "result": {"of": ["a"], "group_by": [{}]},
        },
        {"inputs": {"a": {"units": "commune"}}, "result": {"of": "a", "measures": [{}, "count"]}},
    ],
)
def test_what_is_not_right_yet_is_read_too(raw: object) -> None:
    assert sentence(raw, DEFINITIONS, "vi").result
