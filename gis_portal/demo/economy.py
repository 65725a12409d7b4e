"""Industrial parks and clusters, and growing areas: illustrative shapes, some known names."""

import datetime as dt
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis_portal.demo.grid import to_grid
from gis_portal.demo.invented import day, decision, person, phone
from gis_portal.demo.lattice import Placement
from gis_portal.demo.noise import Warp
from gis_portal.demo.places import CON_DAO, Commune

GROWING = 60
Row = dict[str, Any]
# Name, kind, longitude, latitude, length and width in metres, turn in degrees.
_PARKS: list[tuple[str, str, float, float, float, float, float]] = [
    ("KCN Phú Mỹ 1", "SKK", 107.033, 10.600, 3200, 2100, 100),
    ("KCN Phú Mỹ 2", "SKK", 107.048, 10.566, 2700, 1900, 120),
    ("KCN Phú Mỹ 3", "SKK", 107.060, 10.540, 2600, 1700, 130),
    ("KCN Mỹ Xuân A", "SKK", 107.031, 10.648, 1900, 1300, 95),
    ("KCN Mỹ Xuân A2", "SKK", 107.057, 10.653, 1900, 1400, 85),
    ("KCN Mỹ Xuân B1", "SKK", 107.061, 10.625, 2000, 1500, 110),
    ("KCN Cái Mép", "SKK", 107.030, 10.528, 2600, 1300, 100),
    ("KCN Châu Đức", "SKK", 107.178, 10.650, 3600, 2600, 75),
    ("KCN Đá Bạc", "SKK", 107.291, 10.580, 1700, 1100, 30),
    ("KCN Đất Đỏ 1", "SKK", 107.281, 10.508, 2000, 1300, 20),
    ("KCN Đông Xuyên", "SKK", 107.112, 10.400, 1300, 800, 40),
    ("CCN Ngãi Giao", "SKN", 107.243, 10.638, 700, 450, 15),
    ("CCN Hắc Dịch", "SKN", 107.112, 10.662, 800, 500, 60),
    ("CCN An Ngãi", "SKN", 107.208, 10.462, 700, 420, 35),
    ("CCN Bình Châu", "SKN", 107.527, 10.563, 620, 400, 10),
]  # fmt: skip
_CROPS = [
    "Nhãn xuồng cơm vàng", "Sầu riêng", "Bưởi da xanh", "Chuối", "Hồ tiêu", "Ca cao", "Thanh long",
    "Mãng cầu ta", "Mít", "Rau ăn lá",
]  # fmt: skip


def parks(rng: np.random.Generator, found: list[Commune]) -> tuple[list[BaseGeometry], list[Row]]:
    """Parks as bent rectangles on land, with areas in hectares."""
    land = shapely.unary_union([commune.cell for commune in found]).buffer(-60)
    shapes: list[BaseGeometry] = []
    rows: list[Row] = []
    for k, (name, kind, lon, lat, length, width, turn) in enumerate(_PARKS):
        x, y = to_grid(np.array([[lon, lat]]))[0]
        place = Placement((float(x), float(y)), np.radians(turn), Warp(rng, [(18.0, 1500.0)]))
        box = shapely.segmentize(shapely.box(-length / 2, -width / 2, length / 2, width / 2), 120)
        shape = shapely.Polygon(place(shapely.get_coordinates(box))).intersection(land)
        shape = max(shapely.get_parts(shape), key=lambda part: part.area)
        shape = shape.difference(shapely.unary_union(shapes).buffer(20)) if shapes else shape
        shapes.append(shape)
        rows.append(_park_row(rng, k, name, kind, shape))
    return shapes, rows


