"""The stagehand's acts with planners' runs: a question over two layers, asked, looked at, swept.

Imported by `stagehand.py` once Django is loaded. The points are looked up as those of imports are.
"""

import datetime as dt
import random
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from gis_portal.planner.asking import queue
from gis_portal.planner.engine.store import ResultStore, fetched
from gis_portal.planner.models import Analysis, Run
from layers import publish
from layers.cql2 import Sql
from layers.models import Layer, LayerVersion
from layers.permissions import PLANNER
from tests.faults import points
from tests.faults.points import Point
from tests.gis_portal.planner.engine.made import Row, box, layer, version

_ASKING, _ENGINE = "gis_portal.planner.asking", "gis_portal.planner.engine"
RUN_POINTS = (
    Point("turn taken", f"{_ASKING}.queue.take_next", after=True),
    Point("table of the answer made", f"{_ENGINE}.store.ResultStore.begin", after=True),
    Point("sets divided", f"{_ENGINE}.working.Work.do", call=3),
    Point("in the middle of the cutting", f"{_ENGINE}.working.Work.do", call=3, after=True),
    Point("before the seal", f"{_ENGINE}.store.ResultStore.seal"),
    Point("after the seal", f"{_ENGINE}.store.ResultStore.seal", after=True),
    Point("before the first map", "gis_portal.planner.results.overview.prepare"),
    Point("before it says done", f"{_ASKING}.queue.end"),
    Point("said done", f"{_ASKING}.queue.end", after=True),
)
points.BY_NAME.update({point.name: point for point in RUN_POINTS})
QUESTION: dict[str, Any] = {
    "analysis": "1.0",
    "title": {"vi": "Thửa theo khu"},
    "inputs": {"parcels": {"layer": "killed-parcels"}, "zones": {"layer": "killed-zones"}},
    "steps": [
        {"id": "wide", "op": "buffer", "of": "zones", "width_m": 3},
        {"id": "pieces", "op": "overlay", "kind": "identity", "of": "parcels", "with": "wide"},
    ],
    "result": {"of": "pieces", "group_by": [{"field": "parcels.kind"}, {"field": "zones.kind"}]},
}


def _layers() -> None:
    chance = random.Random(5)
    if Layer.objects.filter(slug="killed-zones").exists():
        return
    sizes = {"killed-parcels": (40, 9), "killed-zones": (7, 50)}
    for slug, (side, width) in sizes.items():
        rows = [
            Row(box(x * width, y * width, x * width + width - 1, y * width + width - 1),
                chance.choice(["A", "B", None]))
            for x in range(side) for y in range(side)
        ]  # fmt: skip
        made = version(layer(slug, "polygon", units=False), rows)
        publish.publish(LayerVersion.objects.get(pk=made), as_operator=True)


def ask_question() -> dict[str, Any]:
    """A run in the queue."""
    _layers()
    user, _made = get_user_model().objects.get_or_create(username="killed-planner")
    user.groups.add(Group.objects.get_or_create(name=PLANNER)[0])
    analysis = Analysis.objects.create(owner=user, title="Thửa theo khu", document=QUESTION)
    return {"run": str(queue.ask(analysis, user).pk)}


def answer_of(run: str) -> dict[str, Any]:
    """How it stands, and what is stored of it, to the last digit."""
    found = Run.objects.get(pk=run)
    table = ResultStore(found.pk).table()
    tables = fetched(
        Sql(
            "SELECT relname::text FROM pg_class WHERE relkind = 'r' AND relname ~ %s",
            (f"^planner_(result|stage)_r{found.pk.hex}",),
        )
    )
    rows = None
    if (table,) in tables:
        rows = fetched(Sql(f"SELECT md5(string_agg(r::text, '' ORDER BY seq)) FROM {table} r"))
    return {
        "state": found.state,
        "attempts": found.attempts,
        "code": found.error_code,
        "tables": [name for (name,) in tables],
        "rows": rows,
        "sums": (found.summary or {}).get("sums"),
    }


def sweep_runs() -> dict[str, Any]:
    """One beat of the sweeper of runs."""
    queue.sweep()
    return {}


def a_day_later() -> dict[str, Any]:
    """What says that it is running says so since yesterday; then a beat of the sweeper."""
    yesterday = timezone.now() - dt.timedelta(days=1)
    DBTaskResult.objects.running().update(started_at=yesterday)
    return sweep_runs()
