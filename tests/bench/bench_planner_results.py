"""The first map of a result over a million parcels: what its page asks for once the run is done.

Every square must account for every piece before times are told.
"""

import time
from collections.abc import Callable
from functools import partial
from typing import TypeVar

import mapbox_vector_tile
from django.contrib.auth import get_user_model
from django.db import connection
from django.utils import timezone

from gis_portal.planner.engine.run import run as compute
from gis_portal.planner.engine.store import ResultStore
from gis_portal.planner.models import Analysis, Run
from gis_portal.planner.results import overview, tiles
from gis_portal.planner.results.table import table_json
from gis_portal.planner.results.told import told
from tests.bench.bench_planner import document
from tests.bench.land import Land
from tests.bench.planned_zones import zoned
from tests.bench.rows import Figure
from tiles.grid import Tile, covering

Made = TypeVar("Made")
MOST_SECONDS, MOST_KB = 2.0, 500
# The result fits a window of a laptop at these zooms; the last is looked at square by square.
FIT, NEAR = (8, 9), (12, 13, 14)
GROUPS = [
    {"units": "commune"},
    {"field": "parcels.land_use_current"},
    {"field": "zones.land_use"},
]


def planner_result_figures(land: Land) -> list[Figure]:
    """From the end of a run to its first map; tiles of every zoom, their bytes."""
    with connection.cursor() as cursor, zoned(land) as zones:
        cursor.execute("SET statement_timeout = 0; SET work_mem = '128MB'; SET jit = off")
        run = _asked({"parcels": land.version.pk, "zones": zones.pk})
        try:
            return _figures(run)
        finally:
            ResultStore(run.pk).drop()
            overview.path_of(run.pk).unlink(missing_ok=True)


def _asked(versions: dict[str, int]) -> Run:
    """The overlay of the neighbour's figures, done and kept."""
    user, _made = get_user_model().objects.get_or_create(username="bench-planner")
    analysis = Analysis.objects.create(owner=user, title="bench", document={})
    raw = {"result": {"group_by": GROUPS}, "inputs": {}, "title": {"vi": "bench"}}
    run = Run.objects.create(analysis=analysis, document=raw, versions=versions, state=Run.RUNNING)
    summary = compute(document(), versions, store=ResultStore(run.pk))
    run.summary, run.state, run.finished_at = summary.as_json(), Run.DONE, timezone.now()
    run.save()
    return run


def _figures(run: Run) -> list[Figure]:
    assert run.summary is not None
    count, extent = int(run.summary["totals"]["count"]), run.summary["extent"]
    made, _overview = _timed(lambda: overview.prepare(run))
    first, most = _timed(lambda: _first_map(run, extent))
    for zoom in FIT:
        assert _pieces(run, covering(zoom, *extent)) == count, f"z{zoom} does not hold every piece"
    middle = ((extent[0] + extent[2]) / 2, (extent[1] + extent[3]) / 2)
    near = [Tile.at(zoom, *middle) for zoom in NEAR]
    slowest = max(_timed(partial(tiles.make_tile, run, tile))[0] for tile in near)
    return [
        Figure(
            "first map of the result after the job's end",
            first,
            "s",
            MOST_SECONDS,
            at_least=False,
            remark=f"{count:,} pieces; table, legend and {len(covering(FIT[1], *extent))} tiles "
            "one after the other",
        ),
        Figure("sums for far zooms, in the job", made, "s"),
        Figure("largest far tile", most / 1024, "kB", MOST_KB, at_least=False, remark="unpacked"),
        Figure("slowest tile of z12–z14 in the middle", slowest, "s"),
    ]


def _first_map(run: Run, extent: list[float]) -> int:
    """What the page asks for; answers the bytes of the largest tile."""
    overview._loaded.cache_clear()
    table_json(told(run, "vi"))
    return max(len(tiles.make_tile(run, tile)) for tile in covering(FIT[1], *extent))


def _pieces(run: Run, squares: list[Tile]) -> int:
    shapes, summed = set(), 0
    for tile in squares:
        found = mapbox_vector_tile.decode(tiles.make_tile(run, tile))
        shapes |= {f["id"] for f in found.get(tiles.LAYER, {"features": []})["features"]}
        cells = found.get(tiles.CELLS, {"features": []})["features"]
        summed += sum(cell["properties"]["n"] for cell in cells)
    return summed + len(shapes)


def _timed(work: Callable[[], Made]) -> tuple[float, Made]:
    began = time.perf_counter()
    made = work()
    return time.perf_counter() - began, made
