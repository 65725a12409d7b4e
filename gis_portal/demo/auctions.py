"""Sixty auction lots: two auctions of two lots in each of fifteen stages, with dates to match.

Written as an auction centre's workbook: one row a corner, the lot's attributes on its first row,
dates and numbers typed the Vietnamese way.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis_portal.demo.invented import decision, person, phone, vi_date, vi_number
from gis_portal.demo.numbering import Number
from gis_portal.demo.stock import Plot

LOTS = 60
# Stage → how it is written, and the days of its two sessions counted from today.
STAGES: dict[str, tuple[str, tuple[int, int]]] = {
    "planned": ("Dự kiến, đã phê duyệt phương án", (95, 130)),
    "decided": ("Đã có quyết định đấu giá và giá khởi điểm", (70, 84)),
    "org_selected": ("Đã chọn tổ chức đấu giá", (52, 60)),
    "announced": ("Đã niêm yết, thông báo công khai", (33, 38)),
    "registration": ("Đang bán và tiếp nhận hồ sơ", (6, 13)),
    "closed": ("Hết hạn đăng ký", (1, 2)),
    "live": ("Đang đấu giá", (0, 0)),
    "won": ("Có người trúng", (-2, -4)),
    "recognised": ("Đã công nhận kết quả", (-18, -27)),
    "paid": ("Đã nộp đủ tiền", (-58, -75)),
    "handed_over": ("Đã giao đất, cấp giấy chứng nhận", (-140, -230)),
    "failed": ("Đấu giá không thành", (-9, -40)),
    "result_cancelled": ("Hủy quyết định công nhận kết quả", (-150, -200)),
    "suspended": ("Tạm dừng", (4, 12)),
    "cancelled": ("Hủy, dừng đấu giá", (10, -35)),
}
_AFTER_SESSION = {"won", "recognised", "paid", "handed_over", "result_cancelled"}
_RECOGNISED = {"recognised", "paid", "handed_over", "result_cancelled"}
# Stages whose notice is not out yet.
_UNANNOUNCED = {"planned", "decided", "org_selected"}
_REASONS = {
    "failed": "Hết hạn nộp hồ sơ chỉ có một người đăng ký",
    "suspended": "Tạm dừng để rà soát giá khởi điểm",
    "cancelled": "Điều chỉnh quy hoạch chi tiết",
    "result_cancelled": "Người trúng đấu giá không nộp đủ tiền đúng hạn",
}
_FORMS = ["Bỏ phiếu trực tiếp tại phiên", "Trực tuyến", "Bỏ phiếu gián tiếp"]
_ORGS = [
    "Trung tâm Dịch vụ đấu giá tài sản (minh họa)",
    "Công ty đấu giá hợp danh Thí Dụ",
    "Công ty đấu giá hợp danh Minh Họa",
]


@dataclass(frozen=True)
class Lot:
    """One lot: the plot that it lies on, its shape, and its stage's session day."""

    code: str
    plot: Plot
    number: Number
    shape: BaseGeometry
    stage: str
    session: dt.date
    whole: bool


def choose_lots(
    rng: np.random.Generator,
    plots: list[Plot],
    numbers: list[Number],
    rows: list[dict[str, Any]],
    today: dt.date,
) -> list[Lot]:
    """Lots on plots that the register plans to auction; every fifth takes half of its plot."""
    fitting = [i for i, plot in enumerate(plots) if _may_be_auctioned(plot, numbers[i], rows[i])]
    sessions = [(stage, day) for stage, (_, days) in STAGES.items() for day in days]
    pairs = _pairs(rng, plots, fitting, len(sessions))
    lots: list[Lot] = []
    for pair, (stage, day) in zip(pairs, sessions, strict=True):
        for index in pair:
            plot, k = plots[index], len(lots)
            whole = k % 5 != 4
            shape = plot.shape if whole else _half(plot.shape)
            code = f"{'NV' if plot.kind == 'village' else 'LK'}{k // 10 + 1:02d}-{k % 10 + 1:02d}"
            session = today + dt.timedelta(days=day)
            lots.append(Lot(code, plot, numbers[index], shape, stage, session, whole))
    return lots


def _may_be_auctioned(plot: Plot, number: Number, row: dict[str, Any]) -> bool:
    return (
        row["TRANGTHAI"] == "planned_auction"
        and row["LOAIDAT"] in ("ODT", "ONT", "CGT", "TMD")
        and plot.shape.geom_type == "Polygon"
        and 80 < plot.shape.area < 2500
        and number.sheet.isdigit()
    )


