"""A register of public land with as many parcels as a whole province has, in one commune or many:
irregular shapes in the source grid, fields as full as an office fills them.
"""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from django.contrib.gis.geos import MultiPolygon, Polygon
from django.db import connection
from psycopg2.extras import execute_values

from layers import identity, measure, partitions, publish
from layers.crs import WGS84, by_code, transform_geometries
from layers.models import AdminUnit, Layer, LayerVersion
from tests.gis_portal.officer.test_jurisdiction import unit

GRID = "EPSG:9210"
WEST, SOUTH = 700_000.0, 1_160_000.0
WIDE, HIGH = 28.0, 46.0
STREETS = ("đường Hùng Vương", "hẻm 12 đường số 3", "thôn Phước Trung", "khu phố Hải Điền")
CODES = ("ONT", "CLN", "LUC", "HNK", "DGD", "DVH", "BCS", "ONT+CLN")
PERSON = ("Nguyễn Văn", "Trần Thị", "Lê Minh")


@dataclass
class Register:
    """Parcels by their place; what is changed in it is in the next version."""

    units: Sequence[AdminUnit]
    across: int
    kinds: Sequence[str]
    rows: dict[int, dict[str, Any]] = field(default_factory=dict)

    def publish(self) -> LayerVersion:
        """The parcels as they are now, live."""
        layer = Layer.objects.get(slug="public-land-parcels")
        number = layer.versions.count() + 1
        version = LayerVersion.objects.create(
            layer=layer, number=number, source_srid=by_code(GRID).srid,
            base_version=layer.live_version,
        )  # fmt: skip
        partitions.stage(version.pk)
        self._load(layer, version)
        partitions.seal(version.pk, layer.parsed)
        measure.measure(version, layer.parsed)
        version.state = LayerVersion.STAGED
        version.save()
        return publish.publish(version, as_operator=True)

    def _load(self, layer: Layer, version: LayerVersion) -> None:
        shapes = [self.shape(place) for place in self.rows]
        grid = by_code(GRID)
        there = transform_geometries(_array(shapes), grid, WGS84)
        keys = [
            f"{row['public']['commune_code']}/{row['public']['sheet_no']}/{row['public']['parcel_no']}"
            for row in self.rows.values()
        ]
        uids = identity.assign_uids(layer, keys)
        found = zip(self.rows.items(), shapes, there, keys, uids, strict=True)
        features, private = [], []
        for (place, row), shape, degrees, key, uid in found:
            own = self.unit_of(place).pk
            features.append(
                (version.pk, str(uid), key, own, shapely.to_wkb(degrees, hex=True), 4326,
                 shapely.to_wkb(shape, hex=True), grid.srid, shape.area, json.dumps(row["public"]))
            )  # fmt: skip
            for visibility in self.kinds:
                values = json.dumps(row[visibility])
                private.append((version.pk, str(uid), own, visibility, values))
        with connection.cursor() as cursor:
            execute_values(
                cursor,
                f"INSERT INTO {partitions.feature_table(version.pk)} "
                "(version_id, uid, key, unit_id, geom, geom_source, area_m2, search, properties) "
                "VALUES %s",
                features,
                "(%s, %s, %s, %s, ST_SetSRID(%s::geometry, %s), ST_SetSRID(%s::geometry, %s), %s,"
                " '', %s)",
                page_size=2000,
            )
            execute_values(
                cursor,
                f"INSERT INTO {partitions.private_table(version.pk)} "
                "(version_id, uid, unit_id, visibility, values) VALUES %s",
                private,
                page_size=4000,
            )

    def unit_of(self, place: int) -> AdminUnit:
        """Parcels lie in rows; each commune has a stretch of them."""
        share = -(-len(self.rows) // len(self.units))
        return self.units[min(place // share, len(self.units) - 1)]

    def shape(self, place: int) -> shapely.Polygon:
        """Six corners, none on a line with its neighbours."""
        chance = random.Random(place)
        x = WEST + place % self.across * (WIDE + 4)
        y = SOUTH + place // self.across * (HIGH + 4)
        moved = self.rows[place].get("moved", 0.0)
        corners = [
            (x, y), (x + WIDE / 2, y - 1.2), (x + WIDE + moved, y), (x + WIDE, y + HIGH),
            (x + WIDE / 2, y + HIGH + 1.1), (x, y + HIGH),
        ]  # fmt: skip
        return shapely.Polygon([(a + chance.random(), b + chance.random()) for a, b in corners])

    def survey_again(self, places: Sequence[int]) -> None:
        """These parcels have another corner and another state."""
        for place in places:
            self.rows[place]["moved"] = self.rows[place].get("moved", 0.0) + 0.75
            self.rows[place]["public"]["status"] = "in_use"


def _array(shapes: list[shapely.Polygon]) -> Any:
    made = np.empty(len(shapes), dtype=object)
    made[:] = shapes
    return made


def made_register(
    parcels: int, communes: int = 1, *, across: int = 87, personal: bool = True
) -> Register:
    """Parcels in the care of some communes, which are where their parcels are."""
    units = [unit(str(91001 + number), name=f"Xã Thử {number + 1}") for number in range(communes)]
    register = Register(units, across, ("officer", "restricted") if personal else ("officer",))
    register.rows = {place: {} for place in range(parcels)}
    for place in range(parcels):
        register.rows[place] = _row(place, register.unit_of(place).code)
    _give_shapes(register)
    return register


def _row(place: int, commune: str) -> dict[str, Any]:
    chance = random.Random(f"row {place}")
    sheet, number = str(place // 120 + 1), str(place % 120 + 1)
    public = {
        "commune_code": commune,
        "sheet_no": sheet,
        "parcel_no": number,
        "sheet_no_old": str(place // 90 + 3),
        "parcel_no_old": str(chance.randint(1, 400)),
        "old_commune": f"Phường {place % 9 + 1}",
        "address": f"{chance.randint(1, 300)} {chance.choice(STREETS)}, Xã Thử",
        "scale": 1000,
        "area_measured": round(chance.uniform(900, 1500), 1),
        "land_use_current": chance.choice(CODES),
        "managing_org": f"Ủy ban nhân dân xã Thử {place % 5}",
        "manager_type": "UBQ",
        "origin": "commune-fund",
        "use_plan": "keep",
        "fenced": chance.random() < 0.5,
        "status": "managed_vacant",
        "allocation_doc": f"{chance.randint(100, 9999)}/QĐ-UBND",
        "allocation_date": f"20{chance.randint(10, 24)}-03-1{chance.randint(0, 9)}",
    }  # fmt: skip
    officer = {
        "area_legal": round(chance.uniform(900, 1500), 1),
        "lease_no": f"HĐ-{chance.randint(1000, 9999)}",
        "last_inspected": f"2026-0{chance.randint(1, 9)}-1{chance.randint(0, 9)}",
        "dispute": chance.random() < 0.1,
    }
    restricted = {
        "occupier": f"{chance.choice(PERSON)} {place}",
        "occupier_phone": f"09{chance.randint(10_000_000, 99_999_999)}",
    }
    return {"public": public, "officer": officer, "restricted": restricted}


def _give_shapes(register: Register) -> None:
    """Each commune is the box of its parcels."""
    grid = by_code(GRID)
    for one in register.units:
        own = [register.shape(p) for p in register.rows if register.unit_of(p) == one]
        box = shapely.box(*shapely.total_bounds(own)).buffer(20)
        (degrees,) = transform_geometries(_array([box]), grid, WGS84)
        one.geom = MultiPolygon(Polygon(list(degrees.exterior.coords)), srid=4326)
        one.save()
