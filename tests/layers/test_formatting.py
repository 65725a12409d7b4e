"""Values as people read them, also those that are not of their field's type any more."""

from typing import Any

import pytest

from layers.fieldtypes import TYPES, Choice, FieldType

STRANGE: tuple[Any, ...] = (
    "abc", 5, 0, 2.5, True, False, [], ["a", 1], {"a": 1}, "2026-99-99", 10**400, float("inf"),
)  # fmt: skip
CHOICES = (Choice("a", "Chợ", "Market"), Choice("b", "Trường", "School"))


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("name", sorted(TYPES))
def test_no_value_fails_a_page(name: str, language: str) -> None:
    kind = TYPES[name](choices=CHOICES, unit="m²", digits=1)
    for value in STRANGE:
        assert kind.format(value, language)
    assert kind.format(None) == kind.format("") == "—"


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("integer", "abc", "abc"),
        ("decimal", ["a", "b"], "a, b"),
        ("money", "abc", "abc"),
        ("boolean", "abc", "abc"),
        ("boolean", False, "Không"),
        ("date", "hôm qua", "hôm qua"),
        ("date", 2026, "2026"),
        ("date", "2026-01-31", "31/01/2026"),
        ("datetime", "2026-01-31T08:00:00+07:00", "08:00 31/01/2026"),
        ("datetime", "hôm qua", "hôm qua"),
        ("choice", ["a", "b"], "a, b"),
        ("choice", "a", "Chợ"),
        ("choices", "abc", "abc"),
        ("choices", ["a", "b"], "Chợ, Trường"),
        ("choices", [], "—"),
        ("text", ["a", "b"], "a, b"),
        ("decimal", 2159.6, "2.159,6"),
    ],
)
def test_what_is_not_of_the_type_is_shown_as_it_is(name: str, value: Any, shown: str) -> None:
    kind: FieldType = TYPES[name](choices=CHOICES)
    assert kind.format(value) == shown


def test_scales_and_brief_sums() -> None:
    scale, money = TYPES["scale"](), TYPES["money"]()
    assert [scale.coerce(raw) for raw in (1000, "1.000", "1:1000", "1:1.000")] == [1000] * 4
    assert scale.format(1000) == "1:1.000"
    assert scale.format(1000, "en") == "1:1,000"
    assert money.brief(3_619_200_000) == "3,62 tỷ đồng"
    assert money.brief(3_619_200_000, "en") == "3.62 billion VND"
    assert money.brief(850_000) == "850.000 đồng"
