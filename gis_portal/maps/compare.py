"""Two published versions of a layer side by side: counts, lists, places on a small map.

Only versions that the reader could have read when they were live (`layers.past`). What changed
comes from `layers.changes`, so private values alone are never told as a change.
"""

import json
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection
from django.http import QueryDict
from django.utils.translation import gettext as _

from gis_portal.maps.panel import feature_title
from layers.changes import CHANGED, Change, ChangesNotKept, changes_page, count_changes
from layers.definition import LayerDefinition
from layers.errors import UnknownVersion
from layers.models import Layer, LayerVersion, VersionChange
from layers.past import READABLE, publications, was_shown

# Changes that are looked at one by one for the lists and the map.
LOOKED_AT = 2000
LISTED = 40
ADDED, CHANGED_KIND, REMOVED = "added", "changed", "removed"
KINDS = (ADDED, CHANGED_KIND, REMOVED)
_KEPT = 200
_counted: OrderedDict[tuple[int, int, str], tuple[dict[str, int], bool]] = OrderedDict()
_ROWS = """
SELECT f.version_id, f.uid, f.properties::text, f.area_m2, ST_X(p.at), ST_Y(p.at)
FROM layers_feature f, LATERAL (SELECT ST_PointOnSurface(f.geom) AS at) p
WHERE f.version_id = %s AND f.uid = ANY(%s::uuid[])
"""


@dataclass(frozen=True)
class Difference:
    """One public field before and after."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Changed:
    """One feature that differs; `lon`, `lat` are of the later version, of the earlier one when it
    is gone.
    """

    uid: UUID
    kind: str
    title: str
    shape: bool
    differences: tuple[Difference, ...]
    successors: tuple[UUID, ...]
    lon: float
    lat: float


@dataclass(frozen=True)
class Comparison:
    """From an earlier version to a later one.

    Attributes:
        counts: by kind; exact when `is_exact`, else at least so many.
        lists: by kind, the first of each.
        places: every change that was looked at, for the map.
        is_kept: False when no whole list of changes leads from one to the other.
    """

    old: LayerVersion
    new: LayerVersion
    counts: dict[str, int] = field(default_factory=dict)
    is_exact: bool = True
    lists: tuple[tuple[str, tuple[Changed, ...]], ...] = ()
    places: tuple[Changed, ...] = ()
    is_kept: bool = True

    @property
    def both(self) -> tuple[LayerVersion, LayerVersion]:
        """The earlier one first."""
        return self.old, self.new


def shown_versions(layer: Layer) -> list[LayerVersion]:
    """Those that a reader of the layer may compare, the newest first."""
    found = layer.versions.filter(state__in=READABLE, published_at__isnull=False)
    return [version for version in found.order_by("-number") if was_shown(layer, version)]


def pair_asked(
    query: QueryDict, versions: list[LayerVersion]
) -> tuple[LayerVersion, LayerVersion] | None:
    """`from` and `to`, numbers of versions, the earlier one first; the two newest when left out.

    None when there are not two of them. Raises UnknownVersion, also for one that was never public.
    """
    by_number = {str(version.number): version for version in versions}
    if len(versions) < 2:
        return None
    new = _asked(query.get("to", ""), by_number, versions[0])
    before = [version for version in versions if version.number < new.number]
    old = _asked(query.get("from", ""), by_number, before[0] if before else versions[-1])
    return (old, new) if old.number <= new.number else (new, old)


def _asked(text: str, by_number: dict[str, LayerVersion], usual: LayerVersion) -> LayerVersion:
    if not text:
        return usual
    if text not in by_number:
        raise UnknownVersion(_("Không có phiên bản %(number)s để so sánh.") % {"number": text[:9]})
    return by_number[text]


def comparison(layer: Layer, old: LayerVersion, new: LayerVersion, language: str) -> Comparison:
    """What became of the features in between."""
    try:
        found, _more = changes_page(layer, old, new, limit=LOOKED_AT, after=None)
        counts, is_exact = _counts(layer, old, new)
    except ChangesNotKept:
        return Comparison(old, new, is_kept=False)
    told = _told(layer.parsed, old, new, found, language)
    lists = tuple(
        (kind, tuple(one for one in told if one.kind == kind)[:LISTED])
        for kind in KINDS
        if counts.get(kind)
    )
    return Comparison(old, new, counts, is_exact, lists, told)


def _counts(layer: Layer, old: LayerVersion, new: LayerVersion) -> tuple[dict[str, int], bool]:
    """By kind, and whether that is all; remembered, for neither version changes any more."""
    if old.pk == new.pk:
        return dict.fromkeys(KINDS, 0), True
    key = (old.pk, new.pk, f"{layer.live_version_id} {new.public_fields} {old.public_fields}")
    if key not in _counted:
        whats, is_exact = count_changes(layer, old, new)
        counts = dict.fromkeys(KINDS, 0)
        for what, number in whats.items():
            counts[_kind(what)] += number
        _counted[key] = counts, is_exact
        while len(_counted) > _KEPT:
            _counted.popitem(last=False)
    return _counted[key]


def _kind(what: str) -> str:
    return CHANGED_KIND if what in CHANGED else what


def _told(
    definition: LayerDefinition,
    old: LayerVersion,
    new: LayerVersion,
    found: list[Change],
    language: str,
) -> tuple[Changed, ...]:
    uids = [change.uid for change in found]
    before, after = _rows(old.pk, uids), _rows(new.pk, uids)
    told = []
    for change in found:
        values, _area, lon, lat = after.get(change.uid) or before[change.uid]
        earlier = before[change.uid][0] if change.what in CHANGED else {}
        told.append(
            Changed(
                uid=change.uid,
                kind=_kind(change.what),
                title=feature_title(definition, values, language) or str(change.uid)[:8],
                shape=change.what in (VersionChange.SHAPE, VersionChange.BOTH),
                differences=_differences(definition, earlier, values, language),
                successors=change.successors,
                lon=lon,
                lat=lat,
            )
        )
    return tuple(told)


def _rows(version_id: int, uids: Iterable[UUID]) -> dict[UUID, tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, [version_id, [str(uid) for uid in uids]])
        return {
            UUID(str(uid)): (json.loads(values), area, lon, lat)
            for _version, uid, values, area, lon, lat in cursor.fetchall()
        }


def _differences(
    definition: LayerDefinition, old: dict[str, Any], new: dict[str, Any], language: str
) -> tuple[Difference, ...]:
    if not old:
        return ()
    return tuple(
        Difference(
            one.label(language),
            one.type.format(old.get(one.name), language),
            one.type.format(new.get(one.name), language),
        )
        for one in definition.public_fields
        if old.get(one.name) != new.get(one.name)
    )


def live_moments(layer: Layer) -> dict[int, str]:
    """Version id → the moment to ask `datetime` for; the live version needs none."""
    return {
        made.version.pk: made.at.isoformat().replace("+00:00", "Z")
        for made in publications([layer])
        if made.version.pk != layer.live_version_id
    }


def forget() -> None:
    """What this process remembers of counts."""
    _counted.clear()
