"""Limits of classes: quantile, equal, natural; the last against every possible division."""

from itertools import combinations, pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gis_portal.planner.compositions.classes import edges_of, natural_breaks

VALUES = st.lists(st.integers(0, 60), min_size=4, max_size=10)


def within(values: "np.typing.NDArray[np.float64]", places: tuple[int, ...]) -> float:
    """Squares within classes that begin at these places."""
    parts = [values[a:b] for a, b in pairwise((0, *places, len(values)))]
    return sum(float(((part - part.mean()) ** 2).sum()) for part in parts)


@settings(max_examples=60, deadline=None)
@given(VALUES, st.integers(2, 4))
def test_natural_breaks_are_the_best_of_all(raw: list[int], count: int) -> None:
    values = np.sort(np.array(raw, dtype=float))
    count = min(count, len(set(raw)))
    limits = natural_breaks(values, count)
    found = tuple(int(np.searchsorted(values, limit)) for limit in limits)
    # A limit between equal values divides nothing: only places between different ones count.
    places = [i for i in range(1, len(values)) if values[i] != values[i - 1]]
    best = min(within(values, each) for each in combinations(places, count - 1))
    assert within(values, found) <= best + 1e-6


def test_limits_begin_with_the_least_and_end_with_the_greatest() -> None:
    values = np.sort(np.array([1, 2, 2, 3, 5, 8, 13, 100], dtype=float))
    for method in ("quantile", "equal", "natural"):
        edges = edges_of(values, method, 4)
        assert (edges[0], edges[-1]) == (1, 100)
        assert edges == sorted(set(edges))
    assert edges_of(values, "equal", 3) == [1, 34, 67, 100]


def test_one_value_is_one_class_and_none_is_none() -> None:
    assert edges_of(np.array([7.0, 7.0]), "quantile", 5) == [7, 7]
    assert edges_of(np.array([]), "natural", 5) == []
