"""`make tiles`: the store is filled ahead, and filling goes on where it was stopped."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from layers.models import LayerVersion
from tests.layers.rows import plots_layer, published
from tests.tiles.test_front import seen
from tests.tiles.test_store import STYLE, exact, kept_files
from tests.tiles.wsgi_call import call
from tiles import store_filling
from tiles.grid import covering

pytestmark = pytest.mark.django_db
AREA = (107.1, 10.5, 107.139, 10.501)


@pytest.fixture(autouse=True)
def _one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only this thread's connection sees the test's rows, and is not to be closed."""

    class Here:
        def __init__(self, *_args: Any, **_more: Any) -> None: ...

        def __enter__(self) -> "Here":
            return self

        def __exit__(self, *_error: object) -> None: ...

        map = staticmethod(map)

    monkeypatch.setattr(store_filling, "ThreadPoolExecutor", Here)


@pytest.fixture
def version() -> LayerVersion:
    return published(plots_layer(style=STYLE), [f"A{number}" for number in range(20)])


def filled(**options: str) -> str:
    out = StringIO()
    call_command("fill_tiles", "test-plots", stdout=out, **options)
    return out.getvalue()


def test_every_tile_of_the_layer_is_kept_in_both_packings(version: LayerVersion) -> None:
    text = filled(zooms="7-15")
    assert "z15" in text
    for z in (7, 12, 15):
        for tile in covering(z, *AREA):
            with CaptureQueriesContext(connection) as queries:
                for accept in ("gzip", "zstd"):
                    assert call(exact(version, tile), Accept_Encoding=accept).status in (200, 204)
            assert not queries.captured_queries, tile
    endings = {Path(name).suffix for name in kept_files()}
    assert endings <= {".gz", ".zst", ".none"}
    assert {".gz", ".zst"} <= endings


def test_it_goes_on_where_it_was_stopped(version: LayerVersion) -> None:
    filled(zooms="12-13")
    before = {name: Path(settings.PORTAL_TILE_STORE, name).stat().st_ino for name in kept_files()}
    assert before
    assert "đã có" in filled(zooms="12-14")
    for name, inode in before.items():
        assert Path(settings.PORTAL_TILE_STORE, name).stat().st_ino == inode
    assert any("/14/" in name for name in kept_files())


def test_what_was_filled_is_what_is_made_on_demand(version: LayerVersion) -> None:
    tile = covering(14, *AREA)[0]
    made = call(exact(version, tile), Accept_Encoding="zstd")
    for name in kept_files():
        Path(settings.PORTAL_TILE_STORE, name).unlink()
    filled(zooms="14")
    assert seen(call(exact(version, tile), Accept_Encoding="zstd")) == seen(made)


def test_only_the_area_is_filled(version: LayerVersion) -> None:
    filled(zooms="16", area="107.0995,10.4995,107.1010,10.5015")
    few = len(kept_files())
    filled(zooms="16")
    assert 0 < few < len(kept_files())


@pytest.mark.parametrize(
    "options",
    [{"zooms": "x"}, {"zooms": "9-5"}, {"zooms": "30"}, {"zooms": "1-3"}, {"area": "1,2"},
     {"area": "1,2,3,4"}, {"area": "nan,nan,nan,nan"}, {"area": "a,b,c,d"}],
)  # fmt: skip
def test_what_is_no_zoom_or_area_is_said(version: LayerVersion, options: dict[str, str]) -> None:
    with pytest.raises(CommandError, match=r"ZOOMS|AREA"):
        filled(**options)


def test_internal_layers_and_a_store_that_is_off_are_refused(
    version: LayerVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "PORTAL_TILE_STORE_MB", 0)
    with pytest.raises(CommandError, match="PORTAL_TILE_STORE_MB"):
        filled()
    monkeypatch.setattr(settings, "PORTAL_TILE_STORE_MB", 10)
    plots_layer(style=STYLE, visibility="internal")
    with pytest.raises(CommandError):
        filled()
    assert kept_files() == []
