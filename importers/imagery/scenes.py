"""The rows of a version of scenes: the new scene, and those of the live version beside it.

A version is a whole import; of an imagery layer the file is one scene, so the others are carried
over. A scene of the same day and name is replaced.
"""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import shapely
from django.db import connection

from importers.batch import Batch, object_array
from importers.readers.source import Source, Stream
from layers.crs import Crs, by_srid
from layers.definition import LayerDefinition
from layers.identity import join_key
from layers.imagery import ILLUSTRATIVE, KEY, SOURCE
from layers.models import Layer, LayerVersion


def of_scene(source: Source, batch: Batch, definition: LayerDefinition) -> Source:
    """The source as the pipeline takes it: columns named as fields, the one row."""
    return _source(source, [batch], [f.name for f in definition.fields])


def with_live(source: Source, batch: Batch, version: LayerVersion) -> tuple[Source, int]:
    """The same with the live version's other scenes, and how many those are.

    The caller holds the layer's lock, so that the live version stays what it is. The new version
    is as old as its newest scene, and illustrative when any scene is.
    """
    carried = list(_live(version.layer, {_key(batch.columns, 0)}, first_row=2))
    count = sum(map(len, carried))
    days = [dt.date.fromisoformat(str(day)) for day in _values(carried, KEY[0])]
    version.data_date = max([*days, *filter(None, [version.data_date])], default=None)
    version.is_illustrative |= any(_values(carried, ILLUSTRATIVE))
    return _source(source, [batch, *carried], source.fields), count


def _values(batches: list[Batch], name: str) -> list[Any]:
    """What is in a column, of all batches that have it."""
    return [value for b in batches if name in b.columns for value in b.columns[name] if value]


def _source(source: Source, batches: list[Batch], fields: list[str]) -> Source:
    def read(_crs: Crs) -> Stream:
        for batch in batches:
            yield batch, []

    return replace(source, fields=fields, feature_count=sum(map(len, batches)), read=read)


def _live(layer: Layer, without: set[str], first_row: int) -> Iterable[Batch]:
    """The live scenes with other keys, a batch for each system they were surveyed in."""
    found: dict[int, list[tuple[dict[str, Any], shapely.Geometry]]] = defaultdict(list)
    whose = _whose(layer)
    for srid, wkb, properties in _rows(layer):
        if join_key([properties.get(name) for name in KEY]) not in without:
            found[srid].append(({**whose, **properties}, shapely.from_wkb(bytes(wkb))))
    row = first_row
    for srid, scenes in found.items():
        names = sorted({name for properties, _shape in scenes for name in properties})
        columns = {
            name: object_array([properties.get(name) for properties, _shape in scenes])
            for name in names
        }
        rows = np.arange(row, row + len(scenes), dtype=np.int64)
        row += len(scenes)
        yield Batch(columns, object_array([shape for _p, shape in scenes]), rows, by_srid(srid))


def _whose(layer: Layer) -> dict[str, Any]:
    """What the live version says of its scenes that do not say it themselves: older imports."""
    version = layer.live_version
    if version is None:
        return {}
    words = {SOURCE: version.source_org or None, ILLUSTRATIVE: version.is_illustrative or None}
    return {name: value for name, value in words.items() if name in layer.parsed.by_name}


def _rows(layer: Layer) -> list[tuple[int, bytes, dict[str, Any]]]:
    if layer.live_version_id is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ST_SRID(coalesce(geom_source, geom)), ST_AsBinary(coalesce(geom_source, geom)),"
            " properties::text FROM layers_feature WHERE version_id = %s ORDER BY id",
            [layer.live_version_id],
        )
        return [(srid, wkb, json.loads(text)) for srid, wkb, text in cursor.fetchall()]


def _key(columns: dict[str, np.ndarray], row: int) -> str:
    return join_key([columns[name][row] for name in KEY])
