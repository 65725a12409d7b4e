"""What became of a layer's features between two of its versions, one by one, in order of uid.

Each import lists which features it touched (`VersionChange`, written by importers). Those lists
lead from any version to any other along their bases; whoever stands in none of them is the same in
both. What a listed feature came to is read from its two rows: a feature that changed and changed
back is no change, one that came and went is none either, and a change of private values alone is
not told. Neighbours: `past` says which versions, `layers.api.changes` answers.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from layers.errors import PortalError
from layers.models import Feature, Layer, LayerVersion, Lineage, VersionChange

CHANGED = (VersionChange.SHAPE, VersionChange.VALUES, VersionChange.BOTH)
_FIRST = UUID(int=0)
# Listed features that one page looks at, found changed or not: half a second on a busy machine.
EXAMINED = 20_000
# Listed features that a count looks at; a few seconds, once for two versions.
COUNTED = 100_000
# What a reader sees of a row. The unit is ours, not the data's, as in the comparison of imports.
# LIMIT keeps the planner from joining whole versions; shapes are compared as surveyed, by bytes.
_ROW = """LATERAL (
  SELECT f.uid, ST_AsEWKB(coalesce(f.geom_source, f.geom)) AS shape,
    jsonb_strip_nulls(f.properties) AS values
  FROM layers_feature f WHERE f.version_id = {version} AND f.uid = touched.uid LIMIT 1
) {name} ON true"""
_LISTED = f"""
SELECT touched.uid, o.uid IS NULL, n.uid IS NULL, o.shape <> n.shape, o.values <> n.values
FROM (SELECT DISTINCT uid FROM layers_versionchange
      WHERE version_id = ANY(%(lists)s) AND uid > %(after)s
      ORDER BY uid LIMIT %(examined)s) AS touched
