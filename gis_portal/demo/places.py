"""The communes of the demo province: real names, codes and centres, illustrative shapes.

Names, codes, centres and succession come from the package `vietnamadminunits` (MIT): the communes
in force since 2025-07-01 whose predecessors lay in old province 77 (Bà Rịa–Vũng Tàu).
"""

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import shapely
import vietnamadminunits
from shapely.geometry.base import BaseGeometry

from gis_portal.demo.cells import merge_by_owner, partition
from gis_portal.demo.grid import to_grid
from gis_portal.demo.noise import Warp
from gis_portal.demo.outline import land

_DATA = Path(vietnamadminunits.__file__).parent / "data"
OLD_PROVINCE = "77"
NEW_PROVINCE = "79"
CON_DAO = "26732"
# A former commune's centre this close to a present one would take the centre out of its own cell.
_TOO_CLOSE = 450.0


@dataclass(frozen=True)
class OldCommune:
    """A commune until 2025-06-30. `centre` in grid metres."""

    name: str
    centre: tuple[float, float]


@dataclass
class Commune:
    """A present commune; `cell` (grid metres) is illustrative, everything else is real."""

    code: str
    name: str
    kind: str
    centre: tuple[float, float]
    area_km2: float
    old: list[OldCommune] = field(default_factory=list)
    cell: BaseGeometry = field(default_factory=shapely.Polygon)

    @property
    def is_ward(self) -> bool:
        """Urban: *phường*."""
        return self.kind == "Phường"

    def old_names_near(self, points: np.ndarray) -> list[str]:
        """Name of the nearest former commune for each of (n, 2) grid points."""
        centres = np.array([old.centre for old in self.old])
        distance = np.linalg.norm(points[:, None, :] - centres[None], axis=2)
        return [self.old[i].name for i in distance.argmin(axis=1)]


def communes(rng: np.random.Generator) -> list[Commune]:
    """All communes with their cells, ordered by code."""
    found = _from_package()
    coast = Warp(rng, [(160.0, 2600.0), (55.0, 700.0)])
    border = Warp(rng, [(110.0, 3200.0), (40.0, 900.0), (12.0, 300.0)])
    area = land(coast)
    sites, owners = _sites(found)
    centres = np.array([commune.centre for commune in found])
    cells = merge_by_owner(partition(area, sites, border), owners, centres)
    for commune, cell in zip(found, cells, strict=True):
        commune.cell = cell
    return found


def _sites(found: list[Commune]) -> tuple[np.ndarray, np.ndarray]:
    """Present centres, then former centres that crowd nobody else's: (n, 2) and owner of each."""
    centres = np.array([commune.centre for commune in found])
    sites, owners = list(centres), list(range(len(found)))
    for k, commune in enumerate(found):
        for old in commune.old:
            distance = np.linalg.norm(centres - old.centre, axis=1)
            distance[k] = np.inf
            nearest = np.linalg.norm(np.array(sites) - old.centre, axis=1).min()
            if distance.min() > _TOO_CLOSE * 2 and nearest > _TOO_CLOSE:
                sites.append(np.array(old.centre))
                owners.append(k)
    return np.array(sites), np.array(owners)


def _from_package() -> list[Commune]:
    converter = json.loads((_DATA / "converter_2025.json").read_text(encoding="utf-8"))
    successors = converter["DICT_PROVINCE_WARD_NO_DIVIDED"]["thanhphohochiminh"]
    with closing(sqlite3.connect(f"file:{_DATA / 'dataset.db'}?mode=ro", uri=True)) as database:
        old = _old_communes(database)
        rows = database.execute(
            "SELECT wardKey, wardCode, ward, wardType, wardLon, wardLat, wardAreaKm2 "
            "FROM admin_units WHERE provinceCode = ? ORDER BY wardCode",
            [NEW_PROVINCE],
        ).fetchall()
    result = []
    for key, code, name, kind, lon, lat, area in rows:
        before = [old[k] for k in successors.get(key, []) if k in old]
        if before:
            x, y = to_grid(np.array([[lon, lat]]))[0]
            result.append(Commune(code, name, kind, (float(x), float(y)), float(area), before))
    return result


def _old_communes(database: sqlite3.Connection) -> dict[str, OldCommune]:
    """Key in the converter → former commune of the old province; Côn Đảo had districts only."""
    rows = database.execute(
        "SELECT provinceKey || '_' || districtKey || '_' || coalesce(wardKey, ''), "
        "coalesce(ward, district), coalesce(wardLon, districtLon), coalesce(wardLat, districtLat) "
        "FROM admin_units_legacy WHERE provinceCode = ?",
        [OLD_PROVINCE],
    ).fetchall()
    centres = to_grid(np.array([row[2:4] for row in rows]))
    return {
        row[0]: OldCommune(row[1], (float(xy[0]), float(xy[1])))
        for row, xy in zip(rows, centres, strict=True)
    }
