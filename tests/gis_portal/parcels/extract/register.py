"""Versions of the register of public land with a few parcels, as imports leave them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from importers import diff
from layers import identity, measure, partitions, publish
from layers.crs import VN2000
from layers.models import Layer, LayerVersion

GRID = VN2000[5899].srid
EAST, NORTH = 436_000.0, 1_161_000.0
Path = list[tuple[float, float]]


@dataclass(frozen=True)
class Parcel:
    """Corners in metres from a corner of the grid, and what the register says of it."""

    path: Path
    values: Mapping[str, Any] = field(default_factory=dict)


def rectangle(west: float, south: float, east: float, north: float) -> Path:
    return [(west, south), (east, south), (east, north), (west, north)]


def register() -> Layer:
    return Layer.objects.get(slug="public-land-parcels")


def published(parcels: Mapping[str, Parcel], layer: Layer | None = None) -> LayerVersion:
    """A live version; keys are `commune/sheet/number`."""
    layer = layer or register()
    layer.refresh_from_db()
    version = LayerVersion.objects.create(
        layer=layer,
        number=layer.versions.count() + 1,
        source_srid=GRID,
        data_date=timezone.now().date().replace(month=6, day=30),
        source_org="Sở Nông nghiệp và Môi trường",
        decision_no="12/QĐ-UBND",
    )
    partitions.stage(version.pk)
    identities = identity.Identities(layer)
    uids = identities.uids(list(parcels))
    with connection.cursor() as cursor:
        for uid, (key, parcel) in zip(uids, parcels.items(), strict=True):
            _insert(cursor, version, uid, key, parcel)
    diff.compare(version, layer.live_version, has_private=True, identities=identities)
    partitions.seal(version.pk, layer.parsed)
    measure.measure(version, layer.parsed)
    version.state, version.removal_reason = LayerVersion.STAGED, "thử"
    version.save()
    return publish.publish(version, as_operator=True)


def _insert(cursor: Any, version: LayerVersion, uid: UUID, key: str, parcel: Parcel) -> None:
    names = ("commune_code", "sheet_no", "parcel_no")
    values = {**dict(zip(names, key.split("/"), strict=True)), **parcel.values}
    path = [*parcel.path, parcel.path[0]]
    wkt = "POLYGON((" + ",".join(f"{EAST + x} {NORTH + y}" for x, y in path) + "))"
    cursor.execute(
        f"INSERT INTO {partitions.feature_table(version.pk)} "
        "(version_id, uid, key, geom, geom_source, area_m2, properties) "
        "SELECT %s, %s, %s, ST_Transform(g, 4326), g, ST_Area(g), %s "
        "FROM ST_GeomFromText(%s, %s) AS g",
        [version.pk, uid, key, json.dumps(values), wkt, GRID],
    )


def uid_of(version: LayerVersion, key: str) -> UUID:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT uid FROM layers_feature WHERE version_id = %s AND key = %s", [version.pk, key]
        )
        (found,) = cursor.fetchone()
    return UUID(str(found))
