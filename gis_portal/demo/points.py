"""Point layers: cameras along National Road 51, telecom stations, tourism points, public wifi."""

import datetime as dt
from typing import Any

import numpy as np
import shapely

from gis_portal.demo.cells import nearest
from gis_portal.demo.grid import to_lonlat
from gis_portal.demo.invented import day, decision, person, phone, vi_date, vi_number
from gis_portal.demo.places import Commune
from gis_portal.demo.routes import Route
from gis_portal.demo.zones import Zone

CAMERAS, STATIONS, WIFI = 89, 1959, 120
Row = dict[str, Any]


def cameras(
    rng: np.random.Generator, routes: list[Route], found: list[Commune], today: dt.date
) -> list[Row]:
    """Rows with X north and Y east in metres, as a traffic office's table has them."""
    road = next(route for route in routes if route.code == "QL51")
    along = np.linspace(250, road.line.length - 250, CAMERAS) + rng.uniform(-180, 180, CAMERAS)
    rows = []
    for k, metres in enumerate(np.sort(along)):
        at = road.line.interpolate(float(metres))
        ahead = road.line.interpolate(float(metres) + 20)
        angle = np.arctan2(ahead.x - at.x, ahead.y - at.y)
        side = road.right_of_way / 2 * (1 if k % 2 else -1)
        x, y = at.x + side * np.cos(angle), at.y - side * np.sin(angle)
        commune = min(found, key=lambda c: c.cell.distance(shapely.Point(x, y)))
        security = k % 4 == 3
        rows.append(
            {
                "MACAMERA": f"QL51-{k + 1:03d}",
                "TENCAMERA": f"QL51 Km{metres / 1000:.1f}, {commune.name}".replace(".", ","),
                "NHOM": "Camera an ninh" if security else "Camera giao thông",
                "LOAITB": ["tth", "tth_axis", "analog"][k % 3],
                "TUYENDUONG": "Quốc lộ 51",
                "LYTRINH": f"Km{int(metres // 1000)}+{int(metres % 1000):03d}",
                "DVQUANLY": "Công an phường, xã (minh họa)"
                if security
                else "Khu Quản lý giao thông (minh họa)",
                "GOCNHIN": int(np.degrees(angle) + (180 if k % 2 else 0)) % 360,
                "coPTZ": "có" if k % 3 == 0 else "không",
                "CONGKHAI": "không" if security else "có",
                "TRANGTHAI": str(
                    rng.choice(["online", "offline", "maintenance"], p=[0.85, 0.1, 0.05])
                ),
                "LASTSEEN": f"{vi_date(today)} 06:{int(rng.integers(10, 60))}",
                "NGAYLAP": vi_date(day(rng, dt.date(2017, 1, 1), dt.date(2025, 12, 31))),
                "STREAM": f"http://canary.invalid/stream/{k + 1}",
                "NGUOIPT": person(rng),
                "DIENTHOAI": phone(rng),
                "X": f"{y:.3f}",
                "Y": f"{x:.3f}",
            }
        )
    return rows


def scatter(
    rng: np.random.Generator,
    count: int,
    found: list[Commune],
    routes: list[Route],
    zones: list[Zone],
    spread: float,
) -> np.ndarray:
    """`count` points (n, 2) on land: round settlements, along roads, and a few anywhere."""
    hulls = [z.hull.centroid for z in zones if z.pattern.lot_width < 20]
    homes = np.array([(p.x, p.y) for p in hulls] + [o.centre for c in found for o in c.old])
    land = shapely.unary_union([c.cell for c in found]).buffer(-40)
    shapely.prepare(land)
    chosen: list[np.ndarray] = []
    have = 0
    while have < count:
        near = homes[rng.integers(0, len(homes), count)] + rng.normal(0, spread, (count, 2))
        lines = [routes[i].line for i in rng.integers(0, len(routes), count)]
        at = shapely.line_interpolate_point(lines, rng.random(count), normalized=True)
        road = shapely.get_coordinates(at) + rng.normal(0, 160, (count, 2))
        points = np.where(rng.random((count, 1)) < 0.72, near, road)
        points = points[shapely.contains_xy(land, points[:, 0], points[:, 1])]
        chosen.append(points)
        have += len(points)
    return np.concatenate(chosen)[:count]


