"""The register of the public parcels: what an office writes beside each shape."""

import datetime as dt
from typing import Any

import numpy as np
import shapely

from gis_portal.demo.invented import day, decision, person, phone, vi_date
from gis_portal.demo.numbering import Number
from gis_portal.demo.stock import Plot

# Kind of zone → land-use codes and their weights; `O` is residential land, urban or rural. BHK and
# TSL are codes of before 2024, as old files still carry them.
_LAND_USE: dict[str, list[tuple[str, float]]] = {
    "urban": [("O", 46), ("CGT", 14), ("TMD", 8), ("DKV", 8), ("TSC", 5), ("DGD", 6), ("DVH", 6),
              ("DGT", 4), ("DYT", 2), ("DCH", 1)],
    "resettlement": [("O", 80), ("CGT", 14), ("DKV", 6)],
    "village": [("O", 30), ("CLN", 22), ("CGT", 12), ("DVH", 9), ("DGD", 6), ("BCS", 8), ("NTD", 4),
                ("DTL", 4), ("DTT", 3), ("TIN", 2)],
    "farm": [("HNK", 30), ("LUC", 20), ("CLN", 24), ("BHK", 10), ("LUK", 8), ("NKH", 5),
             ("NTS", 3)],
    "salt": [("LMU", 92), ("MCS", 8)],
    "ponds": [("NTS", 76), ("TSL", 12), ("MNC", 12)],
    "rubber": [("CLN", 70), ("RSX", 20), ("CNT", 10)],
}  # fmt: skip
_SITE = {
    "TSC": "Trụ sở cũ", "DGD": "Trường học", "DVH": "Nhà văn hóa", "DYT": "Trạm y tế",
    "DKV": "Công viên, cây xanh", "DCH": "Chợ", "TMD": "Khu đất thương mại", "DTT": "Sân thể thao",
    "NTD": "Nghĩa trang", "DTL": "Đất thủy lợi", "TIN": "Miếu, đình", "DGT": "Bãi đỗ xe",
}  # fmt: skip
_IN_USE = {"TSC", "DGD", "DVH", "DYT", "DKV", "DCH", "DTT", "NTD", "DTL", "TIN", "DGT", "MNC"}
_STATUS: dict[str, list[tuple[str, float]]] = {
    "built": [("managed_vacant", 44), ("temp_use", 12), ("planned_auction", 16), ("leased", 6),
              ("auctioned", 4), ("allocated", 6), ("unverified", 10), ("transferred", 2)],
    "farmed": [("leased", 38), ("temp_use", 24), ("in_use", 16), ("managed_vacant", 14),
               ("unverified", 8)],
    "forest": [("in_use", 88), ("managed_vacant", 8), ("unverified", 4)],
}  # fmt: skip
_PLAN = {
    "planned_auction": "auction", "auctioned": "auction", "leased": "lease", "temp_use": "lease",
    "in_use": "keep", "allocated": "public-works",
}  # fmt: skip
_ROADS = [
    "đường Hùng Vương", "đường Võ Thị Sáu", "đường Nguyễn Huệ", "đường Lê Lợi", "đường Trần Phú",
    "đường 30 tháng 4", "đường Cách Mạng Tháng Tám", "hẻm 12 đường số 3", "tổ 5", "thôn Tân Lập",
    "khu phố 2", "khu phố Hải Điền", "thôn Phước Trung", "thôn Bình Minh",
]  # fmt: skip


def write_register(
    rng: np.random.Generator, plots: list[Plot], numbers: list[Number], today: dt.date
) -> list[dict[str, Any]]:
    """One row a plot, keyed by the column names of the office's file."""
    points = shapely.get_coordinates(shapely.point_on_surface([p.shape for p in plots]))
    areas = shapely.area([p.shape for p in plots])
    old: dict[int, str] = {}
    for commune in {id(p.commune): p.commune for p in plots}.values():
        mine = [i for i, p in enumerate(plots) if p.commune is commune]
        old |= dict(zip(mine, commune.old_names_near(points[mine]), strict=True))
    return [
        _row(rng, plot, number, float(area), old[i], today)
        for i, (plot, number, area) in enumerate(zip(plots, numbers, areas, strict=True))
    ]


def _row(
    rng: np.random.Generator, plot: Plot, number: Number, area: float, old: str, today: dt.date
) -> dict[str, Any]:
    code = plot.land_use or _draw(rng, _LAND_USE[plot.kind])
    code = ("ODT" if plot.commune.is_ward else "ONT") if code == "O" else code
    status = _status(rng, plot.kind, code)
    granted = day(rng, dt.date(1996, 1, 1), dt.date(2025, 6, 30))
    row: dict[str, Any] = {
        "MAXA": plot.commune.code,
        "SOTO": number.sheet,
        "SOTHUA": number.parcel,
        "SOTOCU": number.old_sheet,
        "SOTHUACU": number.old_parcel,
        "XACU": old if rng.random() < 0.85 else "",
        "TENKHU": _site(rng, plot, code, area),
        "DIACHI": f"{rng.choice(_ROADS)}, {plot.commune.name}",
        "TYLE": number.scale,
        "DIENTICH": round(area, 1),
        "LOAIDAT": code,
        "LOAIDATQH": code if rng.random() < 0.7 else _draw(rng, _LAND_USE["urban"][1:]),
        "TRANGTHAI": status,
        "PHUONGAN": _PLAN.get(status, ""),
        "HANGRAO": "có" if rng.random() < 0.4 else "không",
        "HIENTRANG": _current_use(rng, status, code),
        "QUYETDINH": decision(rng, granted.year),
        "NGAYQD": vi_date(granted),
    }
    return row | _manager(rng, plot) | _officer_fields(rng, status, area, today)


