"""Uids that survive versions.

A feature's uid is derived from its layer and business key (UUIDv5), so the same key gives the same
uid in every import and on every installation, with no look-up. `IdentityAlias` holds what the key
alone cannot say: a renumbered parcel keeps its uid, and the next owner of its old number gets
another one. Which of them hold now is read from the live version, so that going back is going back
for numbers too. A key that occurs twice is a listed defect, not a crash: later ones get `#2`.
"""

import hashlib
import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

import numpy as np
from django.db import connection

from layers.models import IdentityAlias, Layer, LayerVersion, RetiredIdentity
from layers.past import was_shown

NAMESPACE = uuid.UUID("6b1d9a5e-77a4-5b1c-9c52-0f6b8d1a7e10")
# Each uid of an alias with the key that it lives under: the live version's, or the last it had.
_OWNERS = """
SELECT a.key, a.uid, f.key, r.key
FROM layers_identityalias a
LEFT JOIN layers_feature f ON f.version_id = %(live)s AND f.uid = a.uid
LEFT JOIN layers_retiredidentity r ON r.layer_id = a.layer_id AND r.uid = a.uid
WHERE a.layer_id = %(layer)s AND a.since_id IS NOT NULL
ORDER BY a.since_id, a.id
"""
# Aliases are written with the staged version and hold from its publication.
_CONFIRM = """
UPDATE layers_identityalias a SET since_id = %(new)s FROM layers_feature f
WHERE a.layer_id = %(layer)s AND a.since_id IS NULL
  AND f.version_id = %(new)s AND f.uid = a.uid AND f.key = a.key
"""
_UNRETIRE = """
DELETE FROM layers_retiredidentity r USING layers_feature f
WHERE r.layer_id = %(layer)s AND f.version_id = %(new)s AND f.uid = r.uid
"""
# What came from a feature: forward along the new version's lineage, or back along the former's.
_RETIRE = """
INSERT INTO layers_retiredidentity (layer_id, uid, key, last_version_id, successors)
SELECT %(layer)s, o.uid, o.key, %(old)s, coalesce(
  (SELECT array_agg(next ORDER BY share DESC, next) FROM (
     SELECT new_uid, old_share FROM layers_lineage
     WHERE layer_id = %(layer)s AND version_id = %(forward)s AND old_uid = o.uid
     UNION ALL
     SELECT old_uid, new_share FROM layers_lineage
     WHERE layer_id = %(layer)s AND version_id = %(back)s AND new_uid = o.uid
   ) AS line (next, share) WHERE next <> o.uid), '{}')
FROM layers_feature o
WHERE o.version_id = %(old)s AND NOT EXISTS (
  SELECT FROM layers_feature n WHERE n.version_id = %(new)s AND n.uid = o.uid)
ON CONFLICT (layer_id, uid) DO UPDATE SET key = excluded.key,
  last_version_id = excluded.last_version_id, successors = excluded.successors
"""


def number_duplicates(keys: Sequence[str]) -> list[str]:
    """`a, a, b` → `a, a#2, b`: in file order, so that a second import numbers them alike."""
    seen: Counter[str] = Counter()
    numbered = []
    for key in keys:
        seen[key] += 1
        numbered.append(key if seen[key] == 1 else f"{key}#{seen[key]}")
    return numbered


