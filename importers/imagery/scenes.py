"""The rows of a version of scenes: the new scene, and those of the live version beside it.

A version is a whole import; of an imagery layer the file is one scene, so the others are carried
over. A scene of the same day and name is replaced.
"""

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
from layers.imagery import KEY
from layers.models import Layer


def of_scene(source: Source, batch: Batch, definition: LayerDefinition) -> Source:
    """The source as the pipeline takes it: columns named as fields, the one row."""
    return _source(source, [batch], [f.name for f in definition.fields])


def with_live(source: Source, batch: Batch, layer: Layer) -> tuple[Source, int]:
    """The same with the live version's other scenes, and how many those are.

    The caller holds the layer's lock, so that the live version stays what it is.
    """
    carried = list(_live(layer, {_key(batch.columns, 0)}, first_row=2))
    count = sum(map(len, carried))
    return _source(source, [batch, *carried], source.fields), count


def _source(source: Source, batches: list[Batch], fields: list[str]) -> Source:
    def read(_crs: Crs) -> Stream:
        for batch in batches:
            yield batch, []

    return replace(source, fields=fields, feature_count=sum(map(len, batches)), read=read)


def _live(layer: Layer, without: set[str], first_row: int) -> Iterable[Batch]:
    """The live scenes with other keys, a batch for each system they were surveyed in."""
    found: dict[int, list[tuple[dict[str, Any], shapely.Geometry]]] = defaultdict(list)
    for srid, wkb, properties in _rows(layer):
        if join_key([properties.get(name) for name in KEY]) not in without:
            found[srid].append((properties, shapely.from_wkb(bytes(wkb))))
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
