"""Files made for the tests, shaped like those that offices send."""

import csv
import io
import json
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pyogrio
import shapely
from django.db import connection
from pyproj import CRS

from importers.encoding import encode_cp1258, encode_tcvn3, encode_vni
from layers.catalogue import save_definition
from layers.definition import parse_definition
from layers.models import Layer, LayerVersion

# Bà Rịa in VN-2000 107°45′: easting, northing.
EAST, NORTH = 436_319.0, 1_161_215.0
ENCODERS: dict[str, Callable[[str], bytes]] = {
    "utf-8": lambda text: text.encode(),
    "cp1258": encode_cp1258,
    "tcvn3": encode_tcvn3,
    "vni": encode_vni,
}


def planner_layer(
    slug: str,
    fields: Sequence[dict[str, Any]],
    *,
    geometry: str = "polygon",
    key: Sequence[str] = ("code",),
    extent: str = "any",
) -> Layer:
    """A layer as a planner would declare it."""
    raw = {
        "slug": slug,
        "sector": "land",
        "geometry": geometry,
        "extent": extent,
        "title": {"vi": f"Lớp {slug}"},
        "key": list(key),
        "field": [{"label": {"vi": f["name"]}, **f} for f in fields],
    }
    return save_definition(raw, parse_definition(raw), origin=Layer.PLANNER)


def plots(**options: Any) -> Layer:
    """A small layer of polygons with one field of each troublesome type."""
    fields: list[dict[str, Any]] = [
        {"name": "code", "type": "text", "required": True, "filterable": True},
        {"name": "name", "type": "text", "searchable": "text", "label": {"vi": "Tên khu"}},
        {"name": "area", "type": "decimal", "unit": "m²", "digits": 1},
        {"name": "day", "type": "date"},
        {"name": "fenced", "type": "boolean"},
        {"name": "owner", "type": "text", "visibility": "restricted"},
        {"name": "paper", "type": "text", "visibility": "officer"},
    ]
    return planner_layer(options.pop("slug", "test-plots"), fields, **options)


def squares(count: int, east: float = EAST, north: float = NORTH, side: float = 20.0) -> np.ndarray:
    """Neighbouring squares in a grid of 40 a row."""
    index = np.arange(count)
    x, y = east + (index % 40) * side, north + (index // 40) * side
    return np.asarray(shapely.box(x, y, x + side, y + side))


def geojson(path: Path, features: Sequence[tuple[Any, dict[str, Any]]], crs: str = "") -> Path:
    """A FeatureCollection of (shape, properties); the old `crs` member when asked for."""
    document: dict[str, Any] = {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": properties,
                "geometry": None if shape is None else json.loads(shapely.to_geojson(shape)),
            }
            for shape, properties in features
        ],
    }
    if crs:
        document["crs"] = {"type": "name", "properties": {"name": crs}}
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return path


def plot_rows(count: int) -> list[dict[str, Any]]:
    """Attributes of `count` good plots, as people type them."""
    return [
        {
            "code": f"{i:05d}",
            "name": f"Khu đất Phước Thắng {i}",
            "area": "400,0",
            "day": "25/12/2024",
            "fenced": "có" if i % 2 else "không",
            "owner": f"Nguyễn Văn {i}",
            "paper": f"CT {i:05d}",
        }
        for i in range(count)
    ]


def plots_geojson(path: Path, count: int = 20, rows: list[dict[str, Any]] | None = None) -> Path:
    """Good plots in VN-2000 107°45′."""
    rows = rows if rows is not None else plot_rows(count)
    return geojson(path, list(zip(squares(len(rows)), rows, strict=True)), "EPSG:5899")


def shapefile(
    folder: Path,
    shapes: np.ndarray,
    columns: dict[str, list[str]],
    *,
    encoding: str = "utf-8",
    cpg: str | None = None,
    prj: str | None = None,
    geometry_type: str = "Polygon",
    without: Sequence[str] = (),
) -> Path:
    """A zipped Shapefile whose DBF holds text in that encoding, byte for byte."""
    made = folder / "made"
    made.mkdir(exist_ok=True)
    raw = {n: [ENCODERS[encoding](v).decode("latin-1") for v in vs] for n, vs in columns.items()}
    pyogrio.raw.write(
        made / "data.shp",
        shapely.to_wkb(shapes),
        field_data=[np.array(values, dtype=object) for values in raw.values()],
        fields=list(raw),
        geometry_type=geometry_type,
        crs=None,
        driver="ESRI Shapefile",
        encoding="ISO-8859-1",
    )
    for suffix, text in ((".cpg", cpg), (".prj", prj)):
        made.joinpath("data.shp").with_suffix(suffix).unlink(missing_ok=True)
        if text is not None:
            (made / f"data{suffix}").write_text(text)
    target = folder / "data.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in sorted(made.iterdir()):
            if part.suffix not in without:
                archive.write(part, part.name)
    return target


def prj(epsg: int) -> str:
    """The `.prj` that ArcGIS writes for this system."""
    return str(CRS.from_epsg(epsg).to_wkt("WKT1_ESRI"))


def table(path: Path, header: Sequence[str], rows: Sequence[Sequence[Any]], **options: Any) -> Path:
    """A CSV in UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out, **options)
    writer.writerow(header)
    writer.writerows(rows)
    path.write_text(out.getvalue(), encoding="utf-8")
    return path


def write(path: Path, content: bytes | str) -> Path:
    """A file with this content."""
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def workbook(path: Path, sheets: dict[str, Sequence[Sequence[Any]]]) -> Path:
    """An XLSX with these sheets."""
    book = openpyxl.Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    book.save(path)
    return path


def written() -> tuple[int, list[str]]:
    """What imports leave in the database: versions, and tables of versions."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' "
            "AND relname ~ '^layers_(feature|privatevalue)_v' ORDER BY 1"
        )
        tables = [row[0] for row in cursor.fetchall()]
    return LayerVersion.objects.count(), tables
