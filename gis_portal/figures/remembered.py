"""What was counted, by version: asked for by pages, made by the worker or on first sight.

A version never changes, so a tally is never out of date and never made twice. What else the numbers
depend on (the declaration, the layer's public fields) is in its digest. A page counts small
versions itself; a large one is left to the worker, and the page says so.
"""

import hashlib
import logging
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import astuple
from typing import Any

from django.db import Error, OperationalError, transaction

from gis_portal.figures.coverage import count_reach
from gis_portal.figures.declared import Indicator, indicators
from gis_portal.figures.models import Tally
from gis_portal.figures.tally import Cell, count_cells
from layers.errors import FilterNotEvaluable
from layers.models import Layer, LayerVersion

log = logging.getLogger(__name__)
# Raised when the engine's statements come to count otherwise.
REVISION = 1
# Features that a page counts itself: some ten milliseconds an indicator.
AT_ONCE = 50_000
PAGE_SECONDS, WORKER_SECONDS = 3, 120
_KEPT = 400
_known: OrderedDict[tuple[int, str, str], tuple[Cell, ...]] = OrderedDict()

Asked = tuple[Indicator, Layer]


def digest_of(indicator: Indicator, layer: Layer, version: LayerVersion) -> str:
    """Names what an answer depends on beside the version's rows."""
    types = [(name, repr(layer.parsed.by_name.get(name))) for name in indicator.fields]
    text = repr((REVISION, indicator, types, version.public_fields))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def cells_of(asked: Iterable[Asked]) -> dict[str, tuple[Cell, ...] | None]:
    """By the indicator's key; None: not counted yet. Layers have a live version and fit.

    One query, none when this process knows them all.
    """
    wanted = {_name(indicator, layer): (indicator, layer) for indicator, layer in asked}
    found = {name: _known[name] for name in wanted if name in _known}
    missing = [name for name in wanted if name not in found]
    if missing:
        found |= _stored(missing)
    for name in missing:
        indicator, layer = wanted[name]
        version = layer.live_version
        if name not in found and version is not None and version.feature_count <= AT_ONCE:
            made = _made(indicator, layer, name, PAGE_SECONDS)
            if made is not None:
                found[name] = made
    return {name[1]: found.get(name) for name in wanted}


def on_published(layer: Layer, **_more: Any) -> None:
    """Signal receiver: what asks this layer is left to the worker; what fails, to housekeeping."""
    from gis_portal.figures.tasks import tally_version

    asked = any(one.layer == layer.slug for one in indicators())
    if layer.live_version_id is None or not (asked or layer.parsed.shown.coverage):
        return
    try:
        with transaction.atomic():
            tally_version.enqueue(layer.live_version_id)
    except Error:
        log.exception("%s: its figures are left to housekeeping", layer.slug)


def count_version(version_id: int) -> str:
    """The worker: count for this version what is not counted yet."""
    layer = Layer.objects.filter(live_version=version_id).select_related("live_version").first()
    return "not live" if layer is None else f"{_count_layer(layer)} counted"


def keep_house() -> None:
    """Now and then: count what nobody announced, forget what is of no live version."""
    live = Layer.objects.exclude(live_version=None)
    for layer in live.select_related("live_version"):
        _count_layer(layer)
    Tally.objects.exclude(version__in=live.values("live_version")).delete()


def _count_layer(layer: Layer) -> int:
    asking = [one for one in indicators() if one.layer == layer.slug and one.fits(layer.parsed)]
    names = {_name(one, layer): one for one in asking}
    missing = [name for name in names if name not in _stored(names)]
    made = [_made(names[name], layer, name, WORKER_SECONDS) for name in missing]
    count_reach(layer)
    return sum(cells is not None for cells in made)


def _name(indicator: Indicator, layer: Layer) -> tuple[int, str, str]:
    version = layer.live_version
    assert version is not None
    return version.pk, indicator.key, digest_of(indicator, layer, version)


def _stored(names: Iterable[tuple[int, str, str]]) -> dict[tuple[int, str, str], tuple[Cell, ...]]:
    wanted = set(names)
    rows = Tally.objects.filter(
        version__in={name[0] for name in wanted}, digest__in={name[2] for name in wanted}
    ).values_list("version_id", "key", "digest", "cells")
    found = {
        (version, key, digest): tuple(Cell(*cell) for cell in cells)
        for version, key, digest, cells in rows
        if (version, key, digest) in wanted
    }
    _remember(found)
    return found


def _made(
    indicator: Indicator, layer: Layer, name: tuple[int, str, str], seconds: int
) -> tuple[Cell, ...] | None:
    """Count and keep; None when it took too long or a stored value does not fit."""
    version_id, key, digest = name
    try:
        cells = tuple(count_cells(indicator, layer.parsed, version_id, seconds=seconds))
    except (OperationalError, FilterNotEvaluable) as error:
        log.warning("%s was not counted for version %s: %s", key, version_id, type(error).__name__)
        return None
    Tally.objects.bulk_create(
        [Tally(version_id=version_id, key=key, digest=digest, cells=[*map(astuple, cells)])],
        ignore_conflicts=True,  # another process was as quick
    )
    _remember({name: cells})
    return cells


def _remember(found: Mapping[tuple[int, str, str], tuple[Cell, ...]]) -> None:
    _known.update(found)
    while len(_known) > _KEPT:
        _known.popitem(last=False)


def forget() -> None:
    """What this process remembers, for tests: their versions are rolled back."""
    _known.clear()
