"""Every file of the sample folders: imported with the right count or refused by name.

The expected outcome of each is a line of `format_outcomes.txt`. Counts are compared with another
reading of the same bytes, one that shares no code with the readers, where there is one.
"""

import json
import sqlite3
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree as ET

import openpyxl
import pytest
from pytest_django import Settings

from importers.models import ImportRun
from importers.run import run_import
from layers.errors import PortalError, every_error
from layers.models import Layer
from tests.importers.made import planner_layer

pytestmark = [pytest.mark.django_db, pytest.mark.shared]
FOLDERS = ("formats", "parcels", "geojson-bad", "vn-admin")
# What the tools of the sample folders said about the files beside them.
NOT_DATA = (".result", ".result-object", ".cli-output-json", ".cli-output-pretty")


class Try(NamedTuple):
    """A line of the table."""

    file: str
    geometry: str
    crs: str
    outcome: str
    sheet: str = ""


def _table() -> list[Try]:
    text = Path(__file__).with_name("format_outcomes.txt").read_text(encoding="utf-8")
    return [Try(*line.split(" ", 4)) for line in text.splitlines() if not line.startswith("#")]


TABLE = _table()


def generic(geometry: str) -> Layer:
    """A layer without declared fields that any file of that kind of shapes fits."""
    fields = [{"name": "any", "type": "text"}]
    return planner_layer(f"any-{geometry}", fields, geometry=geometry, key=())


@pytest.mark.parametrize("case", TABLE, ids=lambda t: "-".join((t.file, *t[1:])))
def test_each_file_has_its_outcome(case: Try, shared: Path, settings: Settings) -> None:
    settings.PORTAL_SANDBOX = "off"
    # The rows that do not fit the layer are counted here, they are no reason to refuse the file.
    settings.PORTAL_MAX_BAD_ROWS = 1.0
    path = shared / "data" / case.file
    crs = None if case.crs == "-" else case.crs
    run = run_import(path, generic(case.geometry), crs=crs, sheet=case.sheet or None)
    if run.error_code:
        assert run.error_code == case.outcome
        return
    assert f"{run.rows_loaded}/{run.rows_read - run.rows_loaded}" == case.outcome
    count = OTHER_COUNTS.get(path.suffix.lower())
    if count and (expected := count(path)) is not None and not case.sheet.strip("*"):
        assert run.rows_read == expected
    assert run.state == ImportRun.CHECKED


def test_the_table_has_every_file_and_only_named_errors(shared: Path) -> None:
    data = shared / "data"
    found = {
        path.relative_to(data).as_posix()
        for folder in FOLDERS
        for path in (data / folder).rglob("*")
        if path.is_file() and not path.name.endswith(NOT_DATA)
    }
    assert found == {case.file for case in TABLE}
    known = {error.code for error in every_error(PortalError)} - {"internal"}
    codes = {case.outcome for case in TABLE if "/" not in case.outcome}
    assert codes <= known


def _of_geojson(path: Path) -> int:
    document = json.loads(path.read_text(encoding="utf-8-sig"))
    return len(document["features"]) if document["type"] == "FeatureCollection" else 1


def _of_shapefile(path: Path) -> int:
    """Records of the index: 8 bytes each behind a header of 100."""
    return (path.with_suffix(".shx").stat().st_size - 100) // 8


def _of_geopackage(path: Path) -> int:
    with sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True) as database:
        tables = database.execute(
            "SELECT table_name FROM gpkg_contents WHERE data_type = 'features'"
        ).fetchall()
        return sum(_rows(database, name) for (name,) in tables)


def _rows(database: sqlite3.Connection, table: str) -> int:
    return int(database.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0])


def _of_kml(path: Path) -> int:
    """Placemarks with a shape."""
    shapes = {"Point", "LineString", "Polygon", "MultiGeometry"}
    root = ET.parse(path).getroot()
    marks = [e for e in root.iter() if e.tag.endswith("}Placemark")]
    return sum(any(c.tag.rpartition("}")[2] in shapes for c in mark) for mark in marks)


def _of_dat(path: Path) -> int:
    """Records by the header of the table's DBF."""
    return int(struct.unpack("<I", path.with_suffix(".DAT").read_bytes()[4:8])[0])


def _of_mid(path: Path) -> int | None:
    """Lines of attributes, where there are any."""
    lines = path.with_suffix(".mid")
    if not lines.exists():
        return None
    return sum(1 for line in lines.read_text(encoding="utf-8").splitlines() if line)


def _of_workbook(path: Path) -> int:
    """Rows below the header of the only sheet."""
    sheet: Any = openpyxl.load_workbook(path, read_only=True).active
    return sum(1 for _row in sheet.iter_rows(min_row=2))


def _of_zip(path: Path) -> int | None:
    """Records of the only Shapefile index inside."""
    with zipfile.ZipFile(path) as archive:
        sizes = [e.file_size for e in archive.infolist() if e.filename.lower().endswith(".shx")]
    return (sizes[0] - 100) // 8 if len(sizes) == 1 else None


OTHER_COUNTS: dict[str, Callable[[Path], int | None]] = {
    ".geojson": _of_geojson,
    ".json": _of_geojson,
    ".shp": _of_shapefile,
    ".shx": _of_shapefile,
    ".gpkg": _of_geopackage,
    ".kml": _of_kml,
    ".tab": _of_dat,
    ".mif": _of_mid,
    ".xlsx": _of_workbook,
    ".zip": _of_zip,
}
