"""A register of parcels as a GeoPackage, seeded: what the import benchmark reads.

Parcels share their edges. Corners of a grid are moved each by its own chance, and an edge has a
bend of its own or none, so that a parcel has four to eight corners. Everything is in VN-2000
107°45′, rounded to millimetres as surveys are. Neighbour: `bench_import`.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyogrio
import shapely

from layers.crs import VN2000, WGS84, transform_geometries

GRID = VN2000[5899]
SEED = 20260701
WEST, SOUTH, STEP = 420_000.0, 1_140_000.0, 22.0
# Parcels a side: of the register, of a commune, of a map sheet.
WIDE, COMMUNE, SHEET = 1000, 200, 20
# Codes that no real commune has.
CODES = [f"{code}" for code in range(90_001, 90_100)]
LAND_USES = np.array(["ONT", "CLN", "LUC", "DGD", "TSC", "HNK", "DGT", "NTS", "ONT+CLN", "DVH"])
STATUSES = np.array(["managed_vacant", "in_use", "leased", "unverified", "allocated"])
MANAGERS = np.array(
    [f"UBND xã số {n}" for n in range(1, 26)]
    + ["Trung tâm Phát triển quỹ đất", 'Công ty "Thủy lợi" Bà Rịa', "Ban quản lý rừng phòng hộ"]
)


@dataclass(frozen=True)
class Register:
    """Parcels in columns, (n,) each: shapes in `GRID`, attributes by the file's column name."""

    shapes: np.ndarray
    columns: dict[str, np.ndarray]

    def __len__(self) -> int:
        return len(self.shapes)

    def take(self, mask: np.ndarray) -> "Register":
        """The parcels where `mask` holds."""
        return Register(self.shapes[mask], {k: v[mask] for k, v in self.columns.items()})

    def write(self, path: Path) -> Path:
        """As a GeoPackage with one layer."""
        pyogrio.raw.write(
            path,
            geometry=shapely.to_wkb(self.shapes),
            field_data=list(self.columns.values()),
            fields=list(self.columns),
            geometry_type="Polygon",
            crs=GRID.code,
            driver="GPKG",
            layer="thua_dat",
        )
        return path


@dataclass(frozen=True)
class Changes:
    """How many parcels of the second file differ from the first, each in one way."""

    values: int
    shape: int
    both: int
    removed: int
    added: int


def changes_of(count: int) -> Changes:
    """One per cent in all."""
    part = max(1, count // 1000)
    return Changes(values=4 * part, shape=3 * part, both=part, removed=part, added=part)


def register(count: int, step: float = STEP) -> Register:
    """The first `count` parcels of about `step` metres, row by row from the south-west."""
    shapes = _shapes(count, step)
    chance = np.random.default_rng(SEED + 1)
    column, row = np.arange(count) % WIDE, np.arange(count) // WIDE
    commune = _commune(column, row)
    sheet = (row % COMMUNE) // SHEET * (COMMUNE // SHEET) + (column % COMMUNE) // SHEET + 1
    parcel = (row % SHEET) * SHEET + column % SHEET + 1
    columns = {
        "MAXA": np.array(CODES, dtype=object)[commune],
        "SOTO": sheet.astype(str).astype(object),
        "SOTHUA": parcel.astype(str).astype(object),
        "DTICH": np.round(shapely.area(shapes), 1),
        "LOAIDAT": LAND_USES.astype(object)[chance.integers(0, len(LAND_USES), count)],
        "DVQUANLY": MANAGERS.astype(object)[chance.integers(0, len(MANAGERS), count)],
        "TRANGTHAI": STATUSES.astype(object)[chance.integers(0, len(STATUSES), count)],
        "TYLE": np.full(count, 1000, dtype=np.int32),
    }
    return Register(shapes, columns)


def changed(whole: Register, count: int) -> tuple[Register, Register]:
    """(first file, second file); `whole` has `changes_of(count).added` more parcels than that."""
    change = changes_of(count)
    picked = np.random.default_rng(SEED + 2).permutation(count)
    ends = np.cumsum([change.values, change.shape, change.both, change.removed])
    values, shape, both, removed, _same = np.split(picked, ends)
    manager = whole.columns["DVQUANLY"].copy()
    manager[np.concatenate([values, both])] = "Đơn vị quản lý mới"
    shapes = whole.shapes.copy()
    bent = np.concatenate([shape, both])
    shapes[bent] = shapely.segmentize(shapes[bent], STEP / 4)
    after = replace(whole, shapes=shapes, columns={**whole.columns, "DVQUANLY": manager})
    place = np.arange(len(whole))
    return whole.take(place < count), after.take(~np.isin(place, removed))


def communes(count: int, step: float = STEP) -> list[tuple[str, str]]:
    """(code, WKT of a multipolygon in WGS 84): their borders are edges of the parcels."""
    shapes = _shapes(count, step)
    place = np.arange(count)
    owner = _commune(place % WIDE, place // WIDE)
    unions = [shapely.coverage_union_all(shapes[owner == n]) for n in np.unique(owner)]
    moved = transform_geometries(np.array(unions), GRID, WGS84)
    whole = [shapely.multipolygons(shapely.get_parts(shape)) for shape in moved]
    texts = [str(shapely.to_wkt(shape, rounding_precision=-1)) for shape in whole]
    return list(zip(CODES, texts, strict=False))


def _commune(column: np.ndarray, row: np.ndarray) -> np.ndarray:
    """Which commune a place of the grid belongs to."""
    return np.asarray(row // COMMUNE * (WIDE // COMMUNE) + column // COMMUNE)


def _shapes(count: int, step: float) -> np.ndarray:
    """Polygons of four to eight corners; the last column of `ring` closes it."""
    high = -(-count // WIDE)
    corners = _corners(high, step)
    across = _bends(corners[:, :-1], corners[:, 1:], step, SEED + 10)
    along = _bends(corners[:-1], corners[1:], step, SEED + 11)
    slots = (
        corners[:-1, :-1], across[:-1], corners[:-1, 1:], along[:, 1:],
        corners[1:, 1:], across[1:], corners[1:, :-1], along[:, :-1], corners[:-1, :-1],
    )  # fmt: skip
    ring = np.stack([slot.reshape(-1, 2) for slot in slots], axis=1)[:count]
    there = np.isfinite(ring[:, :, 0])
    ends = np.concatenate([[0], np.cumsum(there.sum(axis=1))])
    offsets = (ends, np.arange(count + 1))
    return np.asarray(shapely.from_ragged_array(shapely.GeometryType.POLYGON, ring[there], offsets))


def _corners(high: int, step: float) -> np.ndarray:
    """(high + 1, WIDE + 1, 2) corners, each moved by up to a quarter of a step."""
    east, north = np.meshgrid(np.arange(WIDE + 1), np.arange(high + 1))
    chance = np.random.default_rng(SEED).uniform(-0.25, 0.25, (high + 1, WIDE + 1, 2))
    grid = np.stack([east, north], axis=2) + chance
    return np.asarray(np.round(grid * step + [WEST, SOUTH], 3))


def _bends(start: np.ndarray, end: np.ndarray, step: float, seed: int) -> np.ndarray:
    """A point near the middle of every second edge or so, NaN where an edge is straight."""
    chance = np.random.default_rng(seed)
    middle = (start + end) / 2 + chance.uniform(-0.08, 0.08, start.shape) * step
    middle[chance.random(start.shape[:2]) < 0.5] = np.nan
    return np.asarray(np.round(middle, 3))
