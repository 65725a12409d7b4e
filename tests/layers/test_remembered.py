"""An answer lives as long as its array, and belongs to no other."""

import gc

import numpy as np

from layers.remembered import Remembered


def test_an_array_is_asked_once_and_then_forgotten() -> None:
    asked: list[int] = []

    def total(array: np.ndarray) -> int:
        asked.append(len(array))
        return int(array.sum())

    remembered = Remembered(total)
    one, same = np.arange(5), np.arange(5)
    assert [remembered(one), remembered(one), remembered(same)] == [10, 10, 10]
    assert asked == [5, 5]
    assert remembered.remember(one, 11) == remembered(one) == 11
    for length in range(50):
        assert remembered(np.full(length, 1)) == length
    del one, same
    gc.collect()
    assert not remembered._known
