"""A refusal names the box, the limit and what to do, in a planner's words."""

import pytest
from django.utils import translation

from gis_portal.planner.document import shape
from gis_portal.planner.document.errors import BadDocument, DocumentTooLarge
from gis_portal.planner.workbench.refusal_words import refusal_words
from tests.gis_portal.planner.test_document import QUESTION, Json


def refused(**changed: Json) -> dict[str, str]:
    with translation.override("vi"):
        with pytest.raises(BadDocument) as caught:
            shape.check(QUESTION | changed)
        return refusal_words(caught.value, {"parcels": "“Thửa đất công”"})


def test_a_number_that_is_too_small_is_told_at_its_box() -> None:
    said = refused(steps=[{"id": "s", "op": "buffer", "of": "roads", "width_m": -5}])
    assert said["place"] == "Bước 1, bề rộng mỗi bên"
    assert said["detail"] == "“-5” nhỏ quá: ở đây phải lớn hơn 0."
    assert said["hint"] == "Sửa ô này rồi lưu lại."


def test_a_limit_is_told_with_what_to_do() -> None:
    with translation.override("vi"):
        error = DocumentTooLarge("Tối đa 50.000 m.", at="steps[11].width_m")
        said = refusal_words(error, {})
    assert (said["place"], said["hint"]) == (
        "Bước 12, bề rộng mỗi bên",
        "Nhập một số nhỏ hơn rồi lưu lại.",
    )


@pytest.mark.parametrize("title", ["", "  ", "…"])
def test_a_question_has_a_name(title: str) -> None:
    said = refused(title={"vi": title})
    assert said["place"] == "Tên câu hỏi"
    assert said["detail"].startswith("Câu hỏi chưa có tên.")


def test_an_input_is_called_by_its_layer() -> None:
    said = refused(inputs={"parcels": {"layer": "public-land-parcels", "filter": 7}})
    assert said["place"] == "Dữ liệu dùng: “Thửa đất công”, điều kiện lọc"