def commune_names(found: list[Commune], points: np.ndarray) -> list[str]:
    """Name of the commune that each of (n, 2) points lies in, or is nearest to."""
    return [found[i].name for i in nearest([commune.cell for commune in found], points)]


def stations(rng: np.random.Generator, points: np.ndarray, names: list[str]) -> list[Row]:
    """One row a telecom station."""
    operators = ["viettel", "vnpt", "mobifone", "vietnamobile", "gmobile"]
    rows = []
    for k, name in enumerate(names):
        operator = str(rng.choice(operators, p=[0.42, 0.27, 0.22, 0.07, 0.02]))
        rooftop = bool(rng.random() < 0.35)
        tall = bool(rng.random() < 0.3)
        mast = ("A2a" if tall else "A1a") if rooftop else ("A2b" if tall else "A1b")
        height = float(rng.integers(6, 18) if rooftop else rng.integers(24, 50))
        shared = bool(rng.random() < 0.24)
        rows.append(
            {
                "MATRAM": f"BRVT-{operator[:3].upper()}-{k + 1:04d}",
                "TENTRAM": f"Trạm {k + 1} {name}",
                "DOANHNGHIE": operator,
                "DIACHI": name,
                "LOAICOT": mast,
                "KIEUCOT": "camouflaged"
                if not tall and k % 7 == 0
                else "self-standing"
                if rooftop
                else "guyed",
                "CHIEUCAO": height,
                "VITRIDAT": "rooftop" if rooftop else "ground",
                "CONGNGHE": str(rng.choice(["2G,3G,4G", "4G", "4G,5G", "3G,4G,5G"])),
                "DUNGCHUNG": "có" if shared else "không",
                "SODNCHUNG": int(rng.integers(2, 4)) if shared else 1,
                "BANKINH": float(rng.choice([350, 500, 800, 1500, 3000])),
                "TRANGTHAI": str(
                    rng.choice(
                        ["active", "building", "planned", "stopped"], p=[0.91, 0.03, 0.04, 0.02]
                    )
                ),
                "NGAYHD": vi_date(day(rng, dt.date(2008, 1, 1), dt.date(2025, 12, 31))),
                "SOGP": decision(rng, 2015, "SXD"),
                "NGUONDAT": str(rng.choice(["leased", "public", "own"], p=[0.8, 0.12, 0.08])),
                "CHUNHA": person(rng),
                "DIENTHOAI": phone(rng),
            }
        )
    return rows


def wifi(rng: np.random.Generator, points: np.ndarray, names: list[str]) -> list[Row]:
    """One row a public wifi point, with longitude and latitude as text with a decimal comma."""
    kinds = {
        "office": "UBND", "park": "Công viên", "beach": "Bãi tắm", "station": "Nhà chờ xe buýt",
        "hospital": "Trạm y tế", "school": "Thư viện", "culture": "Nhà văn hóa", "market": "Chợ",
    }  # fmt: skip
    rows = []
    for k, ((lon, lat), name) in enumerate(zip(to_lonlat(points), names, strict=True)):
        kind = str(rng.choice(list(kinds)))
        rows.append(
            {
                "MADIEM": f"WF-{k + 1:03d}",
                "TENDIEM": f"{kinds[kind]} số {k + 1}, {name}",
                "TENMANG": "WIFI-CONG-CONG",
                "LOAINOI": kind,
                "DIACHI": name,
                "DVCUNGCAP": str(rng.choice(["VNPT", "Viettel", "FPT"])),
                "DVQUANLY": f"UBND {name}",
                "TOCDO": vi_number(float(rng.choice([20, 50, 100, 150])), 0),
                "BANKINH": vi_number(float(rng.choice([30, 50, 80])), 0),
                "GIOPV": str(rng.choice(["24/24", "06:00–22:00", "07:30–17:00"])),
                "MIENPHI": "có",
                "TRANGTHAI": str(
                    rng.choice(["active", "stopped", "planned"], p=[0.86, 0.08, 0.06])
                ),
                "NGAYLAP": vi_date(day(rng, dt.date(2018, 1, 1), dt.date(2025, 12, 31))),
                "NGUOIPT": person(rng),
                "DIENTHOAI": phone(rng),
                "LON": vi_number(lon, 6),
                "LAT": vi_number(lat, 6),
            }
        )
    return rows
