"""Two plans: land use over every commune, and detailed construction plans in a few wards."""

import datetime as dt
from collections import defaultdict
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis_portal.demo.cells import partition
from gis_portal.demo.noise import Warp
from gis_portal.demo.places import CON_DAO, Commune
from gis_portal.demo.stock import Plot
from gis_portal.demo.zones import PONDS, Zone

Row = dict[str, Any]
_URBAN = ["ODT", "ODT", "TMD", "ODT", "DKV", "DGT", "SKK", "DGD", "CLN"]
_RURAL = ["CLN", "CLN", "HNK", "ONT", "LUC", "RSX", "ONT", "SKN", "CLN", "TMD", "DKV"]
_COASTAL = ["TMD", "RPH", "ONT", "HNK"]
# A zone with this share of it in a public forest or reservoir is planned as such.
_FORESTED = 0.15
# Wards with detailed plans: code → plan.
_PLANNED = {
    "26506": "Khu dân cư trung tâm Vũng Tàu",
    "26560": "Khu trung tâm hành chính Bà Rịa",
    "26704": "Khu đô thị mới Phú Mỹ",
    "26536": "Khu tái định cư Rạch Dừa",
}
# Function, land-use code, density %, floors at least and at most, front set-back.
_FUNCTIONS: list[tuple[str, str, int, tuple[int, int], float]] = [
    ("residential-existing", "ODT", 80, (2, 5), 0.0),
    ("residential-new", "ODT", 70, (3, 6), 3.0),
    ("mixed", "TMD", 55, (5, 25), 6.0),
    ("commercial", "TMD", 60, (2, 9), 6.0),
    ("office", "TSC", 40, (2, 7), 10.0),
    ("education", "DGD", 40, (1, 4), 6.0),
    ("health", "DYT", 40, (1, 5), 6.0),
    ("culture-sport", "DVH", 40, (1, 3), 6.0),
    ("green", "DKV", 5, (0, 1), 0.0),
    ("infrastructure", "DNL", 50, (1, 2), 3.0),
    ("traffic", "DGT", 5, (0, 1), 0.0),
]
_WEIGHTS = [0.28, 0.27, 0.06, 0.08, 0.04, 0.07, 0.03, 0.04, 0.08, 0.02, 0.03]


def land_use_plan(
    rng: np.random.Generator,
    found: list[Commune],
    industrial: list[BaseGeometry],
    plots: list[Plot],
) -> tuple[list[BaseGeometry], list[Row]]:
    """Zones that cover every commune without gaps, about twelve in each."""
    border = Warp(rng, [(70.0, 1100.0), (25.0, 330.0)])
    tracts = [plot for plot in plots if plot.kind == "tract"]
    tree = shapely.STRtree([plot.shape for plot in tracts])
    shapes: list[BaseGeometry] = []
    rows: list[Row] = []
    for commune in found:
        for k, shape in enumerate(_zones(rng, commune, border), start=1):
            near = [tracts[i] for i in tree.query(shape)]
            code = _forest(shape, near) or _code(rng, commune, shape, industrial)
            shapes.append(shape)
            rows.append(_plan_row(rng, commune, k, shape, code))
    return shapes, rows


def _zones(rng: np.random.Generator, commune: Commune, border: Warp) -> list[BaseGeometry]:
    west, south, east, north = commune.cell.bounds
    count = int(np.clip(commune.cell.area / 6e6, 7, 16))
    candidates = rng.uniform((west, south), (east, north), (count * 20, 2))
    inside = candidates[shapely.contains_xy(commune.cell, candidates[:, 0], candidates[:, 1])]
    faces = partition(commune.cell, inside[:count], border, 60.0)
    return [face for face, _ in faces if face.area > 1.0]


def _forest(shape: BaseGeometry, tracts: list[Plot]) -> str:
    """Land-use code of the public forest or reservoir that takes a good share of a zone."""
    area: dict[str, float] = defaultdict(float)
    for tract in tracts:
        area[tract.land_use] += shape.intersection(tract.shape).area
    best = max(area, key=lambda code: area[code], default="")
    return best if best and area[best] > _FORESTED * shape.area else ""


