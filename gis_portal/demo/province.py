"""The demo province as files: `write_province` makes them, `DemoFile` says how to import each.

Everything hangs on the seed; only the auction lots depend on the day as well.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from gis_portal.demo import economy, planning, points, tourism
from gis_portal.demo.auctions import choose_lots, corner_rows
from gis_portal.demo.files import (
    write_csv,
    write_geojson,
    write_geopackage,
    write_shapefile,
    write_xlsx,
)
from gis_portal.demo.grid import GRID, geometries_to_lonlat
from gis_portal.demo.imagery import FLIGHTS, write_scenes
from gis_portal.demo.numbering import Number, number_plots
from gis_portal.demo.places import Commune, communes
from gis_portal.demo.register import write_register
from gis_portal.demo.roads import centre_lines
from gis_portal.demo.routes import Route, main_routes
from gis_portal.demo.stock import Stock, make_stock
from layers.crs import VN2000, transform_geometries

# Change it when the content of the files changes: installations then load them again.
DATASET = "2026-2"
SEED = 77
# Registers are dated from here, not from the clock: the same seed gives the same bytes on any day.
REGISTER_DAY = dt.date(2026, 6, 30)
MANIFEST = "manifest.json"
# Roads come in the grid of the new province: files of both meridians meet in one portal.
ROADS_EPSG = 9210


@dataclass(frozen=True)
class DemoFile:
    """One file and how to import it. `crs` None: the file says it itself."""

    slug: str
    name: str
    crs: str | None
    data_date: str
    sha256: str = ""


FILES = (
    DemoFile("administrative-units", "don-vi-hanh-chinh.gpkg", None, "2025-07-01"),
    DemoFile("public-land-parcels", "thua-dat-cong.zip", None, "2026-06-30"),
    DemoFile("auction-lots", "lo-dau-gia.xlsx", "EPSG:5899", ""),
    DemoFile("traffic-cameras", "camera-ql51.csv", "EPSG:5899", "2026-06-30"),
    DemoFile("telecom-stations", "tram-bts.gpkg", None, "2026-06-30"),
    DemoFile("tourism-points", "diem-du-lich.geojson", None, "2026-06-30"),
    DemoFile("land-use-plan", "quy-hoach-su-dung-dat.zip", None, "2026-01-15"),
    DemoFile("construction-plan", "quy-hoach-chi-tiet.gpkg", None, "2024-08-20"),
    DemoFile("road-centrelines", "tim-duong.zip", None, "2026-06-30"),
    DemoFile("industrial-clusters", "khu-cum-cong-nghiep.geojson", None, "2026-06-30"),
    DemoFile("growing-areas", "vung-trong.zip", None, "2026-06-30"),
    DemoFile("public-wifi", "wifi-cong-cong.csv", None, "2026-06-30"),
)
# Two pictures of one layer: the second joins the first.
SCENES = tuple(
    DemoFile("aerial-imagery", f"anh-minh-hoa-{flight.day.year}.tif", None, flight.day.isoformat())
    for flight in FLIGHTS
)


@dataclass(frozen=True)
class Province:
    """What all files are written from; shapes in grid metres."""

    communes: list[Commune]
    routes: list[Route]
    stock: Stock
    numbers: list[Number]
    rows: list[dict[str, Any]]
    seed: int


def build(seed: int = SEED) -> Province:
    """Land, communes, roads and parcels of one seed."""
    found = communes(_rng(seed, 1))
    routes = main_routes(_rng(seed, 2))
    stock = make_stock(_rng(seed, 3), found, routes)
    numbers = number_plots(_rng(seed, 4), stock.plots)
    rows = write_register(_rng(seed, 5), stock.plots, numbers, REGISTER_DAY)
    return Province(found, routes, stock, numbers, rows, seed)


def _rng(seed: int, stream: int) -> np.random.Generator:
    """Independent streams: a change in one layer does not move the others."""
    return np.random.default_rng([seed, stream])


def write_province(folder: Path, seed: int, today: dt.date) -> list[DemoFile]:
    """Write every file and the manifest into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    province = build(seed)
    _write_land(folder, province, today)
    _write_points(folder, province)
    _write_areas(folder, province)
    _write_scenes(folder, province)
    return _write_manifest(folder, (*FILES, *SCENES), seed, today)


def write_lots_only(folder: Path, seed: int, today: dt.date) -> list[DemoFile]:
    """Write the auction lots again, for another day."""
    province = build(seed)
    _write_lots(folder, province, today)
    return _write_manifest(folder, FILES, seed, today)


def _write_manifest(
    folder: Path, files: Iterable[DemoFile], seed: int, today: dt.date
) -> list[DemoFile]:
    done = [
        DemoFile(
            f.slug,
            f.name,
            f.crs,
            f.data_date or today.isoformat(),
            hashlib.sha256((folder / f.name).read_bytes()).hexdigest(),
        )
        for f in files
    ]
    content = {
        "note": "dữ liệu minh họa",
        "dataset": DATASET,
        "seed": seed,
        "today": today.isoformat(),
        "files": [asdict(f) for f in done],
    }
    text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    (folder / MANIFEST).write_text(text, encoding="utf-8")
    return done


