"""Parcels laid over zones: classes, units, slivers, what is unknown, and sums that add up."""

import pytest

from gis_portal.planner.document.model import Overlay, UnitGroup
from gis_portal.planner.engine import store as stored
from gis_portal.planner.engine.errors import InvalidShape, WrongShapes
from tests.gis_portal.planner.engine.made import (
    Row,
    answered,
    box,
    commune,
    document,
    layer,
    version,
)

pytestmark = pytest.mark.django_db
CUT = Overlay("pieces", "identity", "parcels", "zones")


def test_parts_of_parcels_by_commune_and_class() -> None:
    here = commune("90001", box(0, 0, 200, 100))
    parcels = version(
        layer("engine-parcels", "polygon"),
        [
            Row(box(0, 0, 10, 10), "ODT", here.pk),  # wholly in the first zone
            Row(box(45, 0, 55, 10), "ODT", here.pk),  # across both
            Row(box(40, 20, 50.05, 30), "CLN", here.pk),  # a sliver in the second
            Row(box(95, 0, 105, 10), None, None),  # half of it outside, class and unit unknown
        ],
    )
    zones = version(
        layer("engine-zones", "polygon"),
        [Row(box(0, 0, 50, 100), "A"), Row(box(50, 0, 100, 100), "B")],
    )
    asked = document(
        {"parcels": "engine-parcels", "zones": "engine-zones"},
        CUT,
        of="pieces",
        by=[UnitGroup("commune"), "parcels.kind", "zones.kind"],
    )
    summary, store = answered(asked, {"parcels": parcels, "zones": zones})

    told = [
        (r["commune"], r["parcels.kind"], r["zones.kind"], r["count"], round(r["area_m2"], 6))
        for r in summary.rows
    ]
    assert told == [
        ("90001", "CLN", "A", 1, 100.0),
        ("90001", "ODT", "A", 2, 150.0),
        ("90001", "ODT", "B", 1, 50.0),
        (None, None, "B", 1, 50.0),
        (None, None, None, 1, 50.0),
    ]
    assert summary.slivers["count"] == 1
    assert summary.slivers["area_m2"] == pytest.approx(0.5)
    assert summary.sums["input"] == pytest.approx(400.5, rel=1e-9)
    assert abs(summary.sums["difference"]) < 1e-6
    assert [c["name"] for c in summary.columns][:3] == ["commune", "parcels.kind", "zones.kind"]
    pieces = list(stored.pieces(store.run, summary.source["version"]))
    assert [p.whole for p in pieces] == [True, False, False, False, False, False, False]
    assert all(p.shape for p in pieces)


def test_a_shape_that_crosses_itself_is_named() -> None:
    bow = "POLYGON((436000 1161000,436010 1161010,436010 1161000,436000 1161010,436000 1161000))"
    parcels = version(layer("engine-parcels", "polygon"), [Row(box(0, 0, 9, 9)), Row(bow)])
    zones = version(layer("engine-zones", "polygon"), [Row(box(0, 0, 50, 100))])
    asked = document({"parcels": "engine-parcels", "zones": "engine-zones"}, CUT, of="pieces")
    with pytest.raises(InvalidShape, match=r"parcels.* 1 "):
        answered(asked, {"parcels": parcels, "zones": zones})


def test_lines_do_not_cut() -> None:
    parcels = version(layer("engine-parcels", "polygon"), [Row(box(0, 0, 9, 9))])
    zones = version(
        layer("engine-lines", "line"), [Row("LINESTRING(436000 1161000,436009 1161009)")]
    )
    asked = document({"parcels": "engine-parcels", "zones": "engine-lines"}, CUT, of="pieces")
    with pytest.raises(WrongShapes):
        answered(asked, {"parcels": parcels, "zones": zones})