class Identities:
    """The uids of a layer's keys as they hold against its live version; read once an import.

    `handed_out`: keys that got a uid of their own because the usual one lives under another key.
    """

    def __init__(self, layer: Layer) -> None:
        self.layer = layer
        self.handed_out: dict[str, uuid.UUID] = {}
        self._namespace = uuid.uuid5(NAMESPACE, layer.slug)
        self._fixed: dict[str, uuid.UUID] = {}
        self._owner: dict[uuid.UUID, str] = {}
        self._read()

    def _read(self) -> None:
        with connection.cursor() as cursor:
            live = self.layer.live_version_id or -1
            cursor.execute(_OWNERS, {"live": live, "layer": self.layer.pk})
            rows = cursor.fetchall()
        # Weakest first: the last alias of a uid, the key that it was retired under, the live one.
        for key, uid, _live_key, _retired_key in rows:
            self._owner[uid] = key
        for place in (3, 2):
            self._owner.update({row[1]: row[place] for row in rows if row[place] is not None})
        live_uids = {row[1] for row in rows if row[2] is not None}
        for uid, key in sorted(self._owner.items(), key=lambda pair: pair[0] in live_uids):
            self._fixed[key] = uid

    def uids(self, keys: Sequence[str]) -> list[uuid.UUID]:
        """The uid of each key (unique, see `number_duplicates`)."""
        if not self._owner:
            return [uuid.uuid5(self._namespace, key) for key in keys]
        return [self._fixed.get(key) or self._derived(key) for key in keys]

    def packed(self, keys: Sequence[str]) -> list[bytes]:
        """The same as 16 bytes each: of a million keys at import, where objects cost seconds."""
        if self._owner:
            return [uid.bytes for uid in self.uids(keys)]
        start = self._namespace.bytes
        made = b"".join(
            hashlib.sha1(start + key.encode(), usedforsecurity=False).digest()[:16] for key in keys
        )
        rows = np.frombuffer(made, dtype=np.uint8).reshape(-1, 16).copy()
        # RFC 9562: version 5 and its variant.
        rows[:, 6] = rows[:, 6] & 0x0F | 0x50
        rows[:, 8] = rows[:, 8] & 0x3F | 0x80
        joined = rows.tobytes()
        return [joined[i : i + 16] for i in range(0, len(joined), 16)]

    def _derived(self, key: str) -> uuid.UUID:
        uid = uuid.uuid5(self._namespace, key)
        if self._owner.get(uid, key) == key:
            return uid
        fresh = self.handed_out[key] = self.fresh(key)
        return fresh

    def fresh(self, key: str, avoid: Collection[uuid.UUID] = ()) -> uuid.UUID:
        """A uid for a number that was given to another parcel: the same in every attempt."""
        number = 2
        while True:
            # No key holds this character, so no other key leads to the same uid.
            uid = uuid.uuid5(self._namespace, f"{key}\x1f{number}")
            if uid not in avoid and self._owner.get(uid, key) == key:
                return uid
            number += 1


def assign_uids(layer: Layer, keys: Sequence[str]) -> list[uuid.UUID]:
    """The uid of each key (unique, see `number_duplicates`), aliases respected."""
    return Identities(layer).uids(keys)


def remember(layer: Layer, uids: dict[str, uuid.UUID], kind: str) -> None:
    """Keep key → uid as aliases that hold once a version with them is published."""
    rows = (IdentityAlias(layer=layer, key=key, uid=uid, kind=kind) for key, uid in uids.items())
    IdentityAlias.objects.bulk_create(rows, batch_size=10_000, ignore_conflicts=True)


def retired(layer: Layer, uid: uuid.UUID) -> RetiredIdentity | None:
    """The record of a uid that is gone, None when it never was or still is; also of one that a
    public layer had only while it was internal: uids can be computed from keys, so that "gone"
    would tell who was in it.
    """
    found = RetiredIdentity.objects.filter(layer=layer, uid=uid).select_related("last_version")
    record = found.first()
    version = record.last_version if record else None
    return record if version is None or was_shown(layer, version) else None


def record_change(layer: Layer, old: LayerVersion | None, new: LayerVersion) -> None:
    """After publication: uids that went are retired with their successors, uids that are (back) in
    are not; aliases of the new version hold. Set-based SQL.
    """
    params = {"layer": layer.pk, "new": new.pk, "old": old.pk if old else None}
    params["forward"] = new.pk if old and new.base_version_id == old.pk else None
    params["back"] = old.pk if old and old.base_version_id == new.pk else None
    with connection.cursor() as cursor:
        cursor.execute(_CONFIRM, params)
        cursor.execute(_UNRETIRE, params)
        if old is not None:
            cursor.execute(_RETIRE, params)


def join_key(parts: Iterable[object]) -> str:
    """Business key from its parts, `/` between: `26560@2025-07-01/12/345`."""
    return "/".join("" if part is None else str(part) for part in parts)
