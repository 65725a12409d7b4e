"""Large public land: forests, mangrove, reservoirs and rubber estates, cut into compartments.

Positions resemble the real ones (Bình Châu–Phước Bửu, Núi Dinh, Minh Đạm, Côn Đảo …); shapes and
sizes are invented.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis_portal.demo.cells import partition
from gis_portal.demo.grid import to_grid
from gis_portal.demo.noise import Warp
from gis_portal.demo.places import Commune

# Longitude, latitude, half-axes east and north (m), land-use code, mean compartment (ha), name.
_TRACTS: list[tuple[float, float, float, float, str, float, str]] = [
    (107.505, 10.543, 3270, 1900, "RDD", 62, "Rừng đặc dụng Bình Châu - Phước Bửu"),
    (107.146, 10.553, 1750, 2050, "RPH", 48, "Rừng phòng hộ Núi Dinh"),
    (107.095, 10.598, 1440, 1750, "RPH", 45, "Rừng phòng hộ Núi Thị Vải"),
    (107.266, 10.408, 1750, 1600, "RPH", 42, "Rừng phòng hộ Minh Đạm"),
    (107.066, 10.372, 570, 990, "RPH", 18, "Rừng phòng hộ Núi Lớn"),
    (107.083, 10.336, 320, 430, "RPH", 12, "Rừng phòng hộ Núi Nhỏ"),
    (106.606, 8.690, 2960, 2050, "RDD", 75, "Rừng đặc dụng Côn Đảo"),
    (106.650, 8.735, 1140, 1670, "RDD", 70, "Rừng đặc dụng Côn Đảo"),
    (106.693, 8.671, 1440, 680, "RDD", 60, "Rừng đặc dụng Côn Đảo"),
    (107.040, 10.508, 1140, 760, "RPH", 35, "Rừng ngập mặn Cái Mép"),
    (107.100, 10.508, 1290, 530, "RPH", 28, "Rừng ngập mặn Tân Hải"),
    (107.145, 10.428, 1140, 610, "RPH", 26, "Rừng ngập mặn sông Dinh"),
    (107.510, 10.705, 1440, 1750, "RSX", 75, "Rừng sản xuất Hòa Hiệp"),
    (107.440, 10.765, 1670, 1140, "RSX", 70, "Rừng sản xuất Bàu Lâm"),
    (107.463, 10.630, 1290, 1140, "RSX", 60, "Rừng sản xuất Hòa Hội"),
    (107.347, 10.655, 1140, 1370, "RSX", 55, "Rừng sản xuất Xuân Sơn"),
    (107.362, 10.575, 840, 1440, "MNC", 240, "Hồ Sông Ray"),
    (107.262, 10.617, 680, 840, "MNC", 200, "Hồ Đá Đen"),
    (107.178, 10.745, 1600, 1140, "CLN", 85, "Nông trường cao su Cù Bị"),
    (107.165, 10.690, 1290, 1060, "CLN", 80, "Nông trường cao su Châu Thành"),
    (107.395, 10.710, 1220, 990, "CLN", 75, "Nông trường cao su Hòa Bình"),
]


@dataclass(frozen=True)
class Compartment:
    """One large parcel: shape in grid metres, land-use code and the name of its tract."""

    commune: Commune
    shape: BaseGeometry
    land_use: str
    name: str


def compartments(
    rng: np.random.Generator, found: list[Commune], free: list[BaseGeometry]
) -> list[Compartment]:
    """All compartments; `free[i]` is where parcels of commune i may lie."""
    border = Warp(rng, [(38.0, 900.0), (16.0, 260.0), (5.0, 90.0)])
    result: list[Compartment] = []
    for lon, lat, east, north, code, mean, name in _TRACTS:
        tract = _blob(rng, to_grid(np.array([[lon, lat]]))[0], (east, north))
        for commune, room in zip(found, free, strict=True):
            piece = room.intersection(tract)
            if piece.area > 60_000:
                shapes = _cut(rng, piece, mean * 1e4, border)
                result += [Compartment(commune, shape, code, name) for shape in shapes]
    return result


def _blob(rng: np.random.Generator, centre: np.ndarray, axes: tuple[float, float]) -> BaseGeometry:
    """A rounded irregular patch."""
    angle = np.linspace(0, 2 * np.pi, 120, endpoint=False)
    radius = np.ones_like(angle)
    for k in range(2, 9):
        radius += rng.normal(0, 0.24 / k) * np.cos(k * angle + rng.uniform(0, 6.3))
    ring = centre + np.column_stack([np.cos(angle), np.sin(angle)]) * radius[:, None] * axes
    return shapely.Polygon(np.round(ring, 2)).buffer(0)


def _cut(
    rng: np.random.Generator, piece: BaseGeometry, mean: float, border: Warp
) -> list[BaseGeometry]:
    """Compartments of about `mean` m²; scraps under half a hectare are left out."""
    result: list[BaseGeometry] = []
    for part in shapely.get_parts(piece):
        count = max(1, round(part.area / mean))
        low, high = np.array(part.bounds[:2]), np.array(part.bounds[2:])
        candidates = rng.uniform(low, high, (40 * count + 20, 2))
        inside = candidates[shapely.contains_xy(part, candidates[:, 0], candidates[:, 1])]
        sites = inside[:count] if len(inside) else np.array([shapely.get_coordinates(part)[0]])
        faces = [face for face, _ in partition(part, sites, border, 40.0)]
        result += [face for face in faces if face.area > 5_000]
    return result
