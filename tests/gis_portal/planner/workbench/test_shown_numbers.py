"""Numbers that stand together have one unit; they add up; what is little is not called nothing."""

import pytest
from django.utils import translation

from gis_portal.planner.workbench.shown_numbers import Scale, column_words, scale_of, shown


@pytest.mark.parametrize(
    ("measure", "value", "like", "words"),
    [
        ("area_m2", 7_438.9, Scale(3_270_712.0, 7_438.9), "0,74 ha"),
        ("area_m2", 45.29, Scale(130_256.0, 4.94), "0,0045 ha"),
        ("area_m2", 0.46, Scale(130_256.0, 4.94), "0,46 m²"),
        ("area_m2", 0.7, Scale(3_270_712.0, 500.0), "0,70 m²"),
        ("area_m2", 7_438.9, Scale(9_999.0, 500.0), "0,7439 ha"),
        ("area_m2", 0.17, Scale(0.81, 0.17), "0,17 m²"),
        ("area_m2", 0.0, Scale(3_270_712.0, 500.0), "0,00 ha"),
        ("area_m2", None, None, "—"),
        ("area_m2", -2e-10, Scale(9_000_000.0, 500.0), "0,00 ha"),
        ("area_m2", 2e-4, Scale(2_000_000_000.0, 500.0), "0,00 ha"),
        ("length_m", 950.0, Scale(12_000.0, 950.0), "0,95 km"),
        ("length_m", 950.0, None, "950,0 m"),
        ("share", 0.00001, None, "< 0,01 %"),
        ("share", 0.1175, None, "11,75 %"),
        ("count", 12_345, None, "12.345"),
    ],
)
def test_a_column_has_one_unit(
    measure: str, value: float | None, like: Scale | None, words: str
) -> None:
    with translation.override("vi"):
        assert shown(measure, value, like) == words


def test_a_column_adds_up_by_hand_to_its_total_with_the_slivers() -> None:
    rows, slivers = [130_205.3, 45.29, 4.94], 0.46
    total = sum(rows) + slivers
    with translation.override("vi"):
        like = scale_of([*rows, total])
        read = column_words("area_m2", [*rows, slivers], total, like)
        assert read == ["13,0205 ha", "0,0045 ha", "0,0005 ha", "0,0001 ha"]
        assert shown("area_m2", total, like) == "13,0256 ha"
