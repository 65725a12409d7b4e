"""A whole layer as FlatGeobuf and GeoPackage: our command against GDAL's own converter reading the
same columns of the same rows, each a process of its own whose time and peak memory are taken.
"""

import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pyogrio
from django.db import connection, connections

from layers.catalogue import layer_by_slug
from layers.exports.columns import Column, columns_of
from tests.bench.land import SLUG, Land
from tests.bench.rows import Figure

PASSES = 2
MEMORY_MB = 300
TIMES = 2
DRIVERS = {"fgb": "FlatGeobuf", "gpkg": "GPKG"}
CASTS = {"number": "float8", "integer": "int8", "boolean": "boolean", "date": "date"}
# The portal has neither library; with the developers' tools pyogrio and pyarrow would load both.
COMMAND = """
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("pandas", "geopandas"):
            raise ImportError(name)
sys.meta_path.insert(0, Absent())
from django.core.management import execute_from_command_line
execute_from_command_line(["manage.py", "export_layer", *sys.argv[1:]])
"""
TEXT = """`manage.py export_layer` (the code of the API's files) and `ogr2ogr -sql` with the same
columns, each {passes} times by turns, the best of each; peaks are of the whole process (of ours
Django included). Both files are read back: equal counts."""


PEAK = re.compile(r"VmHWM:\s+(\d+) kB")


@dataclass(frozen=True)
class Spent:
    """Of one process."""

    seconds: float
    peak_mb: float


def export_figures(land: Land, folder: Path) -> tuple[list[Figure], str]:
    """(figures, text)."""
    figures = []
    for ending, driver in DRIVERS.items():
        paths = folder / f"ours.{ending}", folder / f"theirs.{ending}"
        ours, theirs = _by_turns(
            [partial(_ours, land, paths[0]), partial(_theirs, driver, paths[1])]
        )
        assert ours is not None
        counts = [_count(path) for path in paths if path.exists()]
        assert counts == [land.count] * len(counts), counts
        figures += _figures(land, driver, ours, theirs)
        for path in paths:
            path.unlink(missing_ok=True)
    return figures, TEXT.format(passes=PASSES)


def _figures(land: Land, driver: str, ours: Spent, theirs: Spent | None) -> list[Figure]:
    of = f"export of {land.count:,} parcels as {driver}"
    memory = Figure(
        f"{of}: peak memory",
        ours.peak_mb,
        "MB",
        MEMORY_MB,
        at_least=False,
        remark=f"ogr2ogr {theirs.peak_mb:,.0f} MB" if theirs else "",
    )
    if theirs is None:
        return [memory, Figure(f"{of}: ours ÷ ogr2ogr, time", None, "", TIMES, remark="no ogr2ogr")]
    remark = f"{ours.seconds:.1f} ÷ {theirs.seconds:.1f} s"
    share = ours.seconds / theirs.seconds
    return [
        memory,
        Figure(f"{of}: ours ÷ ogr2ogr, time", share, "", TIMES, at_least=False, remark=remark),
    ]


def _by_turns(ways: list[Callable[[], Spent | None]]) -> list[Spent | None]:
    """The best of each; they take turns, so that neither has the quieter machine."""
    found: list[list[Spent | None]] = [[way() for way in ways] for _ in range(PASSES)]
    best: list[Spent | None] = []
    for turns in zip(*found, strict=True):
        there = [spent for spent in turns if spent is not None]
        seconds = min((spent.seconds for spent in there), default=0.0)
        peak = max((spent.peak_mb for spent in there), default=0.0)
        best.append(Spent(seconds, peak) if there else None)
    return best


def _ours(land: Land, path: Path) -> Spent:
    command = [sys.executable, "-c", COMMAND, SLUG, path.suffix[1:], str(path)]
    environment = {**land.environment, "DJANGO_SETTINGS_MODULE": "gis_portal.settings"}
    return _run(command, environment)


def _theirs(driver: str, path: Path) -> Spent | None:
    program = shutil.which("ogr2ogr")
    if program is None:
        return None
    found = connections["default"].settings_dict
    address = f"PG:host={found['HOST']} port={found['PORT']} dbname={found['NAME']}"
    command = [program, "-f", driver, str(path), f"{address} user={found['USER']}"]
    command += ["-sql", statement(), "-nln", SLUG]
    # Not -overwrite: FlatGeobuf cannot take a layer out of a file.
    path.unlink(missing_ok=True)
    return _run(command, {"PGPASSWORD": found["PASSWORD"], "PATH": "/usr/bin:/bin"})


def statement() -> str:
    """What our file has, typed, in one query."""
    layer = layer_by_slug(SLUG)
    columns = columns_of(layer.parsed, None)
    declared = [column for column in columns if column.field]
    record = ", ".join(f"{_quoted(column.name)} text" for column in declared)
    parts = ", ".join(f"{_value(column)} AS {_quoted(column.name)}" for column in columns)
    return (
        f"SELECT {parts}, ST_Multi(f.geom)::geometry(MultiPolygon, 4326) AS geom "
        "FROM layers_feature f LEFT JOIN layers_adminunit u ON u.id = f.unit_id "
        f"CROSS JOIN LATERAL jsonb_to_record(f.properties) AS r({record}) "
        f"WHERE f.version_id = {layer.live_version_id}"
    )


def _value(column: Column) -> str:
    text = f"r.{_quoted(column.name)}" if column.field else column.expression
    return f"({text})::{CASTS.get(column.kind, 'text')}"


def _quoted(name: str) -> str:
    return str(connection.ops.quote_name(name))


def _run(command: list[str], environment: dict[str, str]) -> Spent:
    """Its own memory: what wait4 tells begins with that of the process that started it."""
    start, peak = time.monotonic(), 0.0
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            peak = max(peak, _peak_mb(process.pid))
            time.sleep(0.02)
    assert process.returncode == 0, command
    return Spent(time.monotonic() - start, peak)


def _peak_mb(pid: int) -> float:
    """The most memory that the program had until now; 0 when it has just ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0.0
    found = PEAK.search(status)
    return int(found[1]) / 1024 if found else 0.0


def _count(path: Path) -> int:
    return int(pyogrio.read_info(path, layer=SLUG)["features"])
