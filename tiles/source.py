"""What the tiles of one version are made of: table, attributes, zooms. Derived from the layer's
definition.

A version never changes, so a process keeps what it learnt; the definition around it may (a
planner edits it, in another process), hence the short life of an entry, and the digest in the
address: one that the process does not know sends it back to the database. Liveness and visibility
are not cached: each tile's statement asks.
"""

import hashlib
import re
from dataclasses import dataclass, field, replace
from functools import cached_property

from django.conf import settings

from layers.definition import Geometry, LayerDefinition
from layers.errors import UnknownLayer, UnknownVersion, VersionRetired
from layers.models import Layer, LayerVersion
from layers.partitions import feature_table
from tiles.known import sources

Box = tuple[float, float, float, float]
NAME = re.compile(r"^[a-z][a-z0-9_]{0,62}$")
# Part of every digest: raise it whenever a statement gives other bytes for the same rows.
REVISION = 4
# Stored text of the property → the type that the tile carries it as; everything else stays text.
CASTS = {"integer": "::bigint", "decimal": "::float8", "money": "::float8", "boolean": "::boolean"}


@dataclass(frozen=True)
class TileSource:
    """One version as a source of tiles. `attributes` are property name → SQL cast."""

    slug: str
    version_id: int
    table: str
    kind: Geometry
    attributes: tuple[tuple[str, str], ...]
    by: str
    min_zoom: int
    working_zoom: int
    is_public: bool
    # Tables made for tiles are there (`TileSet`). Not part of the digest: the bytes say the same.
    prepared: bool = field(default=False, repr=False)
    # A large version whose tables are not there yet: its low zooms take seconds.
    is_awaited: bool = field(default=False, repr=False)
    # West, south, east, north of the version's features, degrees of WGS 84; None: not known.
    extent: Box | None = field(default=None, repr=False, compare=False)

    @property
    def cells(self) -> str:
        """Name of the tile layer that holds generalised cells below the working zoom."""
        return cells_name(self.slug)

    @cached_property
    def digest(self) -> str:
        """Changes whenever the same address would give other bytes."""
        return hashlib.sha256(f"{REVISION} {self!r}".encode()).hexdigest()[:12]

    @property
    def tables_digest(self) -> str:
        """As `digest`, of what prepared tables are made by: who may read does not matter."""
        return replace(self, is_public=True).digest


def cells_name(slug: str) -> str:
    """Cells are not features: they live in a tile layer of their own."""
    return f"{slug}.cells"


def source_for(
    definition: LayerDefinition, version_id: int, *, is_public: bool, prepared: bool = False
) -> TileSource:
    """The tile source of a version under a definition; raises nothing, asks nothing."""
    attributes = tuple(
        (f.name, CASTS.get(f.type.name, "")) for f in definition.tile_fields if NAME.match(f.name)
    )
    names = {name for name, _ in attributes}
    return TileSource(
        slug=definition.slug,
        version_id=version_id,
        table=feature_table(version_id),
        kind=definition.geometry,
        attributes=attributes,
        by=definition.style.by if definition.style.by in names else "",
        min_zoom=definition.style.min_zoom,
        working_zoom=definition.style.working_zoom,
        is_public=is_public,
        prepared=prepared,
    )


def source_of(slug: str, version_id: int, digest: str | None = None) -> TileSource:
    """The source behind a tile address; one query the first time a process meets the version.

    `digest` is the address's own: when it is not that of what the process knows, the layer was
    edited elsewhere and is read again. The answer may still have another digest (an old address).
    Raises UnknownVersion (no such version of that layer) or VersionRetired (not the live one).
    """
    source = sources.get(version_id)
    if not isinstance(source, TileSource) or digest not in (None, source.digest):
        source = _load(slug, version_id)
        sources.put(version_id, source)
    if source.slug != slug:
        raise why_not(slug, version_id)
    return source


def _load(slug: str, version_id: int) -> TileSource:
    live = Layer.objects.select_related("live_version__tile_set")
    layer = live.filter(slug=slug, live_version_id=version_id).first()
    if layer is None or layer.live_version is None:
        raise why_not(slug, version_id)
    source = source_for(layer.parsed, version_id, is_public=layer.is_public)
    extent = layer.live_version.extent
    made = getattr(layer.live_version, "tile_set", None)
    is_made = made is not None and made.is_ready_for(source.tables_digest)
    is_large = layer.live_version.feature_count >= settings.PORTAL_LOD_MIN
    return replace(
        source,
        prepared=is_made,
        is_awaited=is_large and not is_made,
        extent=extent.extent if extent else None,
    )


def why_not(slug: str, version_id: int) -> Exception:
    """The named reason why a version serves no tiles.

    Unpublished versions are not told apart from unknown ones, nor internal layers from layers that
    do not exist.
    """
    if not Layer.objects.visible_to(None).filter(slug=slug).exists():
        return UnknownLayer(slug)
    once = LayerVersion.objects.filter(
        layer__slug=slug, id=version_id, published_at__isnull=False
    ).exists()
    return VersionRetired() if once else UnknownVersion()
