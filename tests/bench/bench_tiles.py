"""Ratios of two ways of doing the same thing on the same rows: tiles and list pages.

The best of several passes for each, so that what else the machine does is left out; answers
are compared before times are. Run by `make bench` (test_bench.py).
"""

import gzip
import json
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import mapbox_vector_tile
from django.db import connection
from django.test import Client
from rest_framework.renderers import JSONRenderer
from rest_framework_gis.serializers import GeoFeatureModelSerializer

from layers.catalogue import layer_by_slug
from layers.models import Feature, LayerVersion
from tests.bench.parcels import COLUMNS, COUNT, SLUG, SOUTH, STEP, WEST
from tiles import detail, lod
from tiles.grid import Tile, covering
from tiles.source import TileSource, source_for

PASSES = 7
EAST, NORTH = WEST + COLUMNS * STEP, SOUTH + COUNT / COLUMNS * STEP
TILES_A_ZOOM = 60


@dataclass(frozen=True)
class Row:
    """One line of the table: what, reference and ours in milliseconds, a remark."""

    what: str
    reference: float
    ours: float
    remark: str

    @property
    def ratio(self) -> float:
        """Ours to the reference; less is better."""
        return self.ours / self.reference


def plain_statement(source: TileSource) -> str:
    """What anybody writes first: ST_AsMVTGeom for each row of the square."""
    return f"""(SELECT ST_AsMVT(t, '{source.slug}', 4096, 'g', 'id') FROM (
      SELECT ST_AsMVTGeom(geom_3857, ST_TileEnvelope(%(z)s, %(x)s, %(y)s), 4096, 64, true) AS g,
        {detail.columns(source)} FROM {source.table} WHERE geom_3857 && {detail.SQUARE}) AS t)"""


def run(expression: str, tile: Tile) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {expression}", tile.parameters())
        return bytes(cursor.fetchone()[0])


def seconds(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def tile_rows(version: LayerVersion) -> list[Row]:
    """From the working zoom on: our statement against plain ST_AsMVTGeom, equal attributes."""
    source = source_for(layer_by_slug(SLUG).parsed, version.pk, is_public=True)
    ours, plain = detail.statement(source), plain_statement(source)
    rows = []
    for z in (14, 15, 16, 17):
        tiles = covering(z, WEST, SOUTH, EAST, NORTH)
        tiles = tiles[:: max(1, len(tiles) // TILES_A_ZOOM)]
        features = sum(_same(run(ours, tile), run(plain, tile)) for tile in tiles)
        rows.append(
            Row(
                f"tile z{z}: plain ST_AsMVTGeom",
                *a_tile((plain, ours), tiles),
                f"{len(tiles)} tiles, {features} features; all of the reference found in ours"
                " with equal attributes",
            )
        )
    return rows


def a_tile(statements: tuple[str, str], tiles: list[Tile]) -> tuple[float, float]:
    """Milliseconds a tile, planning included, by turns: the best of the passes, then their mean."""
    best: tuple[list[float], list[float]] = ([], [])
    for tile in tiles:
        passes = [[seconds(partial(run, e, tile)) for e in statements] for _ in range(PASSES)]
        for kept, times in zip(best, zip(*passes, strict=True), strict=True):
            kept.append(min(times))
    return statistics.mean(best[0]) * 1000, statistics.mean(best[1]) * 1000


def _same(ours: bytes, plain: bytes) -> int:
    """Compare ids and attributes of two answers; the number of features."""
    found, expected = (
        {
            f["id"]: f["properties"]
            for layer in mapbox_vector_tile.decode(body).values()
            for f in layer["features"]
        }
        for body in (ours, plain)
    )
    assert {i: found[i] for i in expected} == expected
    return len(found)


def low_zoom_rows(version: LayerVersion) -> list[tuple[int, int, float, float]]:
    """Below the working zoom: (zoom, tiles, slowest in ms, largest in KB gzip)."""
    source = source_for(layer_by_slug(SLUG).parsed, version.pk, is_public=True)
    rows = []
    for z in range(source.min_zoom, source.working_zoom):
        tiles = covering(z, WEST, SOUTH, EAST, NORTH)
        slowest, largest = 0.0, 0
        for tile in tiles:
            statement = partial(run, lod.statement(source), tile)
            slowest = max(slowest, min(seconds(statement) for _ in range(PASSES)))
            largest = max(largest, len(gzip.compress(run(lod.statement(source), tile), 5)))
        rows.append((z, len(tiles), slowest * 1000, largest / 1024))
    return rows


class PlainSerializer(GeoFeatureModelSerializer):
    """The list as DRF-gis makes it, model by model."""

    class Meta:
        model = Feature
        geo_field = "geom"
        fields = ("id", "uid", "geom", "area_m2", "properties")


def items_row(version: LayerVersion) -> Row:
    """A page of 1,000 polygons: our address (whole request) against a DRF-gis list of the same
    rows.
    """
    client = Client()
    address = f"/api/collections/{SLUG}/items?limit=1000"

    def ours() -> bytes:
        response = client.get(address)
        assert response.status_code == 200, response.content
        return bytes(response.content)

    def reference() -> bytes:
        rows = Feature.objects.filter(version_id=version.pk).order_by("id")[:1000]
        return bytes(JSONRenderer().render(PlainSerializer(rows, many=True).data))

    assert len(json.loads(ours())["features"]) == len(json.loads(reference())["features"]) == 1000
    spent: dict[Callable[[], bytes], list[float]] = {ours: [], reference: []}
    for _ in range(PASSES):
        for work in (reference, ours):
            spent[work].append(seconds(work))
    return Row(
        "list of 1,000 polygons: DRF-gis serializer",
        min(spent[reference]) * 1000,
        min(spent[ours]) * 1000,
        "ours: the whole request, links and count included",
    )
