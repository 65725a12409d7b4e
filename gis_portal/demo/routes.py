"""Main roads of the demo province: hand-drawn lines that resemble the real ones."""

from dataclasses import dataclass

import numpy as np
import shapely

from gis_portal.demo.grid import to_grid
from gis_portal.demo.noise import Warp


@dataclass(frozen=True)
class Route:
    """A named road; `line` in grid metres; widths in metres."""

    code: str
    name: str
    kind: str
    lanes: int
    right_of_way: float
    line: shapely.LineString


# Code, name, kind, lanes, width of the road's land, points (longitude, latitude).
_ROUTES: list[tuple[str, str, str, int, float, list[tuple[float, float]]]] = [
    ("QL51", "Quốc lộ 51", "national", 6, 40.0, [
        (107.0365, 10.6850), (107.0440, 10.6620), (107.0500, 10.6400), (107.0545, 10.6130),
        (107.0640, 10.5880), (107.0760, 10.5620), (107.0930, 10.5350), (107.1160, 10.5160),
        (107.1430, 10.5060), (107.1680, 10.4990), (107.1730, 10.4850), (107.1650, 10.4650),
        (107.1550, 10.4420), (107.1450, 10.4200), (107.1300, 10.4010), (107.1120, 10.3860),
        (107.0980, 10.3700), (107.0870, 10.3560)]),
    ("QL55", "Quốc lộ 55", "national", 4, 32.0, [
        (107.1700, 10.4960), (107.2050, 10.4850), (107.2430, 10.4880), (107.2720, 10.4910),
        (107.3100, 10.4960), (107.3500, 10.5130), (107.3960, 10.5330), (107.4360, 10.5520),
        (107.4800, 10.5640), (107.5200, 10.5760), (107.5520, 10.5800)]),
    ("QL56", "Quốc lộ 56", "national", 4, 32.0, [
        (107.1730, 10.5010), (107.1900, 10.5290), (107.2080, 10.5610), (107.2170, 10.5930),
        (107.2230, 10.6180), (107.2200, 10.6480), (107.2130, 10.6820), (107.2130, 10.7150),
        (107.2090, 10.7420), (107.2040, 10.7640)]),
    ("ĐT44A", "Đường ven biển Vũng Tàu – Bình Châu", "provincial", 6, 42.0, [
        (107.1620, 10.3880), (107.1860, 10.4100), (107.2120, 10.4030), (107.2400, 10.3930),
        (107.2620, 10.3950), (107.2820, 10.4180), (107.3100, 10.4330), (107.3360, 10.4540),
        (107.3720, 10.4690), (107.4080, 10.4820), (107.4480, 10.5010), (107.4900, 10.5160),
        (107.5280, 10.5300), (107.5520, 10.5560)]),
    ("ĐT44B", "Đường Bà Rịa – Long Hải", "provincial", 4, 28.0, [
        (107.1880, 10.4890), (107.2090, 10.4660), (107.2220, 10.4400), (107.2320, 10.4120),
        (107.2370, 10.3940)]),
    ("ĐT329", "Đường Xuyên Mộc – Hòa Bình", "provincial", 2, 24.0, [
        (107.3960, 10.5330), (107.4020, 10.5700), (107.4080, 10.6080), (107.4130, 10.6450),
        (107.4180, 10.6900), (107.4200, 10.7300), (107.4280, 10.7740)]),
    ("ĐT328", "Đường Ngãi Giao – Hòa Hưng", "provincial", 2, 24.0, [
        (107.2230, 10.6180), (107.2560, 10.6200), (107.2950, 10.6260), (107.3330, 10.6260),
        (107.3750, 10.6350), (107.4130, 10.6450), (107.4620, 10.6720), (107.4980, 10.6960)]),
    ("ĐT765", "Đường Mỹ Xuân – Ngãi Giao", "provincial", 4, 28.0, [
        (107.0500, 10.6400), (107.0850, 10.6460), (107.1200, 10.6480), (107.1500, 10.6380),
        (107.1820, 10.6290), (107.2230, 10.6180)]),
    ("ĐT52", "Đường Bà Rịa – Đất Đỏ – Xuân Sơn", "provincial", 2, 24.0, [
        (107.2720, 10.4910), (107.2880, 10.5250), (107.3050, 10.5600), (107.3200, 10.5950),
        (107.3330, 10.6260), (107.3300, 10.6650), (107.3340, 10.7040)]),
    ("ĐT994", "Đường Phước Hòa – Cái Mép", "provincial", 6, 44.0, [
        (107.0930, 10.5350), (107.0720, 10.5250), (107.0520, 10.5170), (107.0300, 10.5110)]),
    ("ĐLS", "Đường Hoàng Sa, đảo Long Sơn", "provincial", 4, 30.0, [
        (107.0740, 10.4560), (107.0880, 10.4600), (107.1010, 10.4560), (107.1180, 10.4480)]),
    ("ĐCD", "Đường Cỏ Ống – Bến Đầm", "provincial", 2, 18.0, [
        (106.5750, 8.6640), (106.5880, 8.6720), (106.6020, 8.6800), (106.6130, 8.6900),
        (106.6260, 8.6980), (106.6400, 8.7120), (106.6480, 8.7300), (106.6500, 8.7460)]),
]  # fmt: skip


def main_routes(rng: np.random.Generator) -> list[Route]:
    """The main roads, curved and slightly irregular; crossings stay within a road's width."""
    bend = Warp(rng, [(14.0, 1600.0), (3.0, 420.0)])
    return [
        Route(
            code,
            name,
            kind,
            lanes,
            width,
            shapely.LineString(bend(smooth(to_grid(np.array(points))))),
        )
        for code, name, kind, lanes, width, points in _ROUTES
    ]


def smooth(points: np.ndarray, steps: int = 12) -> np.ndarray:
    """Catmull–Rom curve through (n, 2) points, `steps` pieces between two of them."""
    padded = np.concatenate([2 * points[:1] - points[1:2], points, 2 * points[-1:] - points[-2:-1]])
    t = (np.arange(steps) / steps)[:, None]
    pieces = [
        0.5
        * (
            2 * b
            + (c - a) * t
            + (2 * a - 5 * b + 4 * c - d) * t**2
            + (3 * b - a - 3 * c + d) * t**3
        )
        for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:], strict=False)
    ]
    return np.concatenate([*pieces, points[-1:]])
