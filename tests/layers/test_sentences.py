"""Sentences that were written down in Vietnamese, read in English."""

from django.utils.translation import override

from layers.sentences import in_language


def test_sentences_are_told_again_with_what_was_filled_in() -> None:
    told = {
        "Viết số nguyên.": "Write a whole number.",
        "Tối đa 20 ký tự.": "At most 20 characters.",
        "trùng với dòng 41": "the same as row 41",
        "Tọa độ lấy từ “a.tfw”.": "The place was taken from “a.tfw”.",
        "Tệp không phải JSON hợp lệ: dòng 3, cột 4": "The file is not valid JSON: line 3, column 4",
        "đường ranh giới tự cắt\nkhông ai biết câu này": (
            "the boundary crosses itself\nkhông ai biết câu này"
        ),
        "": "",
    }
    with override("en"):
        assert {said: in_language(said) for said in told} == told
    with override("vi"):
        assert [in_language(said) for said in told] == list(told)
