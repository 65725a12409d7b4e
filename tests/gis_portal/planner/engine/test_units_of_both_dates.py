"""Units of today and those that they came from, beside each other in one table."""

import datetime as dt

import pytest

from gis_portal.planner.document.model import FieldGroup, UnitGroup
from gis_portal.planner.engine.run import run as compute
from gis_portal.planner.engine.store import ResultStore
from gis_portal.planner.models import Run
from gis_portal.planner.results.told import told
from gis_portal.planner.workbench import row_pieces
from tests.gis_portal.planner.engine.made import (
    Row,
    begun,
    box,
    commune,
    document,
    layer,
    version,
)

pytestmark = pytest.mark.django_db
BEFORE = dt.date(2025, 6, 30)


def test_old_and_new_communes_in_one_table() -> None:
    whole = commune("90001", box(0, 0, 200, 100))
    commune("80001", box(0, 0, 100, 100), valid_from="2008-01-01", valid_to="2025-07-01")
    commune("80002", box(100, 0, 200, 100), valid_from="2008-01-01", valid_to="2025-07-01")
    versions = {
        "parcels": version(
            layer("engine-parcels", "polygon"),
            [
                Row(box(10, 0, 20, 10), "A", whole.pk),
                Row(box(90, 0, 110, 10), "A", whole.pk),  # across the former border
                Row(box(290, 0, 300, 10), "B", None),
            ],
        )
    }
    asked = document(
        {"parcels": "engine-parcels"},
        of="parcels",
        by=[UnitGroup("commune"), UnitGroup("commune", BEFORE), FieldGroup("parcels", "kind")],
    )
    kept = begun()
    kept.document = {
        "inputs": {"parcels": {"layer": "engine-parcels"}},
        "result": {
            "of": "parcels",
            "group_by": [
                {"units": "commune"},
                {"units": "commune", "on": "2025-06-30"},
                {"field": "parcels.kind"},
            ],
        },
    }
    kept.versions, kept.state = versions, Run.DONE
    kept.summary = compute(asked, versions, store=ResultStore(kept.pk)).as_json()
    kept.save()
    assert [
        (row["commune"], row["commune@2025-06-30"], row["parcels.kind"], row["area_m2"])
        for row in kept.summary["rows"]
    ] == [
        ("90001", "80001", "A", pytest.approx(200)),
        ("90001", "80002", "A", pytest.approx(100)),
        (None, None, "B", pytest.approx(100)),
    ]
    about = told(kept, "vi")
    heads = [column.label for column in about.groups]
    assert heads[0] == "Xã, phường"
    assert "30/06/2025" in heads[1]
    for place, count in enumerate((2, 1, 1)):
        wanted = row_pieces.Wanted("row", place, about.lines[place])
        pieces = row_pieces.page_of(about, wanted, first=0, size=10)
        assert len(pieces) == count
        assert all(row_pieces.row_of(about, piece) == wanted for piece in pieces)