def _path(folder: Path, slug: str) -> Path:
    return folder / next(f.name for f in FILES if f.slug == slug)


def _write_land(folder: Path, province: Province, today: dt.date) -> None:
    found, plots = province.communes, province.stock.plots
    write_geopackage(
        _path(folder, "administrative-units"),
        "don_vi_hanh_chinh",
        geometries_to_lonlat([c.cell for c in found]),
        [_unit_row(c) for c in found],
        kind="MultiPolygon",
    )
    write_shapefile(
        _path(folder, "public-land-parcels"),
        [plot.shape for plot in plots],
        province.rows,
        epsg=5899,
        encoding="tcvn3",
    )
    _write_lots(folder, province, today)


def _write_lots(folder: Path, province: Province, today: dt.date) -> None:
    rng = _rng(province.seed, 6)
    lots = choose_lots(rng, province.stock.plots, province.numbers, province.rows, today)
    write_xlsx(_path(folder, "auction-lots"), "Lô đấu giá", corner_rows(rng, lots))


def _unit_row(commune: Commune) -> dict[str, Any]:
    kinds = {"Phường": "ward", "Xã": "commune", "Đặc khu": "special-zone"}
    return {
        "MAXA": commune.code,
        "TENXA": commune.name,
        "TENNGAN": commune.name.removeprefix(commune.kind).strip(),
        "CAPXA": kinds[commune.kind],
        "MATINH": "79",
        "TENTINH": "Thành phố Hồ Chí Minh",
        "SAPNHAP": "; ".join(old.name for old in commune.old),
        "DIENTICH": commune.area_km2,
        "VANBAN": "Ranh giới minh họa, không phải địa giới hành chính",
        "HIEULUCTU": "2025-07-01",
    }


def _write_points(folder: Path, province: Province) -> None:
    found, routes, zones = province.communes, province.routes, province.stock.zones
    rng = _rng(province.seed, 7)
    cameras = points.cameras(rng, routes, found, REGISTER_DAY)
    write_csv(_path(folder, "traffic-cameras"), cameras)
    places = points.scatter(rng, points.STATIONS, found, routes, zones, 1100.0)
    write_geopackage(
        _path(folder, "telecom-stations"),
        "tram_bts",
        geometries_to_lonlat(shapely.points(places)),
        points.stations(rng, places, points.commune_names(found, places)),
        kind="Point",
    )
    wifi = points.scatter(rng, points.WIFI, found, routes, zones, 500.0)
    rows = points.wifi(rng, wifi, points.commune_names(found, wifi))
    write_csv(_path(folder, "public-wifi"), rows, delimiter=";", bom=True)
    known = tourism.known_places(shapely.unary_union([c.cell for c in found]).buffer(-40))
    rest = points.scatter(rng, tourism.POINTS - len(known), found, routes, zones, 900.0)
    visits = np.concatenate([known, rest])
    write_geojson(
        _path(folder, "tourism-points"),
        geometries_to_lonlat(shapely.points(visits)),
        tourism.tourism_rows(rng, points.commune_names(found, visits)),
    )


def _write_areas(folder: Path, province: Province) -> None:
    found, zones = province.communes, province.stock.zones
    rng = _rng(province.seed, 8)
    parks, park_rows = economy.parks(rng, found)
    write_geojson(_path(folder, "industrial-clusters"), geometries_to_lonlat(parks), park_rows)
    growing, growing_rows = economy.growing_areas(rng, found, parks)
    _write_utf8(_path(folder, "growing-areas"), growing, growing_rows, 5899)
    plan, plan_rows = planning.land_use_plan(rng, found, parks, province.stock.plots)
    _write_utf8(_path(folder, "land-use-plan"), plan, plan_rows, 5899)
    blocks, block_rows = planning.construction_plan(rng, zones)
    write_geopackage(
        _path(folder, "construction-plan"),
        "o_quy_hoach",
        blocks,
        block_rows,
        kind="Polygon",
        epsg=5899,
    )
    lines, line_rows = centre_lines(rng, province.routes, zones)
    moved = transform_geometries(np.array(lines, dtype=object), GRID, VN2000[ROADS_EPSG])
    _write_utf8(_path(folder, "road-centrelines"), list(moved), line_rows, ROADS_EPSG)


def _write_scenes(folder: Path, province: Province) -> None:
    planned = [row["TRANGTHAI"] == "planned_auction" for row in province.rows]
    plots = [
        plot.shape
        for plot, is_planned in zip(province.stock.plots, planned, strict=True)
        if is_planned
    ]
    write_scenes(
        _rng(province.seed, 9),
        [folder / scene.name for scene in SCENES],
        province.stock.zones,
        province.routes,
        shapely.get_coordinates(shapely.centroid(plots)),
    )


def _write_utf8(path: Path, shapes: list[Any], rows: list[dict[str, Any]], epsg: int) -> None:
    write_shapefile(path, shapes, rows, epsg=epsg, encoding="utf-8")
