"""What a version would change, for the page and its map: lists by kind, shapes before and after.

`importers.diff` recorded which features differ; here their two states are read side by side. A map
shows the first of each kind and says so when there are more.
"""

import json
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Count
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from importers.report import key_in_words
from layers.definition import Language, LayerDefinition
from layers.models import LayerVersion, Lineage, VersionChange
from layers.partitions import feature_table

MOST_EACH = 1000
PAGE = 50
KINDS: dict[str, str | Promise] = {
    VersionChange.ADDED: _("Thêm"),
    VersionChange.REMOVED: _("Mất"),
    VersionChange.SHAPE: _("Đổi hình"),
    VersionChange.VALUES: _("Đổi thuộc tính"),
    VersionChange.BOTH: _("Đổi hình và thuộc tính"),
}
# The names of the same kinds in `LayerVersion.change`.
_COUNTED = {
    VersionChange.ADDED: "added",
    VersionChange.REMOVED: "removed",
    VersionChange.SHAPE: "changed_shape",
    VersionChange.VALUES: "changed_values",
    VersionChange.BOTH: "changed_both",
}
LINEAGE_KINDS: dict[str, str | Promise] = {
    Lineage.RENUMBERED: _("Đổi số thửa"),
    Lineage.SPLIT: _("Tách thửa"),
    Lineage.MERGED: _("Hợp thửa"),
    Lineage.REARRANGED: _("Sắp xếp lại"),
}
# `new` is the version's own table: a staged one is not part of layers_feature yet.
_SIDE_BY_SIDE = """
SELECT c.uid, c.key, c.what, {columns}
FROM (SELECT * FROM layers_versionchange WHERE version_id = %(version)s AND what = %(what)s
      ORDER BY id OFFSET %(offset)s LIMIT %(limit)s) c
LEFT JOIN "{table}" new ON new.uid = c.uid
LEFT JOIN layers_feature old ON old.version_id = %(base)s AND old.uid = c.uid
ORDER BY c.id
"""
_SHAPES = "ST_AsGeoJSON(old.geom, 7), ST_AsGeoJSON(new.geom, 7)"
_VALUES = "old.area_m2, new.area_m2, old.properties, new.properties"


@dataclass(frozen=True)
class Difference:
    """One public field of a changed feature."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Change:
    """One feature that differs. Areas in m², in the grid of the survey."""

    uid: str
    key: str
    area_before: float | None
    area_after: float | None
    differences: tuple[Difference, ...]


@dataclass(frozen=True)
class Kind:
    """A kind of change with its count; `what` is its name in addresses.

    `listed`: how many of them have a row, PORTAL_CHANGES_KEPT being the most.
    """

    what: str
    words: str
    count: int
    listed: int


def kinds_of(version: LayerVersion) -> list[Kind]:
    """Every kind of change that the version lists, in a fixed order, counted as it was compared."""
    rows = version.changes.order_by().values_list("what").annotate(rows=Count("pk"))
    listed: dict[str, int] = dict(rows)
    counts = {
        **listed,
        **{w: version.change[n] for w, n in _COUNTED.items() if n in version.change},
    }
    return [
        Kind(what, str(words), counts[what], listed[what])
        for what, words in KINDS.items()
        if what in listed
    ]


def is_readable(version: LayerVersion) -> bool:
    """Whether the version's rows are still there: a discarded one has only its counts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [feature_table(version.pk)])
        return bool(cursor.fetchone()[0])


def changes_page(
    version: LayerVersion, what: str, page: int, definition: LayerDefinition, language: Language
) -> list[Change]:
    """PAGE features of one kind with the fields that differ; pages count from 1."""
    if not is_readable(version):
        return []
    rows = _side_by_side(version, what, _VALUES, offset=(page - 1) * PAGE, limit=PAGE)
    return [
        Change(
            uid=str(uid),
            key=key_in_words(key),
            area_before=area_before,
            area_after=area_after,
            differences=tuple(_differences(_plain(old), _plain(new), definition, language)),
        )
        for uid, key, _what, area_before, area_after, old, new in rows
    ]


def changes_geojson(version: LayerVersion) -> dict[str, Any]:
    """Shapes before and after (`side`), at most MOST_EACH features a kind; `left_out` counts the
    rest.
    """
    features: list[dict[str, Any]] = []
    left_out = 0
    for kind in kinds_of(version) if is_readable(version) else []:
        left_out += max(0, kind.count - MOST_EACH)
        for uid, key, what, old, new in _side_by_side(
            version, kind.what, _SHAPES, offset=0, limit=MOST_EACH
        ):
            for side, shape in (("before", old), ("after", new)):
                if shape:
                    features.append(_feature(str(uid), key, what, side, shape))
    return {"type": "FeatureCollection", "left_out": left_out, "features": features}


def lineage_of(version: LayerVersion, most: int = 200) -> list[tuple[str, int, list[Lineage]]]:
    """(kind in words, how many parcels or groups of them, its rows: the first `most`)."""
    found = []
    for kind, words in LINEAGE_KINDS.items():
        rows = list(version.lineage.filter(kind=kind)[:most])
        for row in rows:
            row.old_key, row.new_key = key_in_words(row.old_key), key_in_words(row.new_key)
        if rows:
            found.append((str(words), version.change.get(kind, len(rows)), rows))
    return found


def _side_by_side(
    version: LayerVersion, what: str, columns: str, *, offset: int, limit: int
) -> list[tuple[Any, ...]]:
    sql = _SIDE_BY_SIDE.format(columns=columns, table=feature_table(version.pk))
    params: dict[str, int | str] = {
        "version": version.pk,
        "base": version.base_version_id or -1,
        "what": what,
        "offset": offset,
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def _plain(value: Any) -> dict[str, Any]:
    """A jsonb column of a raw cursor comes as text."""
    found = json.loads(value) if isinstance(value, str) else value
    return found if isinstance(found, dict) else {}


def _differences(
    old: dict[str, Any], new: dict[str, Any], definition: LayerDefinition, language: Language
) -> list[Difference]:
    if not old or not new:
        return []
    return [
        Difference(f.label(language), _shown(f, old, language), _shown(f, new, language))
        for f in definition.public_fields
        if old.get(f.name) != new.get(f.name)
    ]


def _shown(field: Any, values: dict[str, Any], language: Language) -> str:
    value = values.get(field.name)
    return "—" if value is None else str(field.type.format(value, language))


def _feature(uid: str, key: str, what: str, side: str, shape: str) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": json.loads(shape),
        "properties": {"uid": uid, "key": key_in_words(key), "what": what, "side": side},
    }