def _pairs(
    rng: np.random.Generator, plots: list[Plot], fitting: list[int], count: int
) -> list[tuple[int, int]]:
    """`count` disjoint pairs of near plots of one commune: the lots of one auction."""
    centres = {i: plots[i].shape.centroid for i in fitting}
    free = set(fitting)
    pairs: list[tuple[int, int]] = []
    for index in rng.permutation(fitting):
        one = int(index)
        near = [i for i in sorted(free) if i != one and plots[i].commune is plots[one].commune]
        if one in free and near and len(pairs) < count:
            other = min(near, key=lambda i: centres[i].distance(centres[one]))
            free -= {one, other}
            pairs.append((one, other))
    return pairs


def _half(shape: BaseGeometry) -> BaseGeometry:
    """The larger piece of a cut across the longer side, to the millimetre."""
    box = shapely.get_coordinates(shape.minimum_rotated_rectangle)[:4]
    sides = np.linalg.norm(np.roll(box, -1, axis=0) - box, axis=1)
    a, b, c, d = np.roll(box, -int(np.argmax(sides)), axis=0)
    piece = shape.intersection(shapely.Polygon([a, a + (b - a) * 0.55, d + (c - d) * 0.55, d]))
    half: shapely.Polygon = max(shapely.get_parts(piece), key=lambda p: p.area)
    return shapely.set_precision(half, 0.001)


def corner_rows(rng: np.random.Generator, lots: list[Lot]) -> list[dict[str, Any]]:
    """The workbook's rows: `Mã lô`, `Điểm`, `X(m)` north, `Y(m)` east, then the attributes."""
    rows: list[dict[str, Any]] = []
    for k, lot in enumerate(lots):
        attributes = _attributes(rng, lot, k)
        corners = shapely.get_coordinates(shapely.orient_polygons(lot.shape))[:-1]
        for point, (east, north) in enumerate(corners, start=1):
            head = {
                "Mã lô": lot.code,
                "Điểm": point,
                "X(m)": round(float(north), 3),
                "Y(m)": round(float(east), 3),
            }
            rows.append(head | (attributes if point == 1 else dict.fromkeys(attributes)))
    return rows


def _attributes(rng: np.random.Generator, lot: Lot, k: int) -> dict[str, Any]:
    return (
        _place(rng, lot, k)
        | _money(rng, lot)
        | _notice(rng, lot, k)
        | _decisions(rng, lot)
        | _people(rng, lot)
    )


def _place(rng: np.random.Generator, lot: Lot, k: int) -> dict[str, Any]:
    ward = lot.plot.commune.is_ward
    area = round(lot.shape.area, 1)
    floors = int(rng.integers(3, 7))
    density = float(rng.choice([60, 70, 80, 90]))
    return {
        "maCuocDauGia": f"DG-{lot.session.year}-{k // 2 + 1:03d}",
        "Trạng thái": STAGES[lot.stage][0],
        "Tờ bản đồ số": lot.number.sheet,
        "Thửa đất số": lot.number.parcel,
        "thuaTo": f"{'Thửa' if lot.whole else 'Một phần thửa'} đất số {lot.number.parcel}, "
        f"tờ bản đồ số {lot.number.sheet}, {lot.plot.commune.name}",
        "diaDiem": f"{lot.plot.commune.name}, Thành phố Hồ Chí Minh",
        "soLuong": "01 lô",
        "hienTrang": str(rng.choice(["Đất trống, đã có mốc", "Đất trống, đã san lấp"])),
        "Diện tích": vi_number(area),
        "mucDich": "ODT" if ward else "ONT",
        "hinhThucSuDung": "Giao đất có thu tiền sử dụng đất",
        "thoiHanSuDung": "Lâu dài",
        "MatDoXayDung": vi_number(density, 0),
        "TangCao": floors,
        "KhoangLuiChinh": vi_number(float(rng.choice([0, 2, 3])), 1),
        "KhoangLuiBien": vi_number(float(rng.choice([0, 0, 2])), 1),
        "HeSoSuDungDat": vi_number(floors * density / 100, 2),
    }


def _money(rng: np.random.Generator, lot: Lot) -> dict[str, Any]:
    """Prices as they are typed: dots between thousands. Wards are dearer than rural communes."""
    low, high = (18, 62) if lot.plot.commune.is_ward else (3, 14)
    unit = int(rng.integers(low * 10, high * 10)) * 100_000
    start = round(unit * lot.shape.area, -6)
    won = start * (1 + float(rng.integers(3, 60)) / 100)
    return {
        "giaKhoiDiem": vi_number(start, 0),
        "giaKhoiDiemM2": vi_number(unit, 0),
        "buocGia": vi_number(max(5e6, round(start * 0.02, -6)), 0),
        "tyLeDatTruoc": "20",
        "tienDatTruoc": vi_number(round(start * 0.2), 0),
        "tienHoSo": vi_number(200_000 if start < 1e9 else 400_000, 0),
        "giaTrung": vi_number(round(won, -6), 0) if lot.stage in _AFTER_SESSION else None,
        "lanDauGia": 2 if lot.stage == "failed" else 1,
    }


