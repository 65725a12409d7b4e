"""Rounded columns add up to their rounded totals; no number moves by more than its last digit."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from gis_portal.planner.results.rounding import adding_up, rounded

# Square metres with seven digits behind the point.
AREAS = st.lists(st.integers(0, 10**14).map(lambda number: number / 1e7), max_size=30)


@settings(max_examples=50)
@given(AREAS, st.sampled_from([0, 2, 6]))
def test_columns_add_up(values: list[float], digits: int) -> None:
    total = sum(values)
    found = [number for number in adding_up(values, digits, total) if number is not None]
    assert sum(found) == rounded(total, digits)
    step = Decimal(1).scaleb(-digits)
    for number, value in zip(found, values, strict=True):
        assert abs(number - Decimal(repr(value))) < step + Decimal("1e-6")


def test_noise_does_not_choose() -> None:
    thirds, noisy = [1 / 3, 1 / 3, 1 / 3], [1 / 3, 1 / 3 + 1e-12, 1 / 3]
    assert adding_up(thirds, 2, 1.0) == adding_up(noisy, 2, 1.0)
    assert [str(n) for n in adding_up(thirds, 2, 1.0)] == ["0.34", "0.33", "0.33"]
    assert adding_up([None, 2.005, None], 2, 2.005) == [None, Decimal("2.01"), None]
    # What does not add up is not made to.
    assert adding_up([1.111, 1.111], 2, 5.0) == [Decimal("1.11"), Decimal("1.11")]
    assert str(adding_up([-0.0], 2, 0.0)[0]) == "0.00"
