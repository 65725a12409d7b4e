"""Zones of a plan over the parcels of `land`, seeded: some two square kilometres each with borders
that wind and are shared, a corner every 25 m, so many that a million parcels have 2,400.

Used by `bench_planner`; taken down again afterwards.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import shapely
from django.db import connection
from psycopg2.extras import execute_values

from layers import measure, partitions
from layers.catalogue import layer_by_slug
from layers.models import LayerVersion
from tests.bench.land import Land
from tests.bench.register import GRID

SLUG = "land-use-plan"
ZONES = 2_400
PER_PARCELS = 1_000_000
CORNER_M = 25.0
USES = ("ODT", "CLN", "DGT", "RSX")


@contextmanager
def zoned(land: Land) -> Iterator[LayerVersion]:
    """The version of zones; staged, which is all that the engine needs."""
    version = _made(land)
    try:
        yield version
    finally:
        partitions.drop(version.pk)
        version.delete()


def zones_of(west: float, south: float, east: float, north: float, count: int) -> np.ndarray:
    """Polygons that cover the box once."""
    across = max(1, round((count * (east - west) / max(1.0, north - south)) ** 0.5))
    up = max(1, round(count / across))
    xs, ys = np.linspace(west, east, across + 1), np.linspace(south, north, up + 1)
    level = [[_winding(xs[i], y, xs[i + 1], y) for i in range(across)] for y in ys]
    upright = [[_winding(x, ys[j], x, ys[j + 1]) for x in xs] for j in range(up)]
    return np.array(
        [
            shapely.Polygon(
                np.vstack(
                    [
                        level[j][i],
                        upright[j][i + 1][1:],
                        level[j + 1][i][::-1][1:],
                        upright[j][i][::-1][1:],
                    ]
                )
            )
            for j in range(up)
            for i in range(across)
        ]
    )


def _winding(x0: float, y0: float, x1: float, y1: float) -> np.ndarray:
    """A border from corner to corner that swings to both sides, in whole millimetres."""
    long = float(np.hypot(x1 - x0, y1 - y0))
    along = np.linspace(0, 1, max(2, round(long / CORNER_M)) + 1)
    phase = (x0 * 0.37 + y0 * 0.61) % 6.28
    swing = np.sin(along * np.pi) * long * 0.06 * np.sin(along * 17 + phase)
    ax, ay = (x1 - x0) / long, (y1 - y0) / long
    return np.round(
        np.column_stack([x0 + along * (x1 - x0) - swing * ay, y0 + along * (y1 - y0) + swing * ax]),
        3,
    )


def _made(land: Land) -> LayerVersion:
    layer = layer_by_slug(SLUG)
    number = layer.versions.count() + 1
    version = LayerVersion.objects.create(layer=layer, number=number, source_srid=GRID.srid)
    partitions.stage(version.pk)
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(
            "SELECT ST_XMin(b), ST_YMin(b), ST_XMax(b), ST_YMax(b) FROM (SELECT "
            f"ST_Extent(geom_source) AS b FROM {partitions.feature_table(land.version.pk)}) e"
        )
        box = cursor.fetchone()
        count = max(4, ZONES * land.count // PER_PARCELS)
        # The plan goes a little beyond the parcels on one side and leaves some out on another.
        shapes = zones_of(box[0] - 300, box[1] + 400, box[2] + 300, box[3] + 300, count)
        written = shapely.to_wkb(shapely.set_srid(shapes, GRID.srid), hex=True, include_srid=True)
        rows = [
            (str(n), str(n), shape, shape, shape, USES[n % len(USES)])
            for n, shape in enumerate(written)
        ]
        execute_values(
            cursor,
            f"INSERT INTO {partitions.feature_table(version.pk)} (version_id, uid, key, geom, "
            "geom_source, area_m2, search, properties) VALUES %s",
            rows,
            template=(
                f"({version.pk}, md5('zone' || %s)::uuid, %s, ST_Transform(%s::geometry, 4326), "
                "%s, ST_Area(%s::geometry), '', jsonb_build_object('land_use', %s))"
            ),
        )
        partitions.seal(version.pk, layer.parsed)
    measure.measure(version, layer.parsed)
    version.state = LayerVersion.STAGED
    version.save(update_fields=["state"])
    return version
