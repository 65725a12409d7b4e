"""The personal part of a pack: fields of a unit's parcels for those who may read them.

Read in the reader's own context (`private_context`), so the database decides, not this program.
Nothing of it is kept: of what was made only hash and size are known, so that its size stands in the
list. A word that only this installation can make is in it, so that the hash alone tells nothing of
a unit with one parcel.
"""

import hmac
import json
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db import connection

from gis_portal.officer.packs.rows import described, named
from gis_portal.officer.packs.writing import packed
from layers.definition import Field, LayerDefinition
from layers.models import AdminUnit, Layer, LayerVersion
from layers.permissions import RESTRICTED_READER, User, private_context, roles_of

Values = dict[str, dict[str, Any]]
_VALUES = """
SELECT uid::text, values::text FROM layers_privatevalue
WHERE version_id = %s AND unit_id = %s AND visibility = 'restricted' ORDER BY uid"""


def personal_fields(definition: LayerDefinition) -> tuple[Field, ...]:
    """The fields of this part."""
    return tuple(f for f in definition.fields if f.visibility == "restricted")


def may_have(user: User, definition: LayerDefinition) -> bool:
    """The reader's role allows personal data, and the register has some."""
    return RESTRICTED_READER in roles_of(user) and bool(personal_fields(definition))


def read_values(user: User, layer: Layer, version_id: int, unit_id: int) -> Values:
    """By uid, as this reader may read them now: nothing of other units or without the role."""
    with private_context(user), connection.cursor() as cursor:
        cursor.execute(_VALUES, [version_id, unit_id])
        found = cursor.fetchall()
    names = {f.name for f in personal_fields(layer.parsed)}
    rows: Values = {}
    for uid, text in found:
        known = {k: v for k, v in json.loads(text).items() if k in names and v not in (None, "")}
        if known:
            rows[uid] = known
    return rows


def make_private(user: User, layer: Layer, version: LayerVersion, unit: AdminUnit) -> bytes:
    """The part's bytes."""
    as_of = version.data_date or (version.published_at.date() if version.published_at else None)
    return packed(
        {
            "layer": layer.slug,
            "version": version.pk,
            "number": version.number,
            "as_of": as_of.isoformat() if as_of else None,
            "unit": named(unit),
            "seal": _seal(version, unit),
            "fields": described(personal_fields(layer.parsed)),
            "rows": read_values(user, layer, version.pk, unit.pk),
        }
    )


def _seal(version: LayerVersion, unit: AdminUnit) -> str:
    told = f"officer pack {version.pk} {unit.pk}"
    return hmac.new(settings.SECRET_KEY.encode(), told.encode(), sha256).hexdigest()[:32]
