"""Sheet and parcel numbers as the cadastre gives them.

Sheets of the larger scale come first; within a scale they run in rows from the north. Parcels run
in a zigzag from the north within their sheet; private parcels between them take numbers too, so
there are gaps. A few parcels were surveyed singly: their sheet is `TĐ03-2014`.
"""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import shapely

from gis_portal.demo.stock import Plot

# Kind of zone → scale denominator and side of a sheet in metres.
SCALES = {
    "urban": (500, 250.0),
    "resettlement": (500, 250.0),
    "village": (1000, 500.0),
    "farm": (2000, 1000.0),
    "salt": (2000, 1000.0),
    "ponds": (2000, 1000.0),
    "rubber": (5000, 3000.0),
    "tract": (10000, 6000.0),
}
# Height of a numbering band: an eighth of a sheet's side.
_BAND = {scale: side / 8 for scale, side in SCALES.values()}
_SINGLY = 0.02


@dataclass(frozen=True)
class Number:
    """Where a parcel is found in the cadastre; `old_*` empty when it was never renumbered."""

    sheet: str
    parcel: str
    scale: int
    old_sheet: str
    old_parcel: str


def number_plots(rng: np.random.Generator, plots: list[Plot]) -> list[Number]:
    """One number a plot, unique within commune and sheet."""
    points = shapely.get_coordinates(shapely.point_on_surface([p.shape for p in plots]))
    result: dict[int, Number] = {}
    by_commune: dict[str, list[int]] = defaultdict(list)
    for index, plot in enumerate(plots):
        by_commune[plot.commune.code].append(index)
    for indexes in by_commune.values():
        _number_commune(rng, plots, points, indexes, result)
    return [result[i] for i in range(len(plots))]


def _number_commune(
    rng: np.random.Generator,
    plots: list[Plot],
    points: np.ndarray,
    indexes: list[int],
    result: dict[int, Number],
) -> None:
    singly = [i for i in indexes if plots[i].kind != "tract" and rng.random() < _SINGLY]
    squares: dict[tuple[int, int, int], list[int]] = defaultdict(list)
    for i in sorted(set(indexes) - set(singly)):
        scale, side = SCALES[plots[i].kind]
        row, column = int(-points[i, 1] // side), int(points[i, 0] // side)
        squares[scale, row, column].append(i)
    sheet = 0
    for square in sorted(squares):
        sheet += int(rng.integers(1, 4))
        old_sheet = str(int(rng.integers(1, 60)))
        _number_sheet(rng, points, squares[square], str(sheet), square[0], old_sheet, result)
    years: dict[int, int] = defaultdict(int)
    for i in singly:
        year = int(rng.integers(2009, 2025))
        years[year] += int(rng.integers(1, 5))
        result[i] = Number(f"TĐ{years[year]:02d}-{year}", "1", SCALES[plots[i].kind][0], "", "")


def _number_sheet(
    rng: np.random.Generator,
    points: np.ndarray,
    members: list[int],
    sheet: str,
    scale: int,
    old_sheet: str,
    result: dict[int, Number],
) -> None:
    """Bands from the north, alternately eastward and westward."""
    north = points[members, 1].max()
    height = _BAND[scale]
    band = ((north - points[members, 1]) // height).astype(int)
    along = np.where(band % 2 == 0, points[members, 0], -points[members, 0])
    numbers = np.cumsum(rng.integers(1, 5, len(members)))
    shift = int(rng.integers(1, 400))
    renumbered = rng.random() < 0.62
    for order, position in enumerate(np.lexsort((along, band))):
        parcel = int(numbers[order])
        old = (old_sheet, str(parcel + shift)) if renumbered else ("", "")
        result[members[int(position)]] = Number(sheet, str(parcel), scale, *old)
