"""A preview of every operation reads a handful of a layer, whatever it holds, and says how near its
numbers are.
"""

import dataclasses

import pytest
from django.db import connection

from gis_portal.planner.document import model
from gis_portal.planner.engine import sample
from gis_portal.planner.engine.errors import PreviewTooLong
from gis_portal.planner.engine.preview import preview
from gis_portal.planner.engine.store import fetched
from layers import partitions
from layers.cql2 import Sql
from layers.models import Layer, LayerVersion
from tests.gis_portal.planner.engine.made import EAST, GRID, NORTH, box, commune, document, layer

pytestmark = [pytest.mark.django_db, pytest.mark.long]
SIDE, CELL = 250, 20
# Rows that a preview may look at, of 62,500 in each of three versions, however wide it looks.
MOST_READ = 40_000


def squares(of: Layer, skip: int = 0) -> int:
    """A version of squares of 20 m side by side, along a curve as imports write them."""
    made = LayerVersion.objects.create(
        layer=of, number=of.versions.count() + 1, source_srid=GRID.srid
    )
    partitions.stage(made.pk)
    shape = f"ST_MakeEnvelope(x, y, x + {CELL - 1}, y + {CELL - 1}, {GRID.srid})"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {partitions.feature_table(made.pk)} (version_id, uid, key, geom, "
            "geom_source, area_m2, search, properties) SELECT "
            f"{made.pk}, md5(i || '/' || j)::uuid, i || '/' || j, ST_Transform({shape}, 4326), "
            f"{shape}, {(CELL - 1) ** 2}, '', jsonb_build_object('kind', CASE WHEN (i + j + "
            f"{skip}) %% 5 = 0 THEN 'A' ELSE 'B' END, 'number', 7) "
            f"FROM generate_series(0, {SIDE - 1}) i, generate_series(0, {SIDE - 1}) j, "
            f"LATERAL (SELECT {EAST} + i * {CELL} AS x, {NORTH} + j * {CELL} AS y) p "
            "WHERE i * 1000 + j >= %s ORDER BY i / 10, j / 10, i, j",
            [skip],
        )
        cursor.execute(f"ANALYZE {partitions.feature_table(made.pk)}")
    partitions.seal(made.pk, of.parsed)
    made.state = LayerVersion.STAGED
    made.save()
    return made.pk


def read_of(versions: dict[str, int]) -> int:
    """Rows that this transaction has read of these versions so far."""
    tables = [partitions.feature_table(pk) for pk in versions.values()]
    rows = fetched(
        Sql(
            "SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) FROM pg_stat_xact_user_tables "
            "WHERE relname = ANY(%s)",
            (tables,),
        )
    )
    return int(rows[0][0] or 0)


UNITS = model.UnitsInput("units", "commune")
CRITERIA = (
    model.Criterion("far", 1, "distance", to="others", best=0, worst=90),
    model.Criterion("in", 1, "inside", to="others"),
)
ASKED: dict[str, tuple[model.Step, ...]] = {
    "select": (model.Select("s", "parcels", "kind = 'A'", model.Where("intersects", "others")),),
    "buffer": (model.Buffer("s", "parcels", 5),),
    "intersection": (model.Overlay("s", "intersection", "parcels", "others"),),
    "identity of wide ones": (
        model.Buffer("wide", "others", None, "number"),
        model.Overlay("s", "identity", "parcels", "wide"),
    ),
    "difference": (model.Overlay("s", "difference", "parcels", "others"),),
    "within_distance": (model.WithinDistance("s", "parcels", "others", 30),),
    "nearest": (model.Nearest("s", "parcels", "others", 2),),
    "dissolve": (model.Dissolve("s", "parcels", ("kind",)),),
    "count_in": (model.CountIn("s", "parcels", "others"),),
    "count in units": (model.CountIn("s", "parcels", "units"),),
    "coverage": (model.Coverage("s", "parcels", "units", 10),),
    "score": (model.Score("s", "parcels", CRITERIA, (model.Must("outside", to="others"),)),),
    "changes": (model.Changes("s", "preview-parcels", "previous", "live"),),
    "combine": (model.Combine("s", ("parcels", "others")),),
    "cut by changes": (
        model.Changes("c", "preview-parcels", "previous", "live"),
        model.Overlay("s", "intersection", "others", "c"),
    ),
}


def test_every_operation_reads_little(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sample, "SIZE", 100)
    monkeypatch.setattr(sample, "WHOLE", 0)
    monkeypatch.setattr(sample, "MOST_NEAR", 2_000)
    monkeypatch.setattr(sample, "NEAR_M", 100.0)
    monkeypatch.setattr("gis_portal.planner.engine.preview.SECONDS", 60.0)
    for n in range(40):
        x, y = n % 8 * 620, n // 8 * 1000
        commune(f"9{n:04d}", box(x, y, x + (620 if n else 10), y + 1000))
    parcels, others = (layer(f"preview-{n}", "polygon", units=False) for n in ("parcels", "others"))
    versions = {
        "parcels": squares(parcels),
        "others": squares(others),
        "later": squares(parcels, 9),
    }
    inputs: dict[str, str | model.Input] = {
        "parcels": "preview-parcels",
        "others": "preview-others",
        "units": UNITS,
    }
    for name, steps in ASKED.items():
        asked = document(inputs, *steps, of="s")
        asked = dataclasses.replace(asked, grid="EPSG:5899")
        known = {n: versions[n] for n in ("parcels", "others")}
        for step in steps:
            if isinstance(step, model.Changes):
                known |= {
                    f"{step.id}.from": versions["parcels"],
                    f"{step.id}.to": versions["later"],
                }
        before = read_of(versions)
        try:
            told = preview(asked, None, known)
        except PreviewTooLong:
            assert name in ("count in units", "coverage"), name
            told = None
        read = read_of(versions) - before
        assert read <= MOST_READ, (name, read)
        if told is not None:
            assert told.sample, name
            assert told.sample["size"] <= 200, name
        if name == "buffer":
            assert told is not None
            every = 62_500 * ((CELL - 1) ** 2 + 4 * 5 * (CELL - 1) + 78.4)
            assert told.totals["area_m2"] == pytest.approx(every, rel=0.02)
        if name == "dissolve":
            assert told is not None
            assert told.totals["count"] == 2
            assert told.totals["area_m2"] == pytest.approx(62_500 * (CELL - 1) ** 2, rel=1e-3)
        if name in ("changes", "select"):
            assert told is not None
            assert told.totals["area_m2"] > 0
