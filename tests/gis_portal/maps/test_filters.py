"""Numbers, days and sizes as Vietnamese readers write them."""

import datetime as dt

import pytest
from django.utils import translation

from gis_portal.maps.panel import name_then_code
from gis_portal.templatetags.portal import area, day, distance, number, plain
from layers.landuse import describe


@pytest.mark.parametrize(
    ("square_metres", "vi", "en"),
    [
        (2159.6, "2.159,6 m²", "2,159.6 m²"),
        (111_042_000, "11.104,2 ha", "11,104.2 ha"),
        (None, "—", "—"),
    ],
)
def test_area(square_metres: float | None, vi: str, en: str) -> None:
    with translation.override("vi"):
        assert area(square_metres) == vi
    with translation.override("en"):
        assert area(square_metres) == en


def test_day_is_local() -> None:
    assert day(dt.date(2026, 9, 5)) == "05/09/2026"
    midnight_here = dt.datetime(2026, 9, 4, 17, 30, tzinfo=dt.UTC)
    assert day(midnight_here) == "05/09/2026"
    assert day(None) == "—"
    with translation.override("en"):
        assert day(dt.date(2026, 6, 30)) == "30 June 2026"


def test_land_use_titles_read_name_first() -> None:
    described = describe("CLN", "vi")
    assert name_then_code(described) == "Đất trồng cây lâu năm (CLN)"
    assert name_then_code("XYZ") == "XYZ"


def test_numbers_and_lengths() -> None:
    with translation.override("vi"):
        assert number(7571) == "7.571"
        assert number(426902.367, 2) == "426.902,37"
        assert distance(950) == "950,0 m"
        assert distance(51_234) == "51,2 km"
    assert plain(107.0843) == "107.0843"
