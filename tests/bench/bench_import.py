"""Measures of an import: ours with its steps, the limit of the database, ogr2ogr on the same file.

Run by `make bench-import` (test_bench_import.py), all in one run and one scratch database; counts
are asserted, times are not.
"""

import multiprocessing
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import psycopg2
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon
from django.db import connection, connections

from importers.models import ImportRun
from importers.run import run_import
from layers.catalogue import layer_by_slug
from layers.models import AdminUnit
from layers.partitions import feature_table
from tests.bench import register
from tests.bench.process_tree import Watched
from tests.bench.register import Changes, changes_of

SLUG = "public-land-parcels"


@dataclass(frozen=True)
class Imported:
    """One import of ours."""

    run: ImportRun
    seen: Watched

    @property
    def steps(self) -> dict[str, float]:
        """Seconds by step, in order."""
        return {step["name"]: step["seconds"] for step in self.run.progress["steps"]}


@dataclass(frozen=True)
class Limit:
    """COPY of ready rows, then a primary key and a GiST index on the shape; seconds."""

    copy: float
    key: float
    gist: float
    bytes: int

    @property
    def seconds(self) -> float:
        """All of it."""
        return self.copy + self.key + self.gist


@dataclass(frozen=True)
class Converted:
    """ogr2ogr; seconds. `indexes`: what a published version has besides, added to its table."""

    plain: float
    indexes: float


# Key, pages, tiles, search and the fields of the file as `partitions.seal` has them; then ANALYZE.
_PUBLISHED = (
    ("CREATE INDEX ON", '("maxa", "soto", "sothua")'),
    ("CREATE INDEX ON", "USING gist (geom, point(fid::float8, 0))"),
    ("CREATE INDEX ON", "USING gist (ST_Transform(geom, 3857))"),
    ("CREATE INDEX ON", "USING gin ((soto || ' ' || sothua || ' ' || dvquanly) gin_trgm_ops)"),
    *(
        ("CREATE INDEX ON", f'("{name}")')
        for name in ("maxa", "soto", "sothua", "dtich", "loaidat", "dvquanly", "trangthai")
    ),
    ("ANALYZE", ""),
)


def made_files(folder: Path, count: int) -> tuple[Path, Path]:
    """(first file, changed file); also communes in force around the parcels.

    Made in a process of their own: what it takes is not the import's memory.
    """
    with multiprocessing.get_context("fork").Pool(1) as pool:
        borders = pool.apply(_make, (folder, count))
    for code, text in borders:
        border = GEOSGeometry(text, srid=4326)
        assert isinstance(border, MultiPolygon)
        AdminUnit.objects.create(
            code=code,
            level=AdminUnit.COMMUNE,
            kind="xã",
            name=f"Xã {code}",
            short_name=code,
            valid_from="2025-07-01",
            geom=border,
        )
    return folder / "first.gpkg", folder / "second.gpkg"


def _make(folder: Path, count: int) -> list[tuple[str, str]]:
    whole = register.register(count + changes_of(count).added)
    first, second = register.changed(whole, count)
    first.write(folder / "first.gpkg")
    second.write(folder / "second.gpkg")
    return register.communes(len(whole))


def imported(path: Path) -> Imported:
    """Import and publish with all default checks, as the command does."""
    with Watched() as seen:
        run = run_import(path, layer_by_slug(SLUG), publish=True)
    assert run.state == ImportRun.PUBLISHED, (run.state, run.error_code, run.error_detail)
    return Imported(run, seen)


def check_counts(first: Imported, second: Imported, count: int) -> Changes:
    """Every row is there, and the difference is the one that was made. Answers what was made."""
    made = changes_of(count)
    assert first.run.rows_loaded == first.run.diff["added"] == count
    assert second.run.rows_loaded == count - made.removed + made.added
    found = {name: second.run.diff[f"changed_{name}"] for name in ("values", "shape", "both")}
    found |= {name: second.run.diff[name] for name in ("added", "removed")}
    assert found == vars(made), (found, made)
    assert second.run.diff["unchanged"] == count - made.removed - sum(
        (made.values, made.shape, made.both)
    )
    return made


def limit(run: ImportRun, columns: str = "*") -> Limit:
    """The rows of a version as they are stored, or some columns, into a plain logged table.

    In a file of COPY's binary format before the clock starts, in the order in which we store them.
    """
    assert run.version_id is not None
    table = feature_table(run.version_id)
    with (
        tempfile.TemporaryFile() as rows,
        closing(_owner()) as database,
        database.cursor() as cursor,
    ):
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("SET maintenance_work_mem = '256MB'")
        stored = f"SELECT {columns} FROM {table}"
        cursor.copy_expert(f"COPY ({stored} ORDER BY id) TO STDOUT (FORMAT binary)", rows)
        cursor.execute(f"CREATE TABLE bench_limit AS {stored} LIMIT 0")
        database.commit()
        size = rows.tell()
        rows.seek(0)
        copy = "COPY bench_limit FROM STDIN (FORMAT binary)"
        steps: list[Callable[[], Any]] = [
            lambda: cursor.copy_expert(copy, rows, size=2**20),
            lambda: cursor.execute("ALTER TABLE bench_limit ADD PRIMARY KEY (id)"),
            lambda: cursor.execute("CREATE INDEX ON bench_limit USING gist (geom)"),
        ]
        spent = [_seconds(step, database) for step in steps]
        cursor.execute("DROP TABLE bench_limit")
        database.commit()
    copied, keyed, indexed = spent
    return Limit(copied, keyed, indexed, bytes=size)


def _seconds(work: Callable[[], Any], database: Any) -> float:
    start = time.monotonic()
    work()
    database.commit()
    return time.monotonic() - start


def ogr2ogr(path: Path) -> Converted | None:
    """GDAL's converter with PG_USE_COPY and its GiST, then the other indexes of a published version
    on what it wrote; None where it is not installed.
    """
    program = shutil.which("ogr2ogr")
    if program is None:
        return None
    found = {**connections["owner"].settings_dict, "NAME": connection.settings_dict["NAME"]}
    address = f"PG:host={found['HOST']} port={found['PORT']} dbname={found['NAME']}"
    command = [program, "-f", "PostgreSQL", f"{address} user={found['USER']}", str(path)]
    command += ["-nln", "bench_ogr", "-lco", "GEOMETRY_NAME=geom", "-lco", "SPATIAL_INDEX=GIST"]
    environment = {"PGPASSWORD": found["PASSWORD"], "PG_USE_COPY": "YES", "PATH": "/usr/bin:/bin"}
    start = time.monotonic()
    subprocess.run(command, env=environment, check=True, capture_output=True)
    spent = time.monotonic() - start
    with closing(_owner()) as database, database.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("SET maintenance_work_mem = '256MB'")
        more = sum(
            _seconds(partial(cursor.execute, f"{words[0]} bench_ogr {words[1]}"), database)
            for words in _PUBLISHED
        )
        cursor.execute("DROP TABLE bench_ogr")
        database.commit()
    return Converted(spent, more)


def _owner() -> Any:
    """A connection of the owner role, who may make tables."""
    found = connections["owner"].settings_dict
    return psycopg2.connect(
        host=found["HOST"],
        port=found["PORT"],
        dbname=connection.settings_dict["NAME"],
        user=found["USER"],
        password=found["PASSWORD"],
    )
