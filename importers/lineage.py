"""Which parcels came from which: renumbered, split, merged, rearranged, told by overlap.

Works on what differs (`changes.find`), never on all × all. A *seed* is a feature that is gone, new
or not where it was; only pairs with a seed are laid over each other. A parcel that kept its place
keeps its uid (`layers.identity`): the staged rows get it here. docs/decisions/0008.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings

from importers import changes
from layers import identity
from layers.models import LayerVersion, Lineage
from layers.partitions import feature_table

# More differing features than this on both sides are a new survey: only equal shapes are matched.
MOST_LAID_OVER = 200_000
# Less of the smaller parcel is the width of a boundary line, not a part of it.
MIN_SHARE = 0.1
_SIDE = """
CREATE TEMP TABLE {name} ON COMMIT DROP AS
SELECT d.uid, d.{key} AS key, d.moved AS seed,
  CASE WHEN ST_IsValid(f.geom) THEN f.geom ELSE ST_MakeValid(f.geom) END AS geom
FROM portal_diff d JOIN {source} f ON f.uid = d.uid
WHERE d.{key} IS NOT NULL AND d.what <> 'values'
"""
# Equal shapes, one to one; several in one place go in the order of their keys when as many came as
# went.
_EQUAL = """
CREATE TEMP TABLE portal_pair ON COMMIT DROP AS
WITH o AS (SELECT *, row_number() OVER w AS place, count(*) OVER (PARTITION BY geom) AS many
           FROM portal_old WHERE seed WINDOW w AS (PARTITION BY geom ORDER BY key)),
     n AS (SELECT *, row_number() OVER w AS place, count(*) OVER (PARTITION BY geom) AS many
           FROM portal_new WHERE seed WINDOW w AS (PARTITION BY geom ORDER BY key))
SELECT o.uid AS old_uid, o.key AS old_key, n.uid AS new_uid, n.key AS new_key,
  1::float8 AS old_share, 1::float8 AS new_share, 'values' AS what
FROM o JOIN n ON n.geom = o.geom AND n.place = o.place AND n.many = o.many AND n.uid <> o.uid
"""
_SHARES = """
  SELECT o.uid AS old_uid, o.key AS old_key, n.uid AS new_uid, n.key AS new_key,
    common / ST_Area(o.geom) AS old_share, common / ST_Area(n.geom) AS new_share,
    o.seed AS old_seed, n.seed AS new_seed
  FROM portal_old o JOIN portal_new n ON {joined},
    LATERAL (SELECT ST_Area(ST_Intersection(o.geom, n.geom)) AS common) x
  WHERE ST_Area(o.geom) > 0 AND ST_Area(n.geom) > 0
"""
_OVERLAP = (
    "CREATE TEMP TABLE portal_overlap ON COMMIT DROP AS "
    + _SHARES.format(joined="o.geom && n.geom AND (o.seed OR n.seed)")
    + " AND common >= %(least)s * least(ST_Area(o.geom), ST_Area(n.geom))"
)
# Each almost wholly covers the other and nothing else, and neither is still in its own place.
_ALMOST = """
WITH same AS (SELECT * FROM portal_overlap WHERE old_share >= %(same)s AND new_share >= %(same)s),
alone AS (
  SELECT *,
    count(*) OVER (PARTITION BY old_uid) AS new_here,
    count(*) OVER (PARTITION BY new_uid) AS old_here
  FROM same WHERE old_uid <> new_uid AND old_seed AND new_seed
    AND old_uid NOT IN (SELECT old_uid FROM same WHERE old_uid = new_uid)
    AND new_uid NOT IN (SELECT new_uid FROM same WHERE old_uid = new_uid))
INSERT INTO portal_pair
SELECT old_uid, old_key, new_uid, new_key, old_share, new_share,
  CASE WHEN n.properties = o.properties THEN 'shape' ELSE 'both' END
FROM alone JOIN "{table}" n ON n.uid = new_uid
JOIN layers_feature o ON o.version_id = %(live)s AND o.uid = old_uid
WHERE new_here = 1 AND old_here = 1
"""
# A row whose uid goes to the parcel in its former place: its number was given to another parcel.
_DISPLACED = """
SELECT uid, key FROM portal_diff WHERE key IS NOT NULL
  AND uid IN (SELECT old_uid FROM portal_pair) AND uid NOT IN (SELECT new_uid FROM portal_pair)
