"""The staged version against the live one: added, changed, removed, unchanged, and what became of
what.

Features are matched by uid. A feature changed when its shape in the source grid, its number, a
public or a private value differs; the unit is ours and does not count. The database compares, no
value leaves it: `changes` makes the list, `lineage` finds renumbered, split and merged parcels.
What it comes to stays with the version, and publication is refused when another version has become
live since (`compare_again`).
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from importers import changes, lineage
from layers import events, identity
from layers.approval import forget_decisions
from layers.errors import PublicationRefused
from layers.models import Layer, LayerVersion, VersionEvent
from layers.partitions import feature_table, reassign_uids
from layers.permissions import User

_REFUSED = """
SELECT count(*) FROM portal_diff WHERE what = 'removed' AND uid = ANY(%(refused)s::uuid[])
"""
_NAMES = {
    "shape": "changed_shape",
    "values": "changed_values",
    "both": "changed_both",
}


@dataclass
class Diff:
    """Counts of features; `area_delta_m2` in the source grid; up to ten keys of each kind.

    `removed_refused`: how many of the removed have a row in the file, which was refused.
    Renumbered features are among the changed ones. `split`, `merged` and `rearranged` count
    groups of features. `changes_kept`: how many are listed with the version.
    """

    added: int = 0
    removed: int = 0
    removed_refused: int = 0
    unchanged: int = 0
    changed_shape: int = 0
    changed_values: int = 0
    changed_both: int = 0
    renumbered: int = 0
    split: int = 0
    merged: int = 0
    rearranged: int = 0
    area_delta_m2: float = 0.0
    changes_kept: int = 0
    examples: dict[str, list[str]] = field(default_factory=dict)

    @property
    def changed(self) -> int:
        """Features that are in both versions and differ."""
        return self.changed_shape + self.changed_values + self.changed_both

    @property
    def former(self) -> int:
        """Features of the version that it was compared with."""
        return self.removed + self.changed + self.unchanged

    @property
    def removed_share(self) -> float:
        """Removed of former features, 0–1."""
        return self.removed / self.former if self.former else 0.0

    def as_dict(self) -> dict[str, Any]:
        """Plain values for the run's row, the version and the report."""
        sums = {name: getattr(self, name) for name in ("changed", "former", "removed_share")}
        return {**asdict(self), **sums}


def compare(
    staged: LayerVersion,
    live: LayerVersion | None,
    *,
    has_private: bool,
    refused: Sequence[UUID] = (),
    identities: identity.Identities | None = None,
) -> Diff:
    """The difference; everything is added where nothing is live, and then no list is kept.

    Stores it with the version, with the lineage; renumbered rows get their former uids.
    `refused`: uids of rows that were left out. `identities`: those that gave the rows their uids.
    """
    identities = identities or identity.Identities(staged.layer)
    identity.remember(staged.layer, identities.handed_out, "reused")
    with transaction.atomic():
        diff = (
            _differences(staged, live, identities, has_private, refused) if live else _new(staged)
        )
        staged.base_version, staged.change = live, diff.as_dict()
        staged.save(update_fields=["base_version", "change"])
    return diff


def compare_again(version: LayerVersion, *, by: User | None = None) -> Diff:
    """The same with what is live now, asked for by that person.

    An approval and a reason for removals were given for another comparison: they are taken away,
    the version's events tell of them. Numbers are matched anew: uids may change. Raises
    PublicationRefused for a version that does not wait for publication.
    """
    with transaction.atomic():
        rows = Layer.objects.select_for_update(of=("self",), no_key=True)
        layer = rows.select_related("live_version").get(pk=version.layer_id)
        version = LayerVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
        if version.state != LayerVersion.STAGED:
            raise PublicationRefused(f"{version}: {version.get_state_display()}")
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
        version.layer = layer
        forget_decisions(version)
        changes.forget(version)
        identities = _identify_again(version)
        has_private = any(f.is_private for f in layer.parsed.fields)
        live = layer.live_version
        events.record(version, VersionEvent.COMPARED, by, f"v{live.number}" if live else "")
        return compare(version, live, has_private=has_private, identities=identities)


def _identify_again(version: LayerVersion) -> identity.Identities:
    """Give the rows the uids that an import of today would."""
    identities = identity.Identities(version.layer)
    table = feature_table(version.pk)
    rows = changes.rows(f'SELECT uid, key FROM "{table}"')  # noqa: S608 - table name is ours
    now = identities.uids([key for _uid, key in rows])
    moved = {was: uid for (was, _key), uid in zip(rows, now, strict=True) if was != uid}
    if moved:
        reassign_uids(version.pk, moved)
    return identities


def _new(staged: LayerVersion) -> Diff:
    """Everything is added."""
    table = feature_table(staged.pk)
    sql = f"""SELECT count(*), coalesce(sum(area_m2), 0), ARRAY(
      SELECT key FROM "{table}" ORDER BY key LIMIT 10) FROM "{table}" """  # noqa: S608 - as above
    count, area, keys = changes.rows(sql)[0]
    return Diff(added=count, area_delta_m2=float(area), examples={"added": keys})


def _differences(
    staged: LayerVersion,
    live: LayerVersion,
    identities: identity.Identities,
    has_private: bool,
    refused: Sequence[UUID],
) -> Diff:
    changes.find(staged, live, has_private=has_private)
    found = lineage.trace(staged, live, identities)
    diff = Diff()
    for name, groups in found.items():
        setattr(diff, name, groups)
    for what, count, area, keys in changes.counts():
        setattr(diff, _NAMES.get(what, what), count)
        diff.area_delta_m2 += float(area)
        diff.examples[what] = keys
    table = feature_table(staged.pk)
    total = changes.rows(f'SELECT count(*) FROM "{table}"')[0][0]  # noqa: S608 - as above
    diff.unchanged = total - diff.added - diff.changed
    diff.changes_kept = changes.keep(staged)
    if diff.removed and refused:
        uids = [str(uid) for uid in refused]
        diff.removed_refused = changes.rows(_REFUSED, refused=uids)[0][0]
    changes.clear()
    return diff
