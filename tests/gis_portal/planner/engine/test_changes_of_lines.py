"""What changed of lines is told by their lengths."""

import pytest

from gis_portal.planner.document.model import Changes
from gis_portal.planner.engine import store as stored
from tests.gis_portal.planner.engine.made import (
    EAST,
    NORTH,
    Row,
    answered,
    document,
    layer,
    version,
)

pytestmark = pytest.mark.django_db


def line(*places: tuple[float, float]) -> str:
    return f"LINESTRING({','.join(f'{EAST + x} {NORTH + y}' for x, y in places)})"


def test_changes_of_lines_are_told_in_metres() -> None:
    roads = layer("engine-roads", "line")
    old = version(roads, [Row(line((0, 0), (70, 0)), key="a"), Row(line((0, 9), (9, 9)), key="b")])
    new = version(roads, [Row(line((0, 0), (90, 0)), key="a")])
    asked = document({}, Changes("c", "engine-roads", "previous", "live"), of="c", by=["c.change"])
    _summary, store = answered(asked, {"c.from": old, "c.to": new})
    assert [piece.value for piece in stored.pieces(store.run, None)] == [
        {
            "fields": found,
            "length_m_before": pytest.approx(before),
            "length_m_after": after and pytest.approx(after),
            "length_change_m": pytest.approx((after or 0) - before),
        }
        for found, before, after in (([], 70, 90), (None, 9, None))
    ]
