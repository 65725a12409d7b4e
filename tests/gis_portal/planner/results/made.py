"""A question over made layers, asked on some versions, done."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.utils import timezone

from gis_portal.planner.document.model import Overlay, UnitGroup
from gis_portal.planner.engine.run import run
from gis_portal.planner.engine.store import ResultStore
from gis_portal.planner.models import Analysis, Run
from layers.permissions import PLANNER
from tests.gis_portal.planner.engine.made import Row, box, document, layer, version

PARCELS, ZONES = "result-parcels", "result-zones"
RAW: dict[str, Any] = {
    "analysis": "1.0",
    "title": {"vi": "Thửa theo khu", "en": "Parcels by zone"},
    "inputs": {"parcels": {"layer": PARCELS}, "zones": {"layer": ZONES}},
    "steps": [
        {"id": "pieces", "op": "overlay", "kind": "identity", "of": "parcels", "with": "zones"}
    ],
    "result": {
        "of": "pieces",
        "group_by": [{"units": "commune", "on": "2025-07-01"}, {"field": "zones.kind"}],
        "measures": ["count", "area_m2", "share"],
    },
}
SIDE = 12
# A name that a spreadsheet would run.
FORMULA = '=HYPERLINK("http://x")'


def planner(name: str) -> Any:
    """An account of that role."""
    user, _made = get_user_model().objects.get_or_create(username=name)
    user.groups.add(Group.objects.get_or_create(name=PLANNER)[0])
    return user


def parcels(unit: int) -> list[Row]:
    """A field of parcels of 10 m, and one far away that no zone reaches."""
    rows = [
        Row(box(x * 20, y * 20, x * 20 + 10, y * 20 + 10), "ODT", unit)
        for x in range(SIDE)
        for y in range(SIDE)
    ]
    return [*rows, Row(box(2000, 0, 2100, 100), "CLN", None)]


def zones(edge: float) -> list[Row]:
    """Two zones that meet at `edge`; the second has a name that is a formula."""
    return [Row(box(0, 0, edge, 300), "A"), Row(box(edge, 0, 400, 300), FORMULA)]


def layers(unit: int, edge: float) -> dict[str, int]:
    """Both layers with a version each."""
    return {
        "parcels": version(layer(PARCELS, "polygon"), parcels(unit)),
        "zones": version(layer(ZONES, "polygon", units=False), zones(edge)),
    }


def done(versions: Mapping[str, int], owner: Any, analysis: Analysis | None = None) -> Run:
    """The question, asked on these versions."""
    kept = analysis or Analysis.objects.create(owner=owner, title="Thửa theo khu", document=RAW)
    made = Run.objects.create(
        analysis=kept, document=RAW, versions=dict(versions), state=Run.RUNNING, asked_by=owner
    )
    by: Sequence[Any] = [UnitGroup("commune"), "zones.kind"]
    cut = Overlay("pieces", "identity", "parcels", "zones")
    asked = document({"parcels": PARCELS, "zones": ZONES}, cut, of="pieces", by=by)
    made.summary = run(asked, versions, store=ResultStore(made.pk)).as_json()
    made.state, made.finished_at = Run.DONE, timezone.now()
    made.save()
    return made
