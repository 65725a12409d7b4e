"""Uids that survive versions.

A feature's uid is derived from its layer and business key (UUIDv5), so the same key gives the same
uid in every import and on every installation, with no look-up. `IdentityAlias` holds what the key
alone cannot say (a renumbered parcel keeps its uid). A key that occurs twice is a listed defect,
not a crash: later ones get `#2`.
"""

import uuid
from collections import Counter
from collections.abc import Iterable, Sequence

from django.db import connection

from layers.models import IdentityAlias, Layer, LayerVersion, RetiredIdentity

NAMESPACE = uuid.UUID("6b1d9a5e-77a4-5b1c-9c52-0f6b8d1a7e10")


def number_duplicates(keys: Sequence[str]) -> list[str]:
    """`a, a, b` → `a, a#2, b`: in file order, so that a second import numbers them alike."""
    seen: Counter[str] = Counter()
    numbered = []
    for key in keys:
        seen[key] += 1
        numbered.append(key if seen[key] == 1 else f"{key}#{seen[key]}")
    return numbered


def assign_uids(layer: Layer, keys: Sequence[str]) -> list[uuid.UUID]:
    """The uid of each key (unique, see `number_duplicates`), aliases respected."""
    namespace = uuid.uuid5(NAMESPACE, layer.slug)
    aliases = dict(IdentityAlias.objects.filter(layer=layer).values_list("key", "uid"))
    if not aliases:
        return [uuid.uuid5(namespace, key) for key in keys]
    return [aliases.get(key) or uuid.uuid5(namespace, key) for key in keys]


def retired(layer: Layer, uid: uuid.UUID) -> RetiredIdentity | None:
    """The record of a uid that is gone, None when it never was or still is."""
    return RetiredIdentity.objects.filter(layer=layer, uid=uid).first()


def record_change(layer: Layer, old: LayerVersion | None, new: LayerVersion) -> None:
    """After publication: uids that went are retired, uids that are (back) in are not.

    Set-based SQL.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM layers_retiredidentity r USING layers_feature f "
            "WHERE r.layer_id = %s AND f.version_id = %s AND f.uid = r.uid",
            [layer.pk, new.pk],
        )
        if old is None:
            return
        cursor.execute(
            "INSERT INTO layers_retiredidentity (layer_id, uid, key, last_version_id, successors) "
            "SELECT %s, o.uid, o.key, %s, '{}' FROM layers_feature o "
            "WHERE o.version_id = %s AND NOT EXISTS "
            "(SELECT FROM layers_feature n WHERE n.version_id = %s AND n.uid = o.uid) "
            "ON CONFLICT (layer_id, uid) DO UPDATE SET last_version_id = excluded.last_version_id",
            [layer.pk, old.pk, old.pk, new.pk],
        )


def join_key(parts: Iterable[object]) -> str:
    """Business key from its parts, `/` between: `26560@2025-07-01/12/345`."""
    return "/".join("" if part is None else str(part) for part in parts)
