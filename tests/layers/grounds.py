"""Versions of parcels drawn as rectangles in a grid, compared as an import compares them."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import connection

from importers import diff
from layers import identity, measure, partitions, publish
from layers.crs import VN2000
from layers.models import Layer, LayerVersion, PrivateValue
from layers.permissions import private_context

GRID = VN2000[5899].srid
EAST, NORTH = 436_000.0, 1_161_000.0
# West, south, east, north in metres from a corner.
Box = tuple[float, float, float, float]
A, B, C, D = (0, 0, 20, 20), (20, 0, 40, 20), (40, 0, 60, 20), (60, 0, 80, 20)


def wkt(box: Box) -> str:
    west, south, east, north = box
    x0, y0, x1, y1 = EAST + west, NORTH + south, EAST + east, NORTH + north
    return f"POLYGON(({x0} {y0},{x1} {y0},{x1} {y1},{x0} {y1},{x0} {y0}))"


def staged(
    layer: Layer,
    parcels: Mapping[str, Box],
    *,
    owners: Mapping[str, str] | None = None,
    by: Any = None,
) -> LayerVersion:
    """A version as an import leaves it: loaded, compared with the live one, sealed.

    `owners`: number → restricted value.
    """
    layer.refresh_from_db()
    number = layer.versions.count() + 1
    version = LayerVersion.objects.create(layer=layer, number=number, created_by=by)
    partitions.stage(version.pk)
    identities = identity.Identities(layer)
    uids = identities.uids(list(parcels))
    with connection.cursor() as cursor:
        for uid, (key, box) in zip(uids, parcels.items(), strict=True):
            _insert(cursor, version, uid, key, box)
            if key in (owners or {}):
                _insert_owner(cursor, version, uid, (owners or {})[key])
    diff.compare(version, layer.live_version, has_private=True, identities=identities)
    partitions.seal(version.pk, layer.parsed)
    measure.measure(version, layer.parsed)
    version.state = LayerVersion.STAGED
    version.save()
    return version


def _insert(cursor: Any, version: LayerVersion, uid: UUID, key: str, box: Box) -> None:
    cursor.execute(
        f"INSERT INTO {partitions.feature_table(version.pk)} "
        "(version_id, uid, key, geom, geom_source, area_m2, properties) "
        "SELECT %s, %s, %s, ST_Transform(g, 4326), g, ST_Area(g), %s "
        "FROM ST_GeomFromText(%s, %s) AS g",
        [version.pk, uid, key, json.dumps({"code": key}), wkt(box), GRID],
    )


def _insert_owner(cursor: Any, version: LayerVersion, uid: UUID, owner: str) -> None:
    cursor.execute(
        f"INSERT INTO {partitions.private_table(version.pk)} "
        "(version_id, uid, visibility, values) VALUES (%s, %s, 'restricted', %s)",
        [version.pk, uid, json.dumps({"owner": owner})],
    )


def published(layer: Layer, parcels: Mapping[str, Box], **more: Any) -> LayerVersion:
    """A staged version made live, however much goes."""
    version = staged(layer, parcels, **more)
    version.removal_reason = "thử"
    version.save()
    return publish.publish(version, as_operator=True)


def uids(version: LayerVersion) -> dict[str, UUID]:
    """Number → uid."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT key, uid FROM {partitions.feature_table(version.pk)}")
        return dict(cursor.fetchall())


def owners(version: LayerVersion) -> dict[UUID, str]:
    """uid → owner, as one reads it who may."""
    reader = get_user_model().objects.filter(username="reader-of-all").first()
    reader = reader or get_user_model().objects.create_superuser("reader-of-all")
    with private_context(reader):
        found = PrivateValue.objects.filter(version_id=version.pk)
        return {value.uid: value.values["owner"] for value in found}


def what(version: LayerVersion) -> dict[str, str]:
    """Number → what is listed as changed."""
    return dict(version.changes.values_list("key", "what"))


def counts(version: LayerVersion) -> dict[str, int]:
    """What the comparison counted, without the zeros."""
    names = ("added", "changed", "removed", "unchanged", "renumbered", "split", "merged")
    found = {name: version.change[name] for name in (*names, "rearranged")}
    return {name: count for name, count in found.items() if count}
