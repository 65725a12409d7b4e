"""Versions of shipped layers written by hand, for tests of what lies on a parcel."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import shapely
from django.db import connection
from shapely.geometry.base import BaseGeometry

from importers import diff
from layers import identity, measure, partitions, publish
from layers.crs import Crs
from layers.models import AdminUnit, Layer, LayerVersion

_INSERT = """INSERT INTO {table}
  (version_id, uid, key, unit_id, geom, geom_source, area_m2, search, properties)
SELECT %s, %s, %s, %s, ST_Transform(g, 4326), CASE WHEN ST_SRID(g) <> 4326 THEN g END,
  ST_Area(g), '', %s FROM ST_GeomFromWKB(%s, %s) AS g"""


@dataclass(frozen=True)
class Row:
    """A feature: its shape in the file's system, its public and private values."""

    key: str
    shape: BaseGeometry
    values: dict[str, Any] = field(default_factory=dict)
    unit: AdminUnit | None = None
    private: dict[str, dict[str, str]] = field(default_factory=dict)


def commune(code: str, name: str) -> AdminUnit:
    """A commune in force, without a border."""
    return AdminUnit.objects.create(
        code=code,
        level=AdminUnit.COMMUNE,
        kind="xã",
        name=name,
        short_name=name,
        name_en=f"{name} Commune",
        valid_from="2025-07-01",
    )


def live(slug: str, rows: Iterable[Row], crs: Crs, **about: Any) -> dict[str, UUID]:
    """Make these rows the live version of a layer; key → uid. Later versions are compared with the
    one before, as an import's are.
    """
    layer = Layer.objects.select_related("live_version").get(slug=slug)
    number = layer.versions.count() + 1
    about = {"data_date": "2026-06-30", "source_org": "Sở thử", **about}
    version = LayerVersion.objects.create(
        layer=layer, number=number, source_srid=crs.srid, removal_reason="thử", **about
    )
    partitions.stage(version.pk)
    identities = identity.Identities(layer)
    found = list(rows)
    uids = identities.uids([row.key for row in found])
    with connection.cursor() as cursor:
        for uid, row in zip(uids, found, strict=True):
            _insert(cursor, version, uid, row, crs)
    if layer.live_version is not None:
        diff.compare(version, layer.live_version, has_private=True, identities=identities)
    partitions.seal(version.pk, layer.parsed)
    measure.measure(version, layer.parsed)
    version.state = LayerVersion.STAGED
    version.save()
    publish.publish(version, as_operator=True)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT key, uid FROM {partitions.feature_table(version.pk)}")
        return dict(cursor.fetchall())


def _insert(cursor: Any, version: LayerVersion, uid: UUID, row: Row, crs: Crs) -> None:
    unit = row.unit.pk if row.unit else None
    values = json.dumps(row.values)
    cursor.execute(
        _INSERT.format(table=partitions.feature_table(version.pk)),
        [version.pk, uid, row.key, unit, values, shapely.to_wkb(row.shape), crs.srid],
    )
    for visibility, private in row.private.items():
        cursor.execute(
            f"INSERT INTO {partitions.private_table(version.pk)} "
            "(version_id, uid, unit_id, visibility, values) VALUES (%s, %s, %s, %s, %s)",
            [version.pk, uid, unit, visibility, json.dumps(private)],
        )
