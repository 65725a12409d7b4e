"""Which parts the pack of a unit has now, and by which key each is known.

A part that was made once under a key is never made again; what the bytes depend on is in the key:
the live versions, their declarations, the fields that are public in them, the office's choice. So
nothing has to be invalidated: another version, another key.
"""

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils import timezone

from gis_portal.officer.packs import store
from gis_portal.officer.packs.chosen import (
    chosen_layers,
    ground_version,
    imagery_layers,
    register_layer,
)
from gis_portal.officer.packs.handbook.pages import handbook_key
from gis_portal.officer.packs.models import (
    HANDBOOK,
    IMAGERY,
    LAYERS,
    PARCELS,
    PRIVATE,
    TILES,
    Part,
)
from layers.models import AdminUnit, Layer, LayerVersion
from tiles.source import source_for

# Part of every key: raise it whenever the same content is to be written otherwise.
REVISION = 1
# Of every unit's pack, in the order in which they are made and listed.
USUAL = (PARCELS, LAYERS, HANDBOOK, TILES)
SUFFIX = {TILES: "pmtiles", IMAGERY: "pmtiles"}


@dataclass(frozen=True)
class Office:
    """What all packs are made of, looked up once a request: the register, the chosen layers."""

    register: Layer
    version: LayerVersion
    layers: Sequence[Layer]
    imagery: Sequence[Layer]
    handbook: str
    # Version of the layer that gives units their shapes.
    ground: int | None = None

    @classmethod
    def now(cls) -> "Office | None":
        """None while no register is published."""
        register = register_layer()
        if register is None or register.live_version is None:
            return None
        pictures = imagery_layers()
        return cls(
            register,
            register.live_version,
            chosen_layers(),
            pictures,
            handbook_key(),
            ground_version(),
        )

    @property
    def as_of(self) -> str | None:
        """The day that the register's data are of."""
        day = day_of(self.version)
        return day.isoformat() if day else None

    @cached_property
    def tiled(self) -> list[Layer]:
        """Layers of the map, the register on top: what everybody may see, and nothing else."""
        return [*([self.register] if self.register.is_public else []), *self.layers]

    def key(self, kind: str, unit: AdminUnit, base: str = "") -> str:
        """By which the part is known. `base`: of tiles, whose rows they show."""
        return _digest([REVISION, kind, *self._made_from(kind, unit, base)])

    def _made_from(self, kind: str, unit: AdminUnit, base: str) -> list[Any]:
        match kind:
            case "handbook":
                return [self.handbook]
            case "layers":
                return [unit.pk, unit.name, self.ground, *(_said(each) for each in self.layers)]
            case "tiles":
                sources = [_tiles_digest(each, each.live_version_id) for each in self.layers]
                own = _tiles_digest(self.register, 0)  # its version is in the base
                return [unit.pk, self.ground, base, self.register.is_public, own, *sources]
            case "imagery":
                pictures = [(each.slug, each.live_version_id) for each in self.imagery]
                return [unit.pk, self.ground, *pictures]
        return [unit.pk, unit.name, _said(self.register)]


def day_of(version: LayerVersion) -> dt.date | None:
    """The day that a version's data are of: declared, else that of its publication."""
    if version.data_date is not None:
        return version.data_date
    return timezone.localtime(version.published_at).date() if version.published_at else None


def _said(layer: Layer) -> tuple[Any, ...]:
    """What the written rows of a live version depend on."""
    version = layer.live_version
    public = version.public_fields if version is not None else None
    return layer.slug, layer.live_version_id, layer.definition_text, public


def _tiles_digest(layer: Layer, version_id: int | None) -> tuple[str, str]:
    """What the layer's tiles are made by."""
    source = source_for(layer.parsed, version_id or 0, is_public=True)
    return layer.slug, source.digest


def _digest(told: Iterable[Any]) -> str:
    return hashlib.sha256(repr(list(told)).encode()).hexdigest()


@dataclass(frozen=True)
class Pack:
    """The parts of one unit by kind; what is `missing` has to be made."""

    unit: AdminUnit
    parts: dict[str, Part]
    missing: tuple[str, ...]


def packs_of(office: Office, units: Sequence[AdminUnit], *, private: bool) -> list[Pack]:
    """The packs of these units as far as they are made. Two queries, and a look at the disk for
    each part.
    """
    plain = [kind for kind in (*USUAL, IMAGERY, PRIVATE) if kind != TILES]
    if not office.imagery:
        plain.remove(IMAGERY)
    if not private:
        plain.remove(PRIVATE)
    keys = {(unit.pk, kind): office.key(kind, unit) for unit in units for kind in plain}
    found = _known(keys.values())
    bases = {
        unit.pk: part.tiles_base
        for unit in units
        if (part := found.get(keys[unit.pk, PARCELS])) is not None
    }
    for unit in units:
        if unit.pk in bases:
            keys[unit.pk, TILES] = office.key(TILES, unit, bases[unit.pk])
    found |= _known(keys[pk, TILES] for pk in bases)
    return [_pack(unit, keys, found, [*plain, TILES]) for unit in units]


def _pack(
    unit: AdminUnit, keys: dict[tuple[int, str], str], found: dict[str, Part], kinds: list[str]
) -> Pack:
    order = sorted(kinds, key=[*USUAL, PRIVATE, IMAGERY].index)
    parts = {kind: found.get(keys.get((unit.pk, kind), "")) for kind in order}
    return Pack(
        unit,
        {kind: part for kind, part in parts.items() if part is not None and part.size},
        tuple(kind for kind, part in parts.items() if part is None),
    )


def _known(keys: Iterable[str]) -> dict[str, Part]:
    """Parts that are made and whose files are there. A part without bytes is known to be empty."""
    parts = Part.objects.filter(key__in=list(keys)).select_related("version")
    return {part.key: part for part in parts if is_there(part)}


def is_there(part: Part) -> bool:
    """It can be handed out, or there is nothing in it."""
    return part.kind == PRIVATE or part.size == 0 or store.is_kept(part.sha256)
