"""The narrow table of a version: made by the build, read by its tiles, the same to the reader."""

from typing import Any

import mapbox_vector_tile
import pytest
from django.db import DatabaseError, connection, transaction

from layers.models import Layer, LayerVersion
from tests.layers.rows import plots_layer, published
from tiles import detail, mvt
from tiles.grid import covering
from tiles.known import sources
from tiles.preparing import build
from tiles.source import TileSource, source_of
from tiles.working import working_table

pytestmark = pytest.mark.django_db


@pytest.fixture
def live(settings: Any, django_capture_on_commit_callbacks: Any) -> LayerVersion:
    settings.PORTAL_LOD_MIN = 1
    with django_capture_on_commit_callbacks(execute=True):
        return published(plots_layer(), ["a", "b", "c"])


def source(version: LayerVersion) -> TileSource:
    sources.clear()
    return source_of(version.layer.slug, version.pk)


def features(version: LayerVersion) -> dict[tuple[int, int, int], Any]:
    """(id, x, y) → feature, of all tiles of a deep zoom over the version's extent."""
    layer, known = Layer.objects.get(pk=version.layer_id), source(version)
    version.refresh_from_db()
    assert layer.live_version is not None
    assert version.extent is not None
    found: dict[tuple[int, int, int], Any] = {}
    for tile in covering(17, *version.extent.extent):
        decoded = mapbox_vector_tile.decode(mvt.make_tile(known, tile))
        for tile_layer in decoded.values():
            found |= {(f["id"], tile.x, tile.y): f for f in tile_layer["features"]}
    return found


def test_tiles_are_the_same_before_and_after(live: LayerVersion) -> None:
    before = features(live)
    assert len({number for number, _x, _y in before}) == 3
    assert build(live.pk) == "ready"
    assert source(live).prepared
    assert working_table(source(live)) in detail.statement(source(live))
    assert features(live) == before


def test_nobody_makes_it_unasked_or_of_other_columns(live: LayerVersion) -> None:
    for arguments in (
        f"{live.pk}, 'polygon', ARRAY['name'], ARRAY['']",
        f"{live.pk}, 'polygon', ARRAY['na me'], ARRAY['']",
        f"{live.pk}, 'polygon', ARRAY['name'], ARRAY['text; DROP TABLE x']",
    ):
        with (
            pytest.raises(DatabaseError, match=r"not being prepared|not a field name"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"SELECT portal_build_working({arguments})")
