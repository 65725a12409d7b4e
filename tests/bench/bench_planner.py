"""Planners' questions over a million parcels: an overlay with zones against the plain way, other
engines, and the preview.

The plain way is what anybody writes: `ST_Intersection` of every pair that `ST_Intersects` finds,
stored, then added up by commune. It gets the same memory and cores. Sums are compared before times
are told.
"""

import json
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from django.contrib.auth import get_user_model
from django.db import connection
from install import environment_of

from gis_portal.planner.document.model import (
    AUTO,
    Document,
    FieldGroup,
    LayerInput,
    Overlay,
    Result,
    Slivers,
    UnitGroup,
)
from gis_portal.planner.engine.preview import preview
from gis_portal.planner.engine.run import run
from gis_portal.planner.engine.store import ResultStore
from gis_portal.planner.engine.summary import Summary
from gis_portal.planner.models import Analysis, Run
from layers.models import LayerVersion
from layers.partitions import feature_table
from tests.bench.land import SLUG, Land
from tests.bench.peers import LOCK
from tests.bench.planned_zones import SLUG as ZONES
from tests.bench.planned_zones import zoned
from tests.bench.rows import Figure

MOST_RATIO, MOST_PREVIEW, SAME = 0.7, 1.0, 1e-9
PREVIEWS = 5
_PLAIN = """CREATE TEMP TABLE bench_pairs AS
SELECT p.uid AS a_uid, z.uid AS b_uid, p.unit_id, p.properties ->> 'land_use_current' AS use,
  z.properties ->> 'land_use' AS zone_use, i.g, ST_Area(i.g) AS area
FROM {parcels} p JOIN {zones} z ON ST_Intersects(p.geom, z.geom)
CROSS JOIN LATERAL (SELECT ST_Intersection(p.geom_source, z.geom_source) AS g OFFSET 0) i"""
_PLAIN_SUMS = "SELECT unit_id, sum(area) FROM bench_pairs GROUP BY unit_id"
_AS_OURS = (
    "SET statement_timeout = 0; SET work_mem = '128MB'; SET jit = off; "
    "SET max_parallel_workers_per_gather = 2; SET parallel_setup_cost = 0; "
    "SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0"
)


def planner_figures(land: Land, folder: Path) -> list[Figure]:
    """The overlay in one run, others doing the same, and the preview."""
    with connection.cursor() as cursor, zoned(land) as zones:
        cursor.execute(_AS_OURS)
        versions = {"parcels": land.version.pk, "zones": zones.pk}
        first, told, store = _ours(versions)
        seconds, told, store = _ours(versions, before=store)
        store.drop()
        plain, sums = _plain(land.version, zones)
        gap = _gap(sums, _by_unit(told))
        assert gap <= SAME, f"sums by commune are {gap} apart"
        count = f"{land.count:,} parcels, {zones.feature_count:,} zones"
        figures = [
            Figure(
                "overlay ÷ plain ST_Intersection of every pair",
                seconds / plain,
                "",
                MOST_RATIO,
                at_least=False,
                remark=f"{count}; {seconds:.1f} s for {plain:.1f} s, stored and by commune",
            ),
            Figure("the first time, shapes checked ÷ plain", first / plain, ""),
            Figure("sums by commune, apart, in 1e-9 of them", gap / SAME, "", 1.0, at_least=False),
        ]
        figures += _others(land.version, zones, seconds, _by_unit(told), folder)
        figures += _previews(versions, told)
    return figures


def document() -> Document:
    """Parcels by commune, their use and the plan's."""
    return Document(
        title={"vi": "Đất công theo quy hoạch", "en": "Public land by plan"},
        inputs={
            "parcels": LayerInput("parcels", SLUG),
            "zones": LayerInput("zones", ZONES),
        },
        steps=(Overlay("pieces", "intersection", "parcels", "zones"),),
        result=Result(
            "pieces",
            (
                UnitGroup("commune"),
                FieldGroup("parcels", "land_use_current"),
                FieldGroup("zones", "land_use"),
            ),
        ),
        slivers=Slivers(),
        grid=AUTO,
        raw={},
        sha256="",
    )


def _ours(
    versions: Mapping[str, int], before: ResultStore | None = None
) -> tuple[float, Summary, ResultStore]:
    if before is not None:
        before.drop()
    user, _made = get_user_model().objects.get_or_create(username="bench-planner")
    analysis = Analysis.objects.create(owner=user, title="bench", document={})
    store = ResultStore(Run.objects.create(analysis=analysis, document={}, state=Run.RUNNING).pk)
    begun = time.perf_counter()
    told = run(document(), versions, store=store)
    return time.perf_counter() - begun, told, store


def _plain(parcels: LayerVersion, zones: LayerVersion) -> tuple[float, dict[str, float]]:
    with connection.cursor() as cursor:
        begun = time.perf_counter()
        cursor.execute(
            _PLAIN.format(parcels=feature_table(parcels.pk), zones=feature_table(zones.pk))
        )
        cursor.execute(_PLAIN_SUMS)
        sums = dict(cursor.fetchall())
        spent = time.perf_counter() - begun
        cursor.execute("DROP TABLE bench_pairs")
    return spent, {_codes()[unit]: area for unit, area in sums.items()}