def _code(
    rng: np.random.Generator, commune: Commune, shape: BaseGeometry, industrial: list[BaseGeometry]
) -> str:
    middle = shape.representative_point()
    if any(park.contains(middle) for park in industrial):
        return "SKK"
    if commune.code == CON_DAO:
        return str(rng.choice(["RDD", "RDD", "RDD", "TMD", "ODT"]))
    # The coast plans for resorts and shelter woods.
    coastal = middle.y < 1_152_000 + (middle.x - 440_000) * 0.42 and not commune.is_ward
    choices = _COASTAL if coastal else _URBAN if commune.is_ward else _RURAL
    choices = [*choices, "NTS", "NTS"] if commune.code in PONDS else choices
    return str(rng.choice(choices))


def _plan_row(
    rng: np.random.Generator, commune: Commune, k: int, shape: BaseGeometry, code: str
) -> Row:
    new = bool(rng.random() < 0.4)
    return {
        "MAQH": f"QHSDD-{commune.code}",
        "MAKHU": f"{code}-{k:02d}",
        "TENQH": f"Quy hoạch sử dụng đất {commune.name} (minh họa)",
        "KYQH": "2026-2030",
        "CAPQH": "commune",
        "LOAIDATQH": code,
        "LOAIDATHT": str(rng.choice(["CLN", "HNK", "BCS"])) if new else code,
        "DIENTICH": round(shape.area, 1),
        "TENCT": f"Dự án minh họa số {int(rng.integers(1, 200))}" if new else "",
        "NAMKH": 2026 if new else None,
        "TRANGTHAI": "planned" if new else "keep",
        "SOQD": "1234/QĐ-UBND (minh họa)",
        "NGAYQD": dt.date(2026, 1, 15),
        "CQPD": "UBND Thành phố (minh họa)",
        "TYLE": 10000,
    }


def construction_plan(rng: np.random.Generator, zones: list[Zone]) -> tuple[list[Any], list[Row]]:
    """The blocks of built-up zones in a few wards, with what may be built on them."""
    shapes: list[Any] = []
    rows: list[Row] = []
    for zone in zones:
        if zone.commune.code not in _PLANNED or zone.pattern.lot_width > 20:
            continue
        for block in zone.blocks:
            function = _FUNCTIONS[int(rng.choice(len(_FUNCTIONS), p=_WEIGHTS))]
            shapes.append(block.outline)
            rows.append(_block_row(rng, zone.commune, len(rows) + 1, block.outline, function))
    return shapes, rows


def _block_row(
    rng: np.random.Generator,
    commune: Commune,
    k: int,
    outline: shapely.Polygon,
    function: tuple[str, str, int, tuple[int, int], float],
) -> Row:
    name, code, density, (low, high), front = function
    floors = int(rng.integers(max(low, 1), high + 1))
    housing = name.startswith("residential")
    return {
        "MADOAN": f"QHCT-{commune.code}",
        "TENDOAN": f"{_PLANNED[commune.code]} (minh họa)",
        "LOAIDOAN": "detailed",
        "TYLE": 500,
        "KYHIEUO": f"{code}-{k:03d}",
        "CHUCNANG": name,
        "LOAIDAT": code,
        "DIENTICH": round(outline.area, 1),
        "MDXD": float(density),
        "TANGMIN": low,
        "TANGMAX": floors,
        "TANGHAM": 2 if floors > 8 else 0,
        "CHIEUCAO": round(floors * 3.6 + 1.2, 1),
        "HSSDD": round(density / 100 * floors, 2),
        "KLCHINH": front,
        "KLBIEN": front / 2,
        "KLSAU": 2.0 if housing else front / 2,
        "DANSO": int(outline.area * density / 100 * floors / 90) if housing else 0,
        "HIEULUC": "adjusting" if rng.random() < 0.06 else "in-force",
        "SOQD": "567/QĐ-UBND (minh họa)",
        "NGAYQD": "2024-08-20",
        "CQPD": "UBND thành phố (cũ, minh họa)",
    }
