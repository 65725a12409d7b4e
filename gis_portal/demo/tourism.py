"""Tourism points: a few well-known places at approximate spots, the rest invented."""

from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis_portal.demo.grid import to_grid
from gis_portal.demo.invented import person, phone

POINTS = 150
Row = dict[str, Any]
# Vietnamese and English name, kind, longitude, latitude: approximate, from general knowledge.
_KNOWN: list[tuple[str, str, str, float, float]] = [
    ("Tượng Chúa Kitô Vua", "Christ the King statue", "relic", 107.0850, 10.3268),
    ("Hải đăng Vũng Tàu", "Vũng Tàu lighthouse", "scenic", 107.0776, 10.3342),
    ("Bạch Dinh", "White Palace", "relic", 107.0695, 10.3505),
    ("Bãi Sau", "Back Beach", "scenic", 107.0985, 10.3425),
    ("Bãi Trước", "Front Beach", "scenic", 107.0735, 10.3470),
    ("Thích Ca Phật Đài", "Thích Ca Phật Đài pagoda", "relic", 107.0650, 10.3755),
    ("Nhà Lớn Long Sơn", "Long Sơn great house", "relic", 107.0990, 10.4530),
    ("Địa đạo Long Phước", "Long Phước tunnels", "relic", 107.2220, 10.5260),
    ("Bãi biển Long Hải", "Long Hải beach", "scenic", 107.2365, 10.3880),
    ("Căn cứ Minh Đạm", "Minh Đạm base", "relic", 107.2620, 10.4120),
    ("Khu du lịch Hồ Tràm", "Hồ Tràm resort area", "zone", 107.4050, 10.4780),
    ("Bãi biển Hồ Cốc", "Hồ Cốc beach", "scenic", 107.4720, 10.5060),
    ("Suối nước nóng Bình Châu", "Bình Châu hot springs", "zone", 107.5560, 10.5990),
    ("Khu bảo tồn Bình Châu – Phước Bửu", "Bình Châu nature reserve", "scenic", 107.4950, 10.5450),
    ("Núi Dinh", "Dinh mountain", "scenic", 107.1420, 10.5480),
    ("Vườn quốc gia Côn Đảo", "Côn Đảo national park", "scenic", 106.6050, 8.6960),
    ("Nhà tù Côn Đảo", "Côn Đảo prison", "relic", 106.6090, 8.6850),
    ("Nghĩa trang Hàng Dương", "Hàng Dương cemetery", "relic", 106.6150, 8.6930),
    ("Bãi Đầm Trầu", "Đầm Trầu beach", "scenic", 106.6420, 8.7330),
]  # fmt: skip
_KINDS: dict[str, tuple[str, str]] = {
    "lodging": ("Khách sạn", "Hotel"),
    "food": ("Quán ăn", "Restaurant"),
    "point": ("Điểm tham quan", "Visitor site"),
    "craft": ("Làng nghề", "Craft village"),
    "ocop": ("Cửa hàng OCOP", "OCOP shop"),
    "relic": ("Đình", "Communal house"),
}
_WORDS: list[tuple[str, str]] = [
    ("Sóng Xanh", "Blue Wave"), ("Dừa Nước", "Water Coconut"),
    ("Hoa Muống Biển", "Beach Morning Glory"),
    ("Cát Vàng", "Golden Sand"), ("Gió Biển", "Sea Wind"), ("Bình Minh", "Sunrise"),
    ("Hải Âu", "Seagull"), ("San Hô", "Coral"), ("Rừng Phi Lao", "Casuarina Grove"),
    ("Làng Chài", "Fishing Village"), ("Muối Trắng", "White Salt"), ("Tiêu Đỏ", "Red Pepper"),
]  # fmt: skip


def known_places(land: BaseGeometry) -> np.ndarray:
    """Grid positions (n, 2) of the well-known places, moved onto the drawn `land` where needed."""
    spots = shapely.points(to_grid(np.array([(lon, lat) for *_, lon, lat in _KNOWN])))
    return shapely.get_coordinates(shapely.shortest_line(land, spots))[::2]


def tourism_rows(rng: np.random.Generator, names: list[str]) -> list[Row]:
    """One row a point; the first rows are the well-known places. `names`: commune of each point."""
    rows = [_row(rng, k, vi, en, kind, names[k]) for k, (vi, en, kind, _, _) in enumerate(_KNOWN)]
    for k in range(len(_KNOWN), POINTS):
        kind = str(rng.choice(list(_KINDS), p=[0.42, 0.22, 0.14, 0.06, 0.08, 0.08]))
        vi, en = _WORDS[int(rng.integers(len(_WORDS)))]
        first_vi, first_en = _KINDS[kind]
        rows.append(
            _row(rng, k, f"{first_vi} {vi} {k}", f"{en} {first_en.lower()} {k}", kind, names[k])
        )
    return rows


def _row(
    rng: np.random.Generator, k: int, name_vi: str, name_en: str, kind: str, commune: str
) -> Row:
    lodging, relic = kind == "lodging", kind == "relic"
    return {
        "MADL": f"DL-{k + 1:03d}",
        "TEN": name_vi,
        "TEN_EN": name_en,
        "LOAI": kind,
        "MOTA": f"{name_vi}, {commune}. Vị trí gần đúng, dữ liệu minh họa.",
        "MOTA_EN": f"{name_en}. Approximate position, illustrative data.",
        "DIACHI": f"{commune}, Thành phố Hồ Chí Minh",
        "XEPHANG": str(rng.choice(["national", "provincial"])) if relic else None,
        "LOAIHINH": "historical" if relic else None,
        "LOAILT": str(rng.choice(["hotel", "villa", "guesthouse", "homestay"]))
        if lodging
        else None,
        "HANGSAO": int(rng.integers(1, 6)) if lodging else None,
        "SOPHONG": int(rng.integers(8, 260)) if lodging else None,
        "GIOMO": "24/24" if lodging else "07:00–17:00",
        "GIAVE": None if lodging else "Miễn phí" if k % 3 else "40.000 đồng",
        "DVQUANLY": f"UBND {commune}" if relic else "Đơn vị minh họa",
        "NGUOILH": person(rng),
        "DTLIENHE": phone(rng),
    }