def _codes() -> dict[int, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, code FROM layers_adminunit")
        return dict(cursor.fetchall())


def _by_unit(told: Summary) -> dict[str, float]:
    """m² of each commune, slivers among them."""
    sums: dict[str, float] = {}
    for row in [*told.rows, *told.slivers["rows"]]:
        sums[row["commune"]] = sums.get(row["commune"], 0.0) + row["area_m2"]
    return sums


def _gap(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    assert one.keys() == other.keys(), (sorted(one), sorted(other))
    return max(abs(one[key] - other[key]) / one[key] for key in one)


def _others(
    parcels: LayerVersion,
    zones: LayerVersion,
    ours: float,
    sums: Mapping[str, float],
    folder: Path,
) -> list[Figure]:
    """The same by shapely and by DuckDB, from shapes that are in memory already."""
    read = {"p": _read(parcels, "land_use_current"), "z": _read(zones, "land_use")}
    spent, found = _by_shapely(read["p"], read["z"])
    assert _gap(sums, found) <= 1e-6
    remark = f"{spent:.1f} s; reading shapes and storing pieces not counted for it"
    figures = [Figure("overlay ÷ shapely STRtree", ours / spent, "", remark=remark)]
    name = "overlay ÷ DuckDB spatial"
    python = environment_of(LOCK) / "bin" / "python"
    for key, table in read.items():
        columns = ["unit", "use", "wkb"] if key == "p" else ["zone_use", "wkb"]
        kept = table if key == "p" else table.rename_columns(["unit", "zone_use", "wkb"])
        pq.write_table(kept.select(columns), folder / f"{key}.parquet")
    program = Path(__file__).with_name("duckdb_overlay.py")
    files = [str(folder / "p.parquet"), str(folder / "z.parquet")]
    try:
        answer = subprocess.run(
            [python, str(program), *files], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError) as problem:
        words = str(getattr(problem, "stderr", problem) or problem).strip().splitlines()
        reason = f"not available: {words[-1] if words else problem}"
        return [*figures, Figure(name, None, "", remark=reason[:120])]
    duck = json.loads(answer.stdout)
    assert _gap(sums, dict(duck["sums"])) <= 1e-6
    remark = f"{duck['seconds']:.1f} s, DuckDB {duck['version']}; loading not counted for it"
    return [*figures, Figure(name, ours / duck["seconds"], "", remark=remark)]


def _read(version: LayerVersion, field: str) -> pa.Table:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT u.code, f.properties ->> %s, ST_AsBinary(f.geom_source) FROM "
            f"{feature_table(version.pk)} f LEFT JOIN layers_adminunit u ON u.id = f.unit_id",
            [field],
        )
        rows = cursor.fetchall()
    return pa.table(
        {
            "unit": [row[0] for row in rows],
            "use": [row[1] for row in rows],
            "wkb": pa.array([bytes(row[2]) for row in rows], pa.binary()),
        }
    )


def _by_shapely(parcels: pa.Table, zones: pa.Table) -> tuple[float, dict[str, float]]:
    """As fast as shapely lets it be: prepared covers first, one core."""
    ours = shapely.from_wkb(parcels["wkb"].to_numpy(zero_copy_only=False))
    theirs = shapely.from_wkb(zones["wkb"].to_numpy(zero_copy_only=False))
    units = parcels["unit"].to_numpy(zero_copy_only=False)
    begun = time.perf_counter()
    shapely.prepare(theirs)
    place, zone = shapely.STRtree(ours).query(theirs, predicate="intersects")[::-1]
    inside = shapely.covers(theirs[zone], ours[place])
    areas = np.empty(len(place))
    areas[inside] = shapely.area(ours[place[inside]])
    cut = shapely.intersection(ours[place[~inside]], theirs[zone[~inside]])
    areas[~inside] = shapely.area(cut)
    names, codes = np.unique(units[place], return_inverse=True)
    sums = np.bincount(codes, weights=areas)
    spent = time.perf_counter() - begun
    return spent, dict(zip(names.tolist(), sums.tolist(), strict=True))


def _previews(versions: Mapping[str, int], told: Summary) -> list[Figure]:
    """The slowest of some, and how far its estimate is off."""
    asked, times = document(), []
    for _each in range(PREVIEWS):
        begun = time.perf_counter()
        estimate = preview(asked, None, versions)
        times.append(time.perf_counter() - begun)
    off = estimate.totals["area_m2"] / told.totals["area_m2"] - 1
    assert estimate.sample is not None
    remark = f"{estimate.sample['size']:,} parcels; its total is {off:+.1%} off"
    return [
        Figure("preview, the slowest", max(times), "s", MOST_PREVIEW, at_least=False, remark=remark)
    ]
