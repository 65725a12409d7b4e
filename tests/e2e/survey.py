"""Files as a surveyor sends them, made from the demo province's land-use plan (334 zones)."""

import zipfile
from pathlib import Path

import numpy as np
import pyogrio
import shapely

LAYER = "land-use-plan"
DEMO_FILE = "quy-hoach-su-dung-dat.zip"
# What is wrong with the broken file: rows counted from 1.
WITHOUT_PERIOD = (3, 8, 21, 55)
UNKNOWN_LAND_USE = (34, 89, 144)
BOW_TIES = (10, 60, 120, 200)
BROKEN = tuple(sorted((*WITHOUT_PERIOD, *UNKNOWN_LAND_USE, *BOW_TIES)))
# What the mended file changes against what is published.
REMOVED, CHANGED = 2, 3


def survey(demo: Path, made: Path, *, broken: bool = False, named: bool = True) -> Path:
    """A zipped Shapefile at `made`. `named`: with its .prj."""
    opened = made.parent / "demo"
    with zipfile.ZipFile(demo / DEMO_FILE) as archive:
        archive.extractall(opened)
    (source,) = opened.rglob("*.shp")
    # Not through /vsizip: importers close GDAL's own ways into archives in this process.
    meta, _ids, shapes, fields = pyogrio.raw.read(source)
    columns = dict(zip(meta["fields"], fields, strict=True))
    columns["KYQH"] = columns["KYQH"].copy()
    if broken:
        _break(columns, shapes)
    columns["KYQH"][[200, 201, 202]] = "2031-2035"
    kept = slice(None, -REMOVED)
    folder = made.with_suffix("")
    folder.mkdir(parents=True)
    pyogrio.raw.write(
        folder / "khu-dat.shp",
        shapes[kept],
        [column[kept] for column in columns.values()],
        list(columns),
        geometry_type=meta["geometry_type"],
        crs=meta["crs"],
        encoding="UTF-8",
    )
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in sorted(folder.iterdir()):
            if named or part.suffix != ".prj":
                archive.write(part, part.name)
    return made


def _break(columns: dict[str, np.ndarray], shapes: np.ndarray) -> None:
    columns["LOAIDATQH"] = columns["LOAIDATQH"].copy()
    for row in WITHOUT_PERIOD:
        columns["KYQH"][row - 1] = None
    for row in UNKNOWN_LAND_USE:
        columns["LOAIDATQH"][row - 1] = "???"
    for row in BOW_TIES:
        west, south, east, north = shapely.from_wkb(shapes[row - 1]).bounds
        crossed = [(west, south), (east, north), (east, south), (west, north), (west, south)]
        shapes[row - 1] = shapely.to_wkb(shapely.Polygon(crossed))
