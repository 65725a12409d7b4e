"""Measures as pages and paper write them: hectares, kilometres, per cent; one unit a column."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import get_language

from gis_portal.planner.results.rounding import adding_up
from layers.values import group_digits

M2_PER_HA = 10_000
# Slivers: in hectares they would be noughts.
FEW_M2 = 100
# What differences of equal sums leave: nothing.
NOISE = 1e-6
RELATIVE = 1e-11


@dataclass(frozen=True)
class Scale:
    """What the unit and the decimals of numbers go by that stand together: the largest of them and
    the smallest that is there at all.
    """

    most: float
    least: float


def scale_of(values: Iterable[float | None]) -> Scale:
    """Of numbers that are read together: a table, its chart, its total."""
    there = [abs(value) for value in values if value is not None and abs(value) > NOISE]
    return Scale(max(there, default=0.0), min(there, default=0.0))


def shown(measure: str, value: float | None, like: Scale | None = None) -> str:
    """With its unit. `like`: of the numbers that it stands among, so that all have one unit and as
    many decimals as the smallest needs; what is still less than the last of them is told in m².
    """
    if value is None:
        return "—"
    like = like or scale_of([value])
    value = 0.0 if abs(value) < max(NOISE, like.most * RELATIVE) else value
    if measure not in ("area_m2", "length_m", "share"):
        return group_digits(int(value), 0, _language())
    unit, size, digits = _form(measure, like)
    small = {"ha": ("m²", 2), "km": ("m", 1)}.get(unit)
    if small and 0 < abs(value / size) < 10**-digits / 2:
        return _written(value, small[1], small[0])
    return _written(value / size, digits, unit)


def _form(measure: str, like: Scale) -> tuple[str, float, int]:
    """Unit, its size, decimals: hectares to a square metre where a row needs it."""
    if measure == "share":
        return "%", 0.01, 2
    if measure == "length_m":
        return ("m", 1.0, 1) if like.most < 1000 else ("km", 1000.0, 3 if like.least < 10 else 2)
    if like.most < FEW_M2:
        return "m²", 1.0, 2
    fine = like.least < FEW_M2 or like.most < M2_PER_HA
    return "ha", float(M2_PER_HA), 4 if fine else 2


def column_words(
    measure: str, values: Sequence[float | None], total: float | None, like: Scale
) -> list[str]:
    """A column as it is written: what is read adds up by hand to the total as it is read."""
    if measure == "count":
        return [shown(measure, value) for value in values]
    _unit, size, digits = _form(measure, like)
    parts = [None if value is None else value / size for value in values]
    found = adding_up(parts, digits, None if total is None else total / size)
    pairs = zip(values, found, strict=True)
    return [shown(measure, float(each) * size if each else value, like) for value, each in pairs]


def _written(value: float, digits: int, unit: str) -> str:
    """What is there but too little for the decimals is not called nothing."""
    least = 10**-digits
    if 0 < abs(value) < least / 2:
        sign = "−" if value < 0 else ""
        return f"< {sign}{group_digits(least, digits, _language())} {unit}"
    return f"{group_digits(value + 0.0, digits, _language())} {unit}"


def _language() -> str:
    return "en" if get_language() == "en" else "vi"
