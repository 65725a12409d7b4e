"""Numbers that stand below each other have one unit; what is little is not called nothing."""

import pytest
from django.utils import translation

from gis_portal.planner.workbench.shown_numbers import shown


@pytest.mark.parametrize(
    ("measure", "value", "like", "words"),
    [
        ("area_m2", 7_438.9, 3_270_712.0, "0,74 ha"),
        ("area_m2", 0.7, 3_270_712.0, "< 0,01 ha"),
        ("area_m2", 7_438.9, 9_999.0, "0,7439 ha"),
        ("area_m2", 0.17, 0.81, "0,17 m²"),
        ("area_m2", 0.0, 3_270_712.0, "0,00 ha"),
        ("area_m2", None, 1.0, "—"),
        ("area_m2", -2e-10, 9_000_000.0, "0,00 ha"),
        ("area_m2", 2e-4, 2_000_000_000.0, "0,00 ha"),
        ("length_m", 950.0, 12_000.0, "0,95 km"),
        ("length_m", 950.0, 950.0, "950,0 m"),
        ("share", 0.00001, 1.0, "< 0,01 %"),
        ("share", 0.1175, None, "11,75 %"),
        ("count", 12_345, None, "12.345"),
    ],
)
def test_a_column_has_one_unit(
    measure: str, value: float | None, like: float | None, words: str
) -> None:
    with translation.override("vi"):
        assert shown(measure, value, like) == words
