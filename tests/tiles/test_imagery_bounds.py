"""What one request for a picture may cost: zooms, scenes, turns; and files that lost bytes."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely
from django.conf import settings
from django.test import Client

from importers.imagery.structure import directories
from layers.imagery import scene_path
from layers.models import LayerVersion
from tests.tiles.scenes import HERE, Taken, plain, published
from tests.tiles.test_imagery_tiles import BLUE, DAY, GREEN, RED, address, colour, seen
from tiles.grid import Tile
from tiles.imagery import choosing, cut, scenes
from tiles.imagery.pictures import close_all

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _folders(tmp_path: Path) -> None:
    settings.PORTAL_TILE_STORE = tmp_path / "store"
    close_all()


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the scenes whose pictures are read, in turn."""
    names: list[str] = []
    real = cut._shown

    def shown(scene: scenes.Scene, frame: cut.Frame) -> object:
        names.append(scene.name)
        return real(scene, frame)

    monkeypatch.setattr(cut, "_shown", shown)
    return names


def farther(zoom: int) -> Tile:
    """The square of that zoom around the pictures of the tests."""
    return Tile(zoom, HERE.x >> (HERE.z - zoom), HERE.y >> (HERE.z - zoom))


def test_nothing_is_cut_before_the_first_zoom(
    client: Client, tmp_path: Path, read: list[str]
) -> None:
    version = published([Taken(DAY, plain(RED))], tmp_path)
    document = client.get("/imagery/aerial-imagery/dates.json").json()["dates"][0]
    assert document["minzoom"] == 8
    template = document["tiles"].removeprefix("http://testserver")
    for zoom in (0, 7):
        place = farther(zoom)
        response = client.get(template.format(z=place.z, x=place.x, y=place.y))
        assert response.status_code == 204
        # A first zoom may be moved: nobody keeps this for ever.
        assert response.headers["Cache-Control"] == "public, no-cache"
    assert read == []
    assert not list((tmp_path / "store").rglob("*.none"))
    assert client.get(address(version, farther(8))).status_code == 200
    assert read == ["A"]


def test_a_full_square_reads_no_further_scene(
    client: Client, tmp_path: Path, read: list[str]
) -> None:
    taken = [Taken(DAY, plain(RED), "A"), Taken(DAY, plain(GREEN), "B")]
    version = published(taken, tmp_path)
    assert colour(client.get(address(version)).content) == GREEN
    assert read == ["B"]


def test_only_scenes_with_ground_in_the_square_are_read(tmp_path: Path, read: list[str]) -> None:
    """A footprint along the diagonal: its box has squares that it never enters."""
    version = published([Taken(DAY, plain(RED, tiles=8))], tmp_path)
    (scene,) = scenes.scenes_of("aerial-imagery", version.pk).on(DAY)
    west, south, east, north = scene.box
    width, height = (east - west) / 14, (north - south) / 14
    corners = [(west, north), (west + width, north), (east, south + height)]
    corners += [(east, south), (east - width, south), (west, north - height)]
    slanted = replace(scene, outline=shapely.Polygon(corners))
    for x, y, touches in ((0, 0, True), (3, 3, True), (7, 7, True), (7, 0, False), (1, 6, False)):
        frame = cut.Frame.of(Tile(HERE.z, HERE.x + x, HERE.y + y))
        assert bool(cut.cut([slanted], frame, "png")) is touches
    assert len(read) == 3


def test_of_many_scenes_those_that_show_most_are_read(
    client: Client, tmp_path: Path, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choosing, "MOST_SCENES", 2)
    small = plain(BLUE)[:, :128, :128]
    taken = [
        Taken(DAY, plain(RED)[:, :256], "large and old"),
        Taken(DAY, plain(GREEN)[:, :, :300], "large and new"),
        Taken(DAY, small, "small, newest"),
    ]
    version = published(taken, tmp_path)
    image = seen(client.get(address(version)).content)
    assert read == ["large and new", "large and old"]
    assert [tuple(image[:3, y, x]) for x, y in ((10, 10), (400, 10))] == [GREEN, RED]
    assert image[3, 400, 400] == 0


def test_only_so_many_squares_are_cut_at_a_time(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choosing, "PATIENCE", 0.0)
    version = published([Taken(DAY, plain(RED))], tmp_path)
    with choosing.turn(), choosing.turn():
        response = client.get(address(version))
        assert (response.status_code, response.json()["code"]) == (503, "service-busy")
        assert int(response.headers["Retry-After"]) > 0
        # Where no picture is, nothing is cut.
        assert client.get(address(version, Tile(14, 0, 0))).status_code == 204
    assert client.get(address(version)).status_code == 200


@pytest.mark.parametrize("packing", ["JPEG", "ZSTD"])
@pytest.mark.parametrize("zoom", [12, 13, 14])
def test_a_picture_that_lost_bytes_is_named(
    client: Client, tmp_path: Path, packing: str, zoom: int
) -> None:
    grain = np.random.default_rng(0).integers(0, 255, (3, 2048, 2048), np.uint8)
    version = published([Taken(DAY, grain, packing={"COMPRESS": packing})], tmp_path)
    (path,) = scene_path("0" * 64).parents[1].rglob("*.tif")
    found = [one for one in directories(path) if one.samples == 3]
    with path.open("r+b") as file:
        for offset, count in np.concatenate([one.blocks for one in found]):
            file.seek(int(offset))
            file.write(bytes(int(count)))
    response = client.get(address(version, farther(zoom)))
    assert (response.status_code, response.json()["code"]) == (500, "picture-missing")


def test_a_bad_date_never_leads_out_of_the_store(client: Client, tmp_path: Path) -> None:
    version: LayerVersion = published([Taken(DAY, plain(RED))], tmp_path)
    for date in ("2026-W11-7", "20260315", ".."):
        response = client.get(address(version, date=date))
        assert (response.status_code, response.json()["code"]) == (404, "unknown-date"), date
