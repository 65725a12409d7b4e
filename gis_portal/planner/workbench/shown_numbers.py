"""Measures as pages write them: hectares, kilometres, per cent; one unit a column."""

from collections.abc import Iterable

from django.utils.translation import get_language

from layers.values import group_digits

M2_PER_HA = 10_000
# Slivers: in hectares they would be noughts.
FEW_M2 = 100
# What differences of equal sums leave: nothing.
NOISE = 1e-6
RELATIVE = 1e-11


def largest(values: Iterable[float | None]) -> float:
    """What a column's unit and decimals go by."""
    return max((abs(value) for value in values if value is not None), default=0.0)


def shown(measure: str, value: float | None, like: float | None = None) -> str:
    """With its unit. `like`: the largest value of the column that it stands in, so that numbers
    below each other have one unit and as many decimals.
    """
    if value is None:
        return "—"
    like = abs(value) if like is None else like
    value = 0.0 if abs(value) < max(NOISE, like * RELATIVE) else value
    if measure == "area_m2":
        if like < FEW_M2:
            return _written(value, 2, "m²")
        return _written(value / M2_PER_HA, 4 if like < M2_PER_HA else 2, "ha")
    if measure == "length_m":
        return _written(value, 1, "m") if like < 1000 else _written(value / 1000, 2, "km")
    if measure == "share":
        return _written(100 * value, 2, "%")
    return group_digits(int(value), 0, _language())


def _written(value: float, digits: int, unit: str) -> str:
    """What is there but too little for the decimals is not called nothing."""
    least = 10**-digits
    if 0 < abs(value) < least / 2:
        sign = "−" if value < 0 else ""
        return f"< {sign}{group_digits(least, digits, _language())} {unit}"
    return f"{group_digits(value + 0.0, digits, _language())} {unit}"


def _language() -> str:
    return "en" if get_language() == "en" else "vi"