def _park_row(rng: np.random.Generator, k: int, name: str, kind: str, shape: BaseGeometry) -> Row:
    hectares = round(shape.area / 1e4, 2)
    founded = day(rng, dt.date(1998, 1, 1), dt.date(2020, 12, 31))
    return {
        "maKCN": f"{'KCN' if kind == 'SKK' else 'CCN'}-{k + 1:02d}",
        "ten": name,
        "loaiKhu": kind,
        "dienTichHa": hectares,
        "dienTichChoThue": round(hectares * 0.68, 2),
        "tyLeLapDay": round(float(rng.uniform(35, 100)), 1),
        "chuDauTu": "Công ty hạ tầng (minh họa)",
        "nganhNghe": str(
            rng.choice(["Thép, cơ khí", "Hóa chất, kho cảng", "Chế biến nông sản", "Dệt may"])
        ),
        "giaThue": "theo thông báo của chủ đầu tư",
        "xuLyNuocThai": "có" if kind == "SKK" else "không",
        "ngayThanhLap": founded.isoformat(),
        "thoiHan": founded.replace(day=1, year=founded.year + 50).isoformat(),
        "trangThai": "operating" if k % 6 else "building",
        "soQuyetDinh": decision(rng, founded.year),
        "soHopDong": f"HĐTĐ-{k + 1:02d}/MH",
        "nguoiLienHe": person(rng),
        "dienThoai": phone(rng),
    }


def growing_areas(
    rng: np.random.Generator, found: list[Commune], taken: list[BaseGeometry]
) -> tuple[list[BaseGeometry], list[Row]]:
    """Disjoint rounded patches of 5 to 90 ha in rural communes, clear of industrial parks."""
    rural = [c for c in found if not c.is_ward and c.code != CON_DAO]
    bend = Warp(rng, [(30.0, 700.0), (12.0, 220.0)])
    shapes: list[BaseGeometry] = []
    rows: list[Row] = []
    while len(shapes) < GROWING:
        commune = rural[len(shapes) % len(rural)]
        west, south, east, north = commune.cell.bounds
        x, y = rng.uniform((west, south), (east, north))
        long, wide = rng.uniform(160, 620), rng.uniform(120, 420)
        ring = shapely.segmentize(shapely.box(-long, -wide, long, wide), 60)
        place = Placement((float(x), float(y)), rng.uniform(0, 3.1), bend)
        shape = shapely.Polygon(place(shapely.get_coordinates(ring)))
        if commune.cell.contains(shape) and not shapely.intersects(shape, shapes + taken).any():
            shapes.append(shape)
            rows.append(_growing_row(rng, len(shapes), commune, shape))
    return shapes, rows


def _growing_row(rng: np.random.Generator, k: int, commune: Commune, shape: BaseGeometry) -> Row:
    crop = _CROPS[int(rng.integers(len(_CROPS)))]
    hectares = round(shape.area / 1e4, 2)
    kind = str(rng.choice(["cooperative", "company", "household"], p=[0.6, 0.3, 0.1]))
    return {
        "MSVT": f"VN-MINHHOA-{k:04d}",
        "TENVUNG": f"Vùng trồng {crop.lower()} {commune.name}",
        "CAYTRONG": crop,
        "THITRUONG": str(
            rng.choice(["domestic", "china", "domestic,china", "usa,eu", "japan,korea"])
        ),
        "DTHA": hectares,
        "SOHO": int(rng.integers(1, 60)),
        "SANLUONG": round(hectares * float(rng.uniform(6, 22)), 1),
        "TIEUCHUAN": str(rng.choice(["vietgap", "globalgap", "organic", "none"])),
        "TOCHUC": f"Hợp tác xã minh họa số {k}"
        if kind == "cooperative"
        else f"Đơn vị minh họa số {k}",
        "LOAITC": kind,
        "TRANGTHAI": str(rng.choice(["valid", "suspended", "revoked"], p=[0.85, 0.1, 0.05])),
        "NGAYCAP": day(rng, dt.date(2019, 1, 1), dt.date(2025, 12, 31)),
        "NGAYKTRA": day(rng, dt.date(2025, 1, 1), dt.date(2025, 12, 31)),
        "NGUOIDD": person(rng),
        "DIENTHOAI": phone(rng),
    }