"""
# Hold from publication on (`layers.identity`).
_ALIASES = """
INSERT INTO layers_identityalias (layer_id, key, uid, kind)
SELECT %(layer)s, new_key, old_uid, 'renumbered' FROM portal_pair ON CONFLICT DO NOTHING
"""
_REASSIGN = """
SELECT portal_reassign_uids(%(version)s, array_agg(before), array_agg(after)) FROM (
  SELECT new_uid, old_uid FROM portal_pair
  UNION ALL SELECT * FROM unnest(%(before)s::uuid[], %(after)s::uuid[])) AS m (before, after)
"""
_REDONE = """
WITH redone AS (
  SELECT p.old_uid AS uid, p.new_key AS key, p.old_key, n.area, o.old_area, true AS moved, p.what
  FROM portal_pair p JOIN portal_diff n ON n.uid = p.new_uid JOIN portal_diff o ON o.uid = p.old_uid
  UNION ALL
  SELECT m.after, d.key, NULL, d.area, NULL, true, 'added'
  FROM unnest(%(before)s::uuid[], %(after)s::uuid[]) AS m (before, after)
  JOIN portal_diff d ON d.uid = m.before
  UNION ALL
  SELECT uid, NULL, old_key, NULL, old_area, true, 'removed' FROM portal_diff
  WHERE old_key IS NOT NULL AND uid IN (SELECT new_uid FROM portal_pair)
    AND uid NOT IN (SELECT old_uid FROM portal_pair)
), gone AS (
  DELETE FROM portal_diff USING (SELECT old_uid AS uid FROM portal_pair
    UNION SELECT new_uid FROM portal_pair) p WHERE portal_diff.uid = p.uid
)
INSERT INTO portal_diff SELECT * FROM redone
"""
_RENUMBERED = """
INSERT INTO layers_lineage
  (layer_id, version_id, kind, old_uid, old_key, new_uid, new_key, old_share, new_share)
SELECT %(layer)s, %(version)s, 'renumbered', old_uid, old_key, old_uid, new_key, old_share,
  new_share FROM portal_pair
"""
_EDGES = """
SELECT old_uid, old_key, new_uid, new_key, least(old_share, 1), least(new_share, 1)
FROM portal_overlap
WHERE old_uid NOT IN (SELECT old_uid FROM portal_pair)
  AND new_uid NOT IN (SELECT new_uid FROM portal_pair)
