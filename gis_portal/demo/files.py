"""Writers of the formats that offices send. The same content always gives the same bytes."""

import csv
import datetime as dt
import io
import json
import re
import tempfile
import warnings
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio.raw
import shapely
from openpyxl import Workbook
from pyproj import CRS

from gis_portal.demo.dbf import encode_dbf, infer_columns

# Files carry this moment inside instead of the clock's.
_STAMP = (2026, 1, 1, 0, 0, 0)
_STAMP_TEXT = "2026-01-01T00:00:00Z"
Row = dict[str, Any]


def write_shapefile(
    path: Path,
    shapes: list[Any],
    rows: list[Row],
    *,
    epsg: int,
    encoding: str,
) -> None:
    """A zipped Shapefile; `utf-8` comes with a .cpg, `tcvn3` without, as old offices' files do."""
    stem = path.stem
    parts = _shp_and_shx(shapes, stem)
    parts[f"{stem}.prj"] = CRS.from_epsg(epsg).to_wkt("WKT1_ESRI").encode()
    parts[f"{stem}.dbf"] = encode_dbf(infer_columns(rows, encoding), rows, encoding)
    if encoding == "utf-8":
        parts[f"{stem}.cpg"] = b"UTF-8"
    path.write_bytes(_zip(parts))


def _shp_and_shx(shapes: list[Any], stem: str) -> dict[str, bytes]:
    """OGR orders and closes the rings; its own .dbf and .prj are thrown away."""
    kind = shapely.get_type_id(shapes[0])
    name = "LineString" if kind in (1, 5) else "Point" if kind == 0 else "Polygon"
    wkb = shapely.to_wkb(np.array(shapes, dtype=object))
    with tempfile.TemporaryDirectory(prefix="demo-") as folder:
        target = Path(folder) / f"{stem}.shp"
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="'crs' was not provided")
            pyogrio.raw.write(
                target,
                wkb,
                [np.arange(len(wkb))],
                ["ID"],
                geometry_type=name,
                driver="ESRI Shapefile",
            )
        return {f"{stem}{end}": target.with_suffix(end).read_bytes() for end in (".shp", ".shx")}


def write_geopackage(
    path: Path, layer: str, shapes: Any, rows: list[Row], *, kind: str, epsg: int = 4326
) -> None:
    """One table; numbers stay numbers, empty cells stay NULL."""
    path.unlink(missing_ok=True)
    names = list(rows[0])
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": _STAMP_TEXT})
    pyogrio.raw.write(
        str(path),
        shapely.to_wkb(np.asarray(shapes, dtype=object)),
        [_column([row[name] for row in rows]) for name in names],
        names,
        layer=layer,
        geometry_type=kind,
        crs=f"EPSG:{epsg}",
        driver="GPKG",
        promote_to_multi=kind.startswith("Multi"),
    )


def _column(values: list[Any]) -> np.ndarray:
    if all(v is None or isinstance(v, int | float) for v in values):
        if all(isinstance(v, int) for v in values):
            return np.array(values, dtype=np.int64)
        return np.array([np.nan if v is None else v for v in values], dtype=float)
    return np.array([None if v in (None, "") else str(v) for v in values], dtype=object)


def write_geojson(path: Path, shapes: Any, rows: list[Row]) -> None:
    """RFC 7946: WGS 84, seven decimals."""
    encoded = shapely.to_geojson(shapely.transform(shapes, lambda xy: np.round(xy, 7)))
    features = [
        '{"type":"Feature","geometry":' + shape + ',"properties":' + _json(row) + "}"
        for shape, row in zip(encoded, rows, strict=True)
    ]
    text = '{"type":"FeatureCollection","features":[\n' + ",\n".join(features) + "\n]}\n"
    path.write_text(text, encoding="utf-8")


def _json(row: Row) -> str:
    return json.dumps(row, ensure_ascii=False)


def write_csv(path: Path, rows: list[Row], *, delimiter: str = ",", bom: bool = False) -> None:
    """As spreadsheet programs save it."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), delimiter=delimiter, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_bytes(text.getvalue().encode("utf-8-sig" if bom else "utf-8"))


def write_xlsx(path: Path, title: str, rows: list[Row]) -> None:
    """One sheet with a header row. The moments that the format carries are fixed."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    sheet.append(list(rows[0]))
    for row in rows:
        sheet.append([row[name] for name in rows[0]])
    raw = io.BytesIO()
    book.save(raw)
    with zipfile.ZipFile(raw) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    core = parts["docProps/core.xml"].decode()
    moment = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
    parts["docProps/core.xml"] = moment.sub(_STAMP_TEXT, core).encode()
    path.write_bytes(_zip(parts))


def _zip(parts: dict[str, bytes]) -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, _STAMP), content, zipfile.ZIP_DEFLATED)
    return raw.getvalue()


def iso(moment: dt.date | None) -> str | None:
    """ISO 8601 day, or nothing."""
    return moment.isoformat() if moment else None
