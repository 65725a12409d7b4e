"""What a version amounts to: count, area, extent and the values that occur.

Taken once: `Measured` counts while an import streams by, `measure` asks the sealed table of a
version that was filled by hand. Both find the same.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from django.contrib.gis.geos import Polygon
from django.db import connection

from layers import partitions
from layers.definition import LayerDefinition
from layers.models import LayerVersion

FACET_TYPES = ("choice", "choices", "land_use", "boolean")
# Values of a field that are kept.
_MOST = 200
_FIELDS = ("feature_count", "area_m2", "length_m", "extent", "facets")


def facet_fields(definition: LayerDefinition) -> list[str]:
    """Public fields whose values are counted: the style's, and every choice or code that is
    filtered by.
    """
    return [
        f.name
        for f in definition.public_fields
        if f.type.name in FACET_TYPES and (f.filterable or f.name == definition.style.by)
    ]


class Measured:
    """Sums of the batches of a version, in any order."""

    def __init__(self, definition: LayerDefinition) -> None:
        self._kind = definition.geometry
        self._count = 0
        self._area = self._length = 0.0
        self._boxes: list[np.ndarray] = []
        self._facets: dict[str, Counter[str]] = {n: Counter() for n in facet_fields(definition)}

    @property
    def counted(self) -> list[str]:
        """Fields whose values `add` wants."""
        return list(self._facets)

    def add(
        self,
        box: np.ndarray,
        areas: np.ndarray,
        lengths: np.ndarray,
        values: Mapping[str, Iterable[tuple[Any, int]]],
    ) -> None:
        """A batch: its box (west, south, east, north; EPSG:4326), m² and m of each feature (n,),
        and of the `counted` fields each stored value with how often it occurs.
        """
        self._count += len(areas)
        self._area += float(areas.sum())
        self._length += float(lengths.sum())
        self._boxes.append(box)
        for name, pairs in values.items():
            for value, count in pairs:
                if value is not None:
                    self._facets[name][_as_text(value)] += count

    def save(self, version: LayerVersion) -> None:
        """Fill the version's counts and save them."""
        version.facets = {name: _most_frequent(found) for name, found in self._facets.items()}
        if self._count:
            version.feature_count = self._count
            version.area_m2 = self._area if self._kind == "polygon" else None
            version.length_m = self._length if self._kind == "line" else None
            boxes = np.array(self._boxes)
            west, south = boxes[:, :2].min(axis=0).tolist()
            east, north = boxes[:, 2:].max(axis=0).tolist()
            version.extent = _rectangle(west, south, east, north)
        version.save(update_fields=_FIELDS)


def _as_text(value: Any) -> str:
    """As `->>` of jsonb writes it."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _most_frequent(found: Counter[str]) -> dict[str, int]:
    """The most frequent values; of equally frequent ones the first."""
    order = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    return dict(order[:_MOST])


def measure(version: LayerVersion, definition: LayerDefinition) -> None:
    """Fill the version's counts from its staged table and save them."""
    table = partitions.feature_table(version.pk)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), sum(area_m2), sum(length_m), "  # noqa: S608 - table name is ours
            "ST_XMin(e), ST_YMin(e), ST_XMax(e), ST_YMax(e) "
            f"FROM {table}, (SELECT ST_Extent(geom)::geometry AS e FROM {table}) x GROUP BY e"
        )
        row = cursor.fetchone()
        version.facets = {name: _facet(cursor, table, name) for name in facet_fields(definition)}
    if row:
        version.feature_count, version.area_m2, version.length_m = row[:3]
        version.extent = _rectangle(*row[3:])
    version.save(update_fields=_FIELDS)


def _rectangle(west: float, south: float, east: float, north: float) -> Polygon:
    """The extent as a polygon, at least a hair wide so that a single point has one."""
    hair = 1e-9
    return Polygon.from_bbox((west - hair, south - hair, east + hair, north + hair))


def _facet(cursor: Any, table: str, name: str) -> dict[str, int]:
    """value → count, the most frequent; of equally frequent ones the first by its characters."""
    cursor.execute(
        f"SELECT properties ->> %s AS value, count(*) FROM {table} "  # noqa: S608 - as above
        "WHERE properties ->> %s IS NOT NULL GROUP BY 1 "
        'ORDER BY 2 DESC, (properties ->> %s) COLLATE "C" LIMIT %s',
        [name, name, name, _MOST],
    )
    return dict(cursor.fetchall())