"""
# A neighbour that only took in a small parcel is where it was: its own share is told as well.
_OWN = """
WITH edge AS ({edges}), touched AS (SELECT old_uid AS uid FROM edge UNION SELECT new_uid FROM edge)
{shares} AND o.uid IN (SELECT uid FROM touched) AND NOT (o.seed OR n.seed)
"""


@dataclass(frozen=True)
class Edge:
    """A former feature and one that lies on it; shares of area, 0–1."""

    old_uid: UUID
    old_key: str
    new_uid: UUID
    new_key: str
    old_share: float
    new_share: float


def trace(
    staged: LayerVersion, live: LayerVersion, identities: identity.Identities
) -> dict[str, int]:
    """Recognise what became of what, give renumbered rows their uids, store the lineage.

    Answers how many were renumbered, split, merged, rearranged. `portal_diff` is corrected.
    """
    if not changes.is_measured(staged.layer) or not _prepare(staged, live):
        return {}
    laid_over = _find_pairs(staged, live)
    after = _move_uids(staged, identities)
    found = {"renumbered": _store_renumbered(staged)}
    if laid_over:
        found |= _store_parts(staged, _edges(after))
    return found


def _prepare(staged: LayerVersion, live: LayerVersion) -> bool:
    """The two sides that differ, as small tables; False when one is empty."""
    partition = f"(SELECT * FROM layers_feature WHERE version_id = {live.pk})"  # noqa: S608 - a number
    old = _SIDE.format(name="portal_old", key="old_key", source=partition)
    new = _SIDE.format(name="portal_new", key="key", source=f'"{feature_table(staged.pk)}"')
    if not (changes.run(old) and changes.run(new)):
        return False
    changes.run("ANALYZE portal_old")
    changes.run("ANALYZE portal_new")
    return True


def _find_pairs(staged: LayerVersion, live: LayerVersion) -> bool:
    """Fill `portal_pair` with what was renumbered; True when shapes were laid over each other."""
    changes.run(_EQUAL)
    for side in ("old", "new"):
        changes.run(
            f"DELETE FROM portal_{side} s USING portal_pair p "  # noqa: S608 - two names of ours
            f"WHERE p.{side}_uid = s.uid"
        )
    sizes = changes.rows(
        "SELECT (SELECT count(*) FROM portal_old), (SELECT count(*) FROM portal_new)"
    )[0]
    if staged.layer.geometry_kind != "polygon" or min(sizes) > MOST_LAID_OVER:
        return False
    # Serves the join by overlap below.
    changes.run("CREATE INDEX ON portal_new USING gist (geom)")
    changes.run("ANALYZE portal_new")
    changes.run(_OVERLAP, least=MIN_SHARE)
    almost = _ALMOST.format(table=feature_table(staged.pk))
    changes.run(almost, same=settings.PORTAL_SAME_PLACE, live=live.pk)
    return True


def _move_uids(staged: LayerVersion, identities: identity.Identities) -> dict[UUID, UUID]:
    """The staged rows of renumbered parcels get their uids, those in whose way they are new ones.

    Answers the uids that were given anew, before → after.
    """
    if not changes.rows("SELECT 1 FROM portal_pair LIMIT 1"):
        return {}
    changes.run(_ALIASES, layer=staged.layer_id)
    displaced = changes.rows(_DISPLACED)
    fresh = {key: identities.fresh(key, avoid=(uid,)) for uid, key in displaced}
    after = {uid: fresh[key] for uid, key in displaced}
    identity.remember(staged.layer, fresh, "reused")
    moved = {"before": list(after), "after": list(after.values())}
    changes.run(_REASSIGN, version=staged.pk, **moved)
    changes.run(_REDONE, **moved)
    return after


def _store_renumbered(staged: LayerVersion) -> int:
    return changes.run(_RENUMBERED, layer=staged.layer_id, version=staged.pk)


def _edges(after: dict[UUID, UUID]) -> list[Edge]:
    """Overlaps of what was not renumbered, with the uids that the staged rows have now."""
    shares = _SHARES.format(joined="o.uid = n.uid")
    own = _OWN.format(edges=_EDGES, shares=shares)
    found = [Edge(*row) for row in changes.rows(_EDGES)]
    found += [Edge(*row[:6]) for row in changes.rows(own)]
    return [
        Edge(
            e.old_uid,
            e.old_key,
            after.get(e.new_uid, e.new_uid),
            e.new_key,
            e.old_share,
            e.new_share,
        )
        for e in found
    ]


def _store_parts(staged: LayerVersion, edges: list[Edge]) -> dict[str, int]:
    """Store groups of features that share ground; answers how many of each kind."""
    found: dict[str, int] = defaultdict(int)
    lines: list[Lineage] = []
    for group in groups(edges):
        kind = kind_of(group)
        if kind:
            found[kind] += 1
            lines += (
                Lineage(layer_id=staged.layer_id, version=staged, kind=kind, **vars(edge))
                for edge in group
            )
    Lineage.objects.bulk_create(lines, batch_size=5_000)
    return found


def kind_of(group: Iterable[Edge]) -> str:
    """What happened to a group of connected features, empty when nothing that is worth a word."""
    edges = list(group)
    old, new = {e.old_uid for e in edges}, {e.new_uid for e in edges}
    if len(old) == len(new) == 1:
        edge = edges[0]
        is_same = edge.old_uid == edge.new_uid or min(edge.old_share, edge.new_share) < 0.5
        return "" if is_same else Lineage.REARRANGED
    if len(old) == 1:
        return Lineage.SPLIT
    return Lineage.MERGED if len(new) == 1 else Lineage.REARRANGED


def groups(edges: list[Edge]) -> list[list[Edge]]:
    """Edges by connected component, in the order in which they came."""
    parent: dict[tuple[str, UUID], tuple[str, UUID]] = {}

    def root(node: tuple[str, UUID]) -> tuple[str, UUID]:
        parent.setdefault(node, node)
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for edge in edges:
        parent[root(("old", edge.old_uid))] = root(("new", edge.new_uid))
    found: dict[tuple[str, UUID], list[Edge]] = defaultdict(list)
    for edge in edges:
        found[root(("old", edge.old_uid))].append(edge)
    return list(found.values())
