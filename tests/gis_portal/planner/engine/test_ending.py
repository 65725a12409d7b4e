"""A run stopped anywhere leaves nothing; asked twice it is the same to the last digit; a statement
that would not end is ended by its limit, and the next planner's run is computed.
"""

import math
import random
from collections.abc import Mapping
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction

from gis_portal.planner.asking import computing, queue, watch
from gis_portal.planner.document.model import Document, Overlay, UnitGroup
from gis_portal.planner.engine import rows
from gis_portal.planner.engine.run import Progress
from gis_portal.planner.engine.run import run as compute
from gis_portal.planner.engine.store import ResultStore, fetched
from gis_portal.planner.engine.summary import Summary
from gis_portal.planner.models import Analysis, Run
from layers import publish
from layers.cql2 import Sql
from layers.models import LayerVersion
from tests.gis_portal.planner.engine.made import (
    EAST,
    NORTH,
    Row,
    answered,
    begun,
    box,
    commune,
    document,
    layer,
    version,
)
from tests.gis_portal.planner.engine.worlds import shape_of, written
from tests.gis_portal.planner.test_document import planner

pytestmark = pytest.mark.django_db


def tables() -> list[str]:
    """What runs have in the database."""
    found = fetched(
        Sql(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relname ~ '^planner_.*_r[0-9a-f]'"
        )
    )
    return [row[0] for row in found]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> tuple[Document, dict[str, int]]:
    """Sixty parcels in chunks of ten, laid over five zones and told by communes."""
    monkeypatch.setattr(rows, "CHUNK", 10)
    chance = random.Random(3)
    commune("90001", box(0, 0, 200, 400))
    commune("90002", box(200, 0, 400, 400))
    shapes = [shape_of(chance, "polygon") for _n in range(65)]
    made = [Row(written(s), chance.choice(["A", "B", None])) for s in shapes if not s.is_empty]
    versions = {
        "parcels": version(layer("engine-parcels", "polygon", units=False), made[5:]),
        "zones": version(layer("engine-zones", "polygon", units=False), made[:5]),
    }
    return document(
        {"parcels": "engine-parcels", "zones": "engine-zones"},
        Overlay("pieces", "identity", "parcels", "zones"),
        of="pieces",
        by=[UnitGroup("commune"), "parcels.kind", "zones.kind"],
    ), versions


def _into(told: list[tuple[float, str]]) -> Progress:
    return lambda share, note: told.append((share, note))


class Enough(Exception):
    """Somebody cancels."""


def test_stopped_between_any_two_statements(asked: tuple[Document, Mapping[str, int]]) -> None:
    for _time in range(2):  # the first one looks whether the shapes are sound, and tells of it
        told: list[tuple[float, str]] = []
        store = ResultStore(begun().pk)
        compute(*asked, store=store, progress=_into(told))
        store.drop()
    heard = [share for share, _note in told]
    assert len(heard) >= 8
    assert heard == sorted(heard)
    assert 0 <= heard[0] < heard[-1] <= 1
    for last in range(1, len(heard), 3):
        calls = iter(range(1, last + 1))

        def until(_share: float, _note: str, calls: Any = calls) -> None:
            if next(calls, None) is None:
                raise Enough

        with pytest.raises(Enough):
            compute(*asked, store=ResultStore(begun().pk), progress=until)
        assert tables() == []


def test_asked_twice_it_is_the_same(asked: tuple[Document, dict[str, int]]) -> None:
    told = []
    for _time in range(2):
        summary, store = answered(*asked)
        pieces = fetched(Sql(f"SELECT md5(string_agg(r::text, '')) FROM {store.table()} r"))
        told.append((summary.as_json(), pieces))
    assert told[0] == told[1]


def zigzag(corners: int) -> str:
    """A line that takes minutes to make wide."""
    places = [(EAST + n * 0.5, NORTH + 900 * math.sin(n * 7.1)) for n in range(corners)]
    return f"LINESTRING({','.join(f'{x} {y}' for x, y in places)})"


@pytest.mark.parametrize("limit", ["PORTAL_RUN_SECONDS", "PORTAL_RUN_STATEMENT_SECONDS"])
def test_a_statement_that_would_not_end(limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    roads = layer("engine-roads", "line", units=False)
    made = LayerVersion.objects.get(pk=version(roads, [Row(zigzag(9_000)), Row(zigzag(3))]))
    publish.publish(made, as_operator=True)

    def question(name: str, condition: str) -> Run:
        raw = {
            "analysis": "1.0",
            "title": {"vi": name},
            "inputs": {"roads": {"layer": "engine-roads", "filter": condition}},
            "steps": [{"id": "wide", "op": "buffer", "of": "roads", "width_m": 300}],
            "result": {"of": "wide"},
        }
        user = planner(name)
        return queue.ask(Analysis.objects.create(owner=user, title=name, document=raw), user)

    def apart(*asked: Any, **more: Any) -> Summary:
        """Where no test's transaction is around it, a statement that is stopped breaks nothing."""
        with transaction.atomic():
            return compute(*asked, **more)

    monkeypatch.setattr("gis_portal.planner.engine.run.run", apart)
    runaway, other = question("busy", "number IS NULL"), question("patient", "number > 1")
    monkeypatch.setattr(watch, "BEAT_SECONDS", 0.05)
    with monkeypatch.context() as short:
        short.setattr(settings, limit, 0.3)
        assert computing.compute_one() == "run-too-long"
    runaway.refresh_from_db()
    assert (runaway.state, runaway.error_code) == (Run.FAILED, "run-too-long")
    assert tables() == []
    assert computing.compute_one() == "done"
    other.refresh_from_db()
    assert other.state == Run.DONE