LEFT JOIN {_ROW.format(version="%(old)s", name="o")}
LEFT JOIN {_ROW.format(version="%(new)s", name="n")}
WHERE (o.uid IS NULL) <> (n.uid IS NULL) OR o.shape <> n.shape OR o.values <> n.values
ORDER BY touched.uid LIMIT %(limit)s
"""  # noqa: S608 - two copies of the text above
_LAST_EXAMINED = """
SELECT DISTINCT uid FROM layers_versionchange WHERE version_id = ANY(%(lists)s) AND uid > %(after)s
ORDER BY uid OFFSET %(examined)s - 1 LIMIT 1
"""
_ALL = """
SELECT f.uid FROM layers_feature f WHERE f.version_id = %(new)s AND f.uid > %(after)s
ORDER BY f.uid LIMIT %(limit)s
"""


class ChangesNotKept(PortalError):
    """No whole list of changes leads from there to today."""

    code, status = "changes-not-kept", 410
    title = _("Không còn đủ danh sách thay đổi kể từ đó")
    hint = _(
        "Hãy đọc lại toàn bộ lớp theo liên kết items, rồi hỏi thay đổi kể từ số phiên bản "
        "ghi ở version."
    )


@dataclass(frozen=True)
class Change:
    """`what`: added, removed, or which of shape and values differs. Only what was removed has
    successors: the uids that stand in its place in the later version.
    """

    uid: UUID
    what: str
    successors: tuple[UUID, ...] = ()


@dataclass(frozen=True)
class Step:
    """One comparison on the way from a version to another; `back` when it is gone against its
    sense.
    """

    version_id: int
    back: bool


def changes_page(
    layer: Layer, old: LayerVersion | None, new: LayerVersion, *, limit: int, after: UUID | None
) -> tuple[list[Change], UUID | None]:
    """At most `limit` changes behind that uid, and behind which uid to go on, None at the end.

    A page may be short, or empty, where much was listed that comes to nothing. Without an old
    version everything is added. Raises ChangesNotKept.
    """
    if old is not None and old.pk == new.pk:
        return [], None
    asked: dict[str, Any] = {"new": new.pk, "after": after or _FIRST, "limit": limit + 1}
    if old is None:
        found = [Change(uid, VersionChange.ADDED) for (uid,) in _rows(_ALL, **asked)]
        return found[:limit], found[limit - 1].uid if len(found) > limit else None
    steps = steps_between(layer, old, new)
    asked |= {
        "lists": [step.version_id for step in steps],
        "old": old.pk,
        "examined": max(EXAMINED, limit + 1),
    }
    found = [Change(uid, _kind(*signs)) for uid, *signs in _rows(_LISTED, **asked)]
    if len(found) > limit:
        found = found[:limit]
        return _with_successors(layer, new, steps, found), found[-1].uid
    beyond = _rows(_LAST_EXAMINED, **asked)
    return _with_successors(layer, new, steps, found), beyond[0][0] if beyond else None


def count_changes(
    layer: Layer, old: LayerVersion, new: LayerVersion
) -> tuple[dict[str, int], bool]:
    """How many features of each kind differ, and whether that is all of them: no more than COUNTED
    are looked at. Raises ChangesNotKept.
    """
    asked: dict[str, Any] = {
        "lists": [step.version_id for step in steps_between(layer, old, new)],
        "old": old.pk,
        "new": new.pk,
        "after": _FIRST,
        "examined": COUNTED,
        "limit": COUNTED,
    }
    counts = Counter(_kind(*signs) for _uid, *signs in _rows(_LISTED, **asked))
    return dict(counts), not _rows(_LAST_EXAMINED, **asked)


def steps_between(layer: Layer, old: LayerVersion, new: LayerVersion) -> list[Step]:
    """The comparisons that lead from one version to the other over what both come from.

    Raises ChangesNotKept when they have nothing in common, or one of the lists was cut.
    """
    rows = LayerVersion.objects.filter(layer=layer).only("base_version_id", "change")
    versions = {version.pk: version for version in rows}
    ahead, behind = list(_ancestors(versions, new.pk)), list(_ancestors(versions, old.pk))
    meeting = next((pk for pk in behind if pk in ahead), None)
    if meeting is None:
        raise ChangesNotKept
    steps = [Step(pk, back=True) for pk in behind[: behind.index(meeting)]]
    steps += [Step(pk, back=False) for pk in reversed(ahead[: ahead.index(meeting)])]
    if not all(_is_whole(versions[step.version_id].change) for step in steps):
        raise ChangesNotKept
    return steps


def _ancestors(versions: dict[int, LayerVersion], pk: int | None) -> Iterator[int]:
    """The version, what it was compared with, what that was compared with, and so on."""
    while pk is not None and pk in versions:
        yield pk
        pk = versions[pk].base_version_id


def _is_whole(change: dict[str, Any]) -> bool:
    """Every difference that was counted is listed."""
    counted = sum(change.get(name, 0) for name in ("added", "removed", "changed"))
    return bool(change.get("changes_kept", -1) == counted)


def _kind(is_new: bool, is_gone: bool, shape: bool | None, values: bool | None) -> str:
    if is_new:
        return VersionChange.ADDED
    if is_gone:
        return VersionChange.REMOVED
    if shape and values:
        return VersionChange.BOTH
    return VersionChange.SHAPE if shape else VersionChange.VALUES


def _with_successors(
    layer: Layer, new: LayerVersion, steps: Sequence[Step], found: list[Change]
) -> list[Change]:
    """The same, what was removed with what stands in its place in the new version."""
    heirs = {change.uid: [change.uid] for change in found if change.what == VersionChange.REMOVED}
    for step in steps if heirs else ():
        wanted = {uid for uids in heirs.values() for uid in uids}
        became = _became(layer, step, wanted)
        for uid, uids in heirs.items():
            passed_on = [heir for former in uids for heir in became.get(former, [former])]
            heirs[uid] = list(dict.fromkeys(passed_on))
    everybody = {uid for uids in heirs.values() for uid in uids}
    alive = _alive(new, everybody) if everybody - set(heirs) else set()
    return [
        replace(change, successors=tuple(uid for uid in heirs[change.uid] if uid in alive))
        if change.uid in heirs
        else change
        for change in found
    ]


def _became(layer: Layer, step: Step, uids: set[UUID]) -> dict[UUID, list[UUID]]:
    """uid → those in its place after the step, the largest share first."""
    lines = Lineage.objects.filter(layer=layer, version_id=step.version_id)
    if step.back:
        lines = lines.filter(new_uid__in=uids).order_by("-new_share", "old_uid")
        pairs = lines.values_list("new_uid", "old_uid")
    else:
        lines = lines.filter(old_uid__in=uids).order_by("-old_share", "new_uid")
        pairs = lines.values_list("old_uid", "new_uid")
    found: dict[UUID, list[UUID]] = {}
    for former, heir in pairs:
        found.setdefault(former, []).append(heir)
    return found


def _alive(version: LayerVersion, uids: set[UUID]) -> set[UUID]:
    """Those of the uids that the version has."""
    return set(
        Feature.objects.filter(version_id=version.pk, uid__in=uids).values_list("uid", flat=True)
    )


def _rows(sql: str, **params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())