def _draw(rng: np.random.Generator, weighted: list[tuple[str, float]]) -> str:
    total = np.cumsum([weight for _, weight in weighted])
    return weighted[int(np.searchsorted(total, rng.random() * total[-1], side="right"))][0]


def _status(rng: np.random.Generator, kind: str, code: str) -> str:
    if kind == "tract":
        return _draw(rng, _STATUS["forest"])
    if kind in ("farm", "salt", "ponds", "rubber"):
        return _draw(rng, _STATUS["farmed"])
    if code in _IN_USE and rng.random() < 0.75:
        return "in_use"
    return _draw(rng, _STATUS["built"])


def _site(rng: np.random.Generator, plot: Plot, code: str, area: float) -> str:
    """A name for tracts and for built sites; most parcels have none."""
    if plot.name:
        return f"Khoảnh {int(rng.integers(1, 60))}, {plot.name}"
    if code in _SITE and area > 300:
        return f"{_SITE[code]} số {int(rng.integers(1, 40))} (minh họa)"
    return ""


_USED = {code: ["Sản xuất nông nghiệp"] for code in ("LUC", "HNK", "BHK", "CLN", "LUK")} | {
    "NTS": ["Ao nuôi tôm"],
    "LMU": ["Ruộng muối"],
}


def _current_use(rng: np.random.Generator, status: str, code: str) -> str:
    words = {
        "managed_vacant": [
            "Đất trống, cỏ mọc",
            "Đất trống, có cọc mốc",
            "Bãi tập kết vật liệu tạm",
        ],
        "temp_use": ["Bãi giữ xe", "Trồng hoa màu ngắn ngày", "Quán tạm"],
        "leased": ["Nhà xưởng, kho", "Ao nuôi tôm", "Trồng cây lâu năm"],
        "unverified": ["Chưa có biên bản thực địa"],
    }
    if code in ("RDD", "RPH", "RSX"):
        return "Có rừng"
    return str(rng.choice(words.get(status, _USED.get(code, ["Công trình, sân vườn"]))))


def _manager(rng: np.random.Generator, plot: Plot) -> dict[str, Any]:
    if plot.kind == "tract" and plot.land_use != "MNC":
        name = "Hạt Kiểm lâm khu vực" if plot.land_use != "CLN" else "Công ty cao su (minh họa)"
        return {"DVQUANLY": name, "DOITUONG": "TKQ", "NGUONGOC": "recovered"}
    kind = _draw(rng, [("UBQ", 62), ("TPQ", 28), ("TKQ", 7), ("CDQ", 3)])
    name = {
        "UBQ": f"UBND {plot.commune.name}",
        "TPQ": "Trung tâm Phát triển quỹ đất",
        "TKQ": "Trung tâm Quản lý nhà và công sở",
        "CDQ": f"Cộng đồng dân cư {plot.commune.name}",
    }[kind]
    origins = ["recovered", "interspersed", "public-premises"]
    origin = "commune-fund" if plot.kind == "farm" else str(rng.choice(origins))
    return {"DVQUANLY": name, "DOITUONG": kind, "NGUONGOC": origin}


def _officer_fields(
    rng: np.random.Generator, status: str, area: float, today: dt.date
) -> dict[str, Any]:
    """Papers, leases, disputes and the person on the land: never public."""
    leased = status in ("leased", "temp_use")
    occupied = leased or rng.random() < 0.06
    encroached = rng.random() < 0.05
    inspected = day(rng, today - dt.timedelta(days=900), today) if rng.random() < 0.7 else None
    rent = round(area * float(rng.integers(500, 6000)), -3) if leased else None
    return {
        "DTPHAPLY": round(area * (1 + float(rng.normal(0, 0.004))), 1),
        "SOGCN": f"MH {int(rng.integers(100000, 999999))}" if rng.random() < 0.3 else "",
        "THOIHAN": "lâu dài" if rng.random() < 0.5 else f"đến {int(rng.integers(2027, 2070))}",
        "TRANHCHAP": "1" if rng.random() < 0.02 else "0",
        "DTLANCHIEM": round(area * float(rng.uniform(0.01, 0.3)), 1) if encroached else None,
        "SOHOPDONG": f"HĐ-{int(rng.integers(1, 900)):03d}/MH" if leased else "",
        "HETHANTHUE": today + dt.timedelta(days=int(rng.integers(-400, 1800))) if leased else None,
        "TIENTHUE": rent,
        "NGAYKTRA": inspected,
        "NGUOISD": person(rng) if occupied else "",
        "DIENTHOAI": phone(rng) if occupied else "",
    }
