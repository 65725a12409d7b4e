"""Sums in words and as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_portal.auctions.amounts import in_words, parse_amount
from layers.values import BadValue, group_digits


@pytest.mark.parametrize(
    ("amount", "vi", "en"),
    [
        (0, "Không", "Zero"),
        (5, "Năm", "Five"),
        (15, "Mười lăm", "Fifteen"),
        (21, "Hai mươi mốt", "Twenty-one"),
        (105, "Một trăm linh năm", "One hundred and five"),
        (1_005, "Một nghìn không trăm linh năm", "One thousand five"),
        (1_000_000, "Một triệu", "One million"),
        (
            3_619_200_000,
            "Ba tỷ sáu trăm mười chín triệu hai trăm nghìn",
            "Three billion six hundred and nineteen million two hundred thousand",
        ),
        (1_000_000_001, "Một tỷ không trăm linh một", "One billion one"),
        (
            12_345_000_000_000,
            "Mười hai nghìn ba trăm bốn mươi lăm tỷ",
            "Twelve trillion three hundred and forty-five billion",
        ),
    ],
)
def test_in_words(amount: int, vi: str, en: str) -> None:
    assert in_words(amount, "vi") == f"{vi} đồng"
    assert in_words(amount, "en") == f"{en} đồng"


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("2 tỷ", 2e9),
        ("1,5 tỷ đồng", 1.5e9),
        ("1.5 billion", 1.5e9),
        ("500 triệu", 5e8),
        ("500tr", 5e8),
        ("850.000", 850_000),
        ("2.000.000.000 đ", 2e9),
        ("300 nghìn", 3e5),
    ],
)
def test_typed(text: str, amount: float) -> None:
    assert parse_amount(text) == amount


@pytest.mark.parametrize(
    "text", ["", "tỷ", "hai tỷ", "2 mét", "-5 tỷ", "1e400", "2 tỷ 500", "𝟚 tỷ"]
)
def test_what_is_no_sum_is_refused(text: str) -> None:
    with pytest.raises(BadValue):
        parse_amount(text)


@given(st.integers(0, 10**15), st.sampled_from(["vi", "en"]))
def test_every_sum_has_words_of_its_own(amount: int, language: str) -> None:
    assert parse_amount(f"{group_digits(amount, 0, language)} đồng") == amount
    assert in_words(amount, language) != in_words(amount + 1, language)