def _notice(rng: np.random.Generator, lot: Lot, k: int) -> dict[str, Any]:
    """Registration closes two or three days before the session; notices come before it opens."""
    out = lot.stage not in _UNANNOUNCED
    session = lot.session
    opens, closes = _registration(lot)
    deposit = session - dt.timedelta(days=3), min(closes, session - dt.timedelta(days=1))
    hour = "00:00" if lot.stage == "live" else "08:30"
    notice = 900_000 + k // 2
    moments = {
        "ngayThongBao1": f"{vi_date(opens - dt.timedelta(days=16))} 09:00",
        "ngayThongBao2": f"{vi_date(opens - dt.timedelta(days=14))} 09:00",
        "thoiGianDauGia": f"{vi_date(session)} {hour}",
        "batDauDangKy": f"{vi_date(opens)} 07:30",
        "ketThucDangKy": f"{vi_date(closes)} 17:00",
        "batDauDatTruoc": f"{vi_date(min(deposit))} 07:30",
        "ketThucDatTruoc": f"{vi_date(max(deposit))} 17:00",
        "batDauXem": f"{vi_date(opens + dt.timedelta(days=2))} 08:00",
        "ketThucXem": f"{vi_date(opens + dt.timedelta(days=4))} 16:30",
    }
    shown = moments if out else dict.fromkeys(moments)
    return {
        "tenCuocDauGia": f"Đấu giá quyền sử dụng đất tại {lot.plot.commune.name} (minh họa)",
        "maThongBao": str(notice) if out else None,
        "lanThongBao": "2" if out else None,
        "donViCoTaiSan": "Trung tâm Phát triển quỹ đất (minh họa)",
        "toChucDauGia": None if lot.stage in ("planned", "decided") else _ORGS[k // 2 % 3],
        "dienThoaiToChuc": phone(rng) if out else None,
        "diaDiemDauGia": "Hội trường trung tâm đấu giá (minh họa)" if out else None,
        "dieuKien": "Cá nhân, tổ chức đủ điều kiện theo Luật Đất đai; nộp hồ sơ trực tiếp"
        if out
        else None,
        "xemTaiSan": f"Tại lô {lot.code}" if out else None,
        "noiBanHoSo": "Trụ sở tổ chức đấu giá" if out else None,
        # A session that is under way at any hour of today can only be an online one.
        "hinhThucDauGia": "Trực tuyến" if lot.stage == "live" else _FORMS[k // 2 % 3],
        "phuongThuc": "Trả giá lên",
        "lyDo": _REASONS.get(lot.stage),
        **shown,
    }


def _registration(lot: Lot) -> tuple[dt.date, dt.date]:
    """First and last day of registration; open on the day of writing only in that stage."""
    closes = lot.session - dt.timedelta(days=2 if lot.stage != "closed" else 3)
    return closes - dt.timedelta(days=25), closes


def _decisions(rng: np.random.Generator, lot: Lot) -> dict[str, Any]:
    day = dt.timedelta(days=1)
    plan, price = lot.session - 160 * day, lot.session - 92 * day
    result = lot.session + 10 * day
    decided, recognised = lot.stage != "planned", lot.stage in _RECOGNISED
    return {
        "qdPhuongAn": decision(rng, plan.year),
        "ngayQdPhuongAn": vi_date(plan),
        "qdDauGia": decision(rng, price.year) if decided else None,
        "ngayQdDauGia": vi_date(price) if decided else None,
        "qdGia": decision(rng, price.year) if decided else None,
        "ngayQdGia": vi_date(price) if decided else None,
        "qdKetQua": decision(rng, result.year) if recognised else None,
        "ngayQdKetQua": vi_date(result) if recognised else None,
    }


def _people(rng: np.random.Generator, lot: Lot) -> dict[str, Any]:
    return {
        "ghiChuNoiBo": "Đã kiểm tra mốc tại thực địa (minh họa)",
        "nguoiTrung": person(rng) if lot.stage in _AFTER_SESSION else None,
        "nguoiLienHe": person(rng),
        "dienThoaiLienHe": phone(rng),
    }
