"""Road centre lines: the main roads in stretches, and the streets of every zone."""

import datetime as dt
from itertools import pairwise
from typing import Any

import numpy as np
import shapely
from shapely.ops import substring

from gis_portal.demo.routes import Route
from gis_portal.demo.zones import Zone

Row = dict[str, Any]
_STRETCH = 8_000.0
_NAMES = [
    "Trần Hưng Đạo", "Lê Hồng Phong", "Nguyễn Văn Cừ", "Phan Chu Trinh", "Bạch Đằng",
    "Lý Thường Kiệt", "Ba Cu", "Hoàng Diệu", "Nguyễn Thái Học", "Huyền Trân Công Chúa",
    "Phạm Ngũ Lão", "Đồ Chiểu",
]  # fmt: skip


def centre_lines(
    rng: np.random.Generator, routes: list[Route], zones: list[Zone]
) -> tuple[list[Any], list[Row]]:
    """Lines in grid metres with the columns of a road office's table."""
    lines: list[Any] = []
    rows: list[Row] = []
    for route in routes:
        count = max(1, round(route.line.length / _STRETCH))
        cuts = np.linspace(0, route.line.length, count + 1)
        for k, (start, end) in enumerate(pairwise(cuts), start=1):
            lines.append(substring(route.line, start, end))
            rows.append(_main_row(route, k, start, end))
    for number, zone in enumerate(zones, start=1):
        for k, street in enumerate(zone.streets, start=1):
            lines.append(street)
            rows.append(_street_row(rng, zone, number, k, street))
    return lines, rows


def _main_row(route: Route, k: int, start: float, end: float) -> Row:
    return _row(
        MADUONG=f"{route.code}-{k:02d}",
        TENDUONG=route.name,
        SOHIEU=route.code if route.code.startswith(("QL", "ĐT")) else "",
        CAPDUONG=route.kind,
        MATDUONG="asphalt",
        RONGMAT=route.lanes * 3.5 + 2.0,
        LOGIOI=route.right_of_way,
        SOLAN=route.lanes,
        DIEMDAU=f"Km{start / 1000:.1f}".replace(".", ","),
        DIEMCUOI=f"Km{end / 1000:.1f}".replace(".", ","),
        CHIEUDAI=round(end - start, 1),
        DVQUANLY="Khu Quản lý giao thông (minh họa)",
    )


def _street_row(
    rng: np.random.Generator, zone: Zone, number: int, k: int, street: shapely.LineString
) -> Row:
    built = zone.pattern.lot_width < 20
    urban = zone.commune.is_ward and built
    name = f"Đường {_NAMES[int(rng.integers(len(_NAMES)))]}" if urban else f"Đường số {k}"
    return _row(
        MADUONG=f"D-{zone.commune.code}-{number:03d}-{k:02d}",
        TENDUONG=name,
        SOHIEU="",
        CAPDUONG="urban" if urban else "village" if built else "commune",
        MATDUONG="asphalt" if urban else "concrete" if built else "gravel",
        RONGMAT=round(zone.pattern.road * 0.6, 1),
        LOGIOI=zone.pattern.road,
        SOLAN=2 if zone.pattern.road > 9 else 1,
        DIEMDAU="",
        DIEMCUOI="",
        CHIEUDAI=round(street.length, 1),
        DVQUANLY=f"UBND {zone.commune.name}",
    )


def _row(**values: Any) -> Row:
    return values | {
        "TRANGTHAI": "open",
        "NGAYKTRA": dt.date(2025, 10, 1),
        "GHICHUKT": "Mặt đường tốt (minh họa)",
    }
