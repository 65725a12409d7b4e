"""Pictures by their addresses: where pixels land, what is transparent, who may keep what."""

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rasterio.io import MemoryFile

from layers.errors import PictureMissing
from layers.imagery import scene_path
from layers.models import LayerVersion
from tests.tiles.scenes import HERE, SLUG, Taken, plain, published
from tiles.grid import Tile
from tiles.imagery import pictures, views
from tiles.imagery.pictures import close_all, environment, picture

pytestmark = pytest.mark.django_db
RED, GREEN, BLUE = (200, 10, 10), (10, 200, 10), (10, 10, 200)
FOR_EVER = "public, max-age=31536000, immutable"
DAY = "2026-03-15"


@pytest.fixture(autouse=True)
def _folders(tmp_path: Path) -> None:
    settings.PORTAL_TILE_STORE = tmp_path / "store"
    close_all()


@pytest.fixture
def version(tmp_path: Path) -> LayerVersion:
    """A red picture of one day and a green one of another."""
    return published([Taken("2025-02-01", plain(GREEN)), Taken(DAY, plain(RED))], tmp_path)


def address(version: LayerVersion, tile: Tile = HERE, date: str = DAY, form: str = "png") -> str:
    return f"/imagery/{SLUG}/{version.pk}/{date}/{tile.z}/{tile.x}/{tile.y}.{form}"


def exact(client: Client, date: str = DAY, tile: Tile = HERE) -> str:
    """As TileJSON gives it, with its digest."""
    document = client.get(f"/imagery/{SLUG}/tilejson.json?date={date}").json()
    template = str(document["tiles"][0]).removeprefix("http://testserver")
    return template.format(z=tile.z, x=tile.x, y=tile.y)


def seen(body: bytes) -> np.ndarray:
    """(bands, 512, 512) of a packed picture."""
    with MemoryFile(BytesIO(body)) as memory, memory.open() as opened:
        return np.asarray(opened.read())


def colour(body: bytes, x: int = 256, y: int = 256) -> tuple[int, ...]:
    return tuple(int(value) for value in seen(body)[:3, y, x])


@pytest.mark.parametrize("form", ["webp", "png", "jpg"])
def test_a_date_shows_its_own_picture(client: Client, version: LayerVersion, form: str) -> None:
    for date, wanted in ((DAY, RED), ("2025-02-01", GREEN)):
        response = client.get(address(version, date=date, form=form))
        assert response.status_code == 200
        kind = {"webp": "webp", "png": "png", "jpg": "jpeg"}[form]
        assert response.headers["Content-Type"] == f"image/{kind}"
        assert np.abs(np.subtract(colour(response.content), wanted)).max() <= 6
        # Full squares carry no alpha.
        assert seen(response.content).shape == (3, 512, 512)


def test_every_zoom_shows_the_same_ground(client: Client, tmp_path: Path) -> None:
    pixels = plain(GREEN, tiles=2)
    pixels[:, :512, :512] = np.array(RED, "uint8")[:, None, None]
    version = published([Taken(DAY, pixels)], tmp_path)
    near = client.get(address(version, Tile(15, HERE.x * 2 + 1, HERE.y * 2 + 1)))
    assert colour(near.content) == RED
    parent = Tile(13, HERE.x // 2, HERE.y // 2)
    far = seen(client.get(address(version, parent)).content)
    left, top = HERE.x % 2 * 256, HERE.y % 2 * 256
    assert tuple(far[:3, top + 128, left + 128]) == RED
    assert far[3, top + 128, left + 128] == 255
    first = Tile(8, HERE.x >> 6, HERE.y >> 6)
    assert client.get(address(version, first)).status_code == 200


def test_where_there_is_no_pixel_one_sees_through(client: Client, tmp_path: Path) -> None:
    valid = np.zeros((512, 512), bool)
    valid[:, 100:] = True
    version = published([Taken(DAY, plain(RED), valid=valid)], tmp_path)
    for form in ("png", "webp"):
        image = seen(client.get(address(version, form=form)).content)
        assert (image[3, :, :100] == 0).all()
        assert (image[3, :, 100:] == 255).all()
    white = seen(client.get(address(version, form="jpg")).content)
    assert white.shape[0] == 3
    assert white[:, :, :80].min() > 240


def test_a_square_without_a_pixel_is_empty(client: Client, tmp_path: Path) -> None:
    valid = np.zeros((1024, 1024), bool)
    valid[:512] = True
    version = published([Taken(DAY, plain(RED, tiles=2), valid=valid)], tmp_path)
    for place in (Tile(14, HERE.x, HERE.y + 1), Tile(14, HERE.x + 9, HERE.y), Tile(14, 0, 0)):
        response = client.get(address(version, place))
        assert (response.status_code, response.content) == (204, b"")
        assert response.headers["Cache-Control"] == "public, no-cache"


def test_scenes_of_a_day_are_one_picture_the_newest_row_on_top(
    client: Client, tmp_path: Path
) -> None:
    right = np.zeros((512, 512), bool)
    right[:, 256:] = True
    scenes = [Taken(DAY, plain(RED), "A"), Taken(DAY, plain(BLUE), "B", valid=right)]
    version = published(scenes, tmp_path)
    body = client.get(address(version)).content
    assert (colour(body, 100), colour(body, 400)) == (RED, BLUE)
    assert seen(body).shape[0] == 3


def test_16_bit_is_shown_by_the_stored_range(client: Client, tmp_path: Path) -> None:
    pixels = np.zeros((1, 512, 512), "uint16")
    pixels[0, :, :200], pixels[0, :, 200:400], pixels[0, :, 400:] = 500, 2000, 60_000
    version = published([Taken(DAY, pixels, stretch=[(1000, 3000)])], tmp_path)
    body = client.get(address(version)).content
    assert [colour(body, x)[0] for x in (100, 300, 450)] == [0, 128, 255]
    assert len(set(colour(body, 300))) == 1


def test_signed_values_are_shown_too(client: Client, tmp_path: Path) -> None:
    pixels = np.zeros((1, 512, 512), "int16")
    pixels[0, :, :200], pixels[0, :, 200:] = -100, 100
    version = published([Taken(DAY, pixels, stretch=[(-200, 200)])], tmp_path)
    body = client.get(address(version)).content
    assert (colour(body, 100)[0], colour(body, 300)[0]) == (64, 191)


def test_a_colour_picture_keeps_its_colours(client: Client, tmp_path: Path) -> None:
    taken = Taken(DAY, plain((100, 50, 50)), more={"stretch": "[[0, 200], [40, 60], [40, 60]]"})
    version = published([taken], tmp_path)
    shown = colour(client.get(address(version)).content)
    assert shown[0] > 1.9 * shown[1]
    assert shown[1] == shown[2]


def test_exact_addresses_are_kept_for_ever_and_answered_from_the_store(
    client: Client, version: LayerVersion
) -> None:
    path = exact(client)
    first = client.get(path)
    assert first.headers["Cache-Control"] == FOR_EVER
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    assert "Cookie" not in first.headers.get("Vary", "")
    with CaptureQueriesContext(connection) as queries:
        again = client.get(path)
    assert len(queries) == 0
    assert (again.content, again.headers["ETag"]) == (first.content, first.headers["ETag"])
    kept = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (kept.status_code, kept.content) == (304, b"")


def test_a_square_that_is_not_kept_costs_one_query(client: Client, version: LayerVersion) -> None:
    client.get(address(version))
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address(version)).status_code == 200
    assert len(queries) == 1


def test_without_the_right_digest_it_is_asked_again(client: Client, version: LayerVersion) -> None:
    response = client.get(address(version) + "?d=000000000000")
    assert response.headers["Cache-Control"] == "public, no-cache"
    tag = response.headers["ETag"]
    assert client.get(address(version), headers={"If-None-Match": tag}).status_code == 304


def test_cookies_change_neither_the_answer_nor_what_is_kept(
    client: Client, version: LayerVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = exact(client)
    client.cookies["sessionid"] = "x" * 32
    first = client.get(path)
    monkeypatch.setattr(views, "cut", None)
    with CaptureQueriesContext(connection) as queries:
        for reader in (client, Client()):
            again = reader.get(path)
            assert (again.content, again.headers["ETag"]) == (first.content, first.headers["ETag"])
            assert again.headers["Cache-Control"] == FOR_EVER
            assert "Cookie" not in again.headers.get("Vary", "")
    assert len(queries) == 0


def test_without_a_digest_a_square_is_cut_once(
    client: Client, version: LayerVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = client.get(address(version))
    monkeypatch.setattr(views, "cut", None)
    again = client.get(address(version) + "?nothing=kept")
    assert (again.status_code, again.content) == (200, first.content)
    assert again.headers["Cache-Control"] == "public, no-cache"


def test_internal_pictures_are_for_staff_and_kept_by_nobody(
    client: Client, version: LayerVersion
) -> None:
    path = exact(client)
    client.get(path)
    layer = version.layer
    layer.visibility = "internal"
    with_store_gone = settings.PORTAL_TILE_STORE
    layer.save()
    settings.PORTAL_TILE_STORE = with_store_gone / "other"
    for there in (path, f"/imagery/{SLUG}/tilejson.json", f"/imagery/{SLUG}/dates.json"):
        response = client.get(there)
        assert (response.status_code, response.json()["code"]) == (404, "unknown-layer")
    client.force_login(User.objects.create_user("an"))
    for there in (path, f"/imagery/{SLUG}/tilejson.json", f"/imagery/{SLUG}/dates.json"):
        response = client.get(there)
        assert (response.status_code, response.headers["Cache-Control"]) == (
            200,
            "private, no-store",
        )


def test_a_replaced_version_says_so(client: Client, version: LayerVersion, tmp_path: Path) -> None:
    old = address(version)
    published([Taken("2025-02-01", plain(GREEN)), Taken(DAY, plain(BLUE))], tmp_path)
    response = client.get(old)
    assert (response.status_code, response.json()["code"]) == (404, "version-retired")


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/imagery/{s}/{v}/2026-03-15/14/1/99999999999.png", "bad-tile"),
        ("/imagery/{s}/{v}/2026-03-15/99/1/1.png", "bad-tile"),
        ("/imagery/{s}/{v}/2026-03-15/-1/1/1.webp", "bad-tile"),
        ("/imagery/{s}/{v}/2026-03-15/١/1/1.webp", "bad-tile"),
        ("/imagery/{s}/{v}/2026-03-16/14/1/1.webp", "unknown-date"),
        ("/imagery/{s}/{v}/today/14/1/1.webp", "unknown-date"),
        ("/imagery/{s}/{v}/20260315/14/1/1.webp", "unknown-date"),
        ("/imagery/{s}/{v}/2026-02-31/14/1/1.webp", "unknown-date"),
        ("/imagery/{s}/{v}/..%2F..%2Fetc/14/1/1.webp", "not-found"),
        ("/imagery/{s}/{v}/%00/14/1/1.webp", "unknown-date"),
        ("/imagery/{s}/abc/2026-03-15/14/1/1.webp", "unknown-version"),
        ("/imagery/{s}/999999999/2026-03-15/14/1/1.webp", "unknown-version"),
        ("/imagery/{s}/99999999999999999999/2026-03-15/14/1/1.webp", "unknown-version"),
        ("/imagery/nothing/{v}/2026-03-15/14/1/1.webp", "unknown-layer"),
        ("/imagery/%00/{v}/2026-03-15/14/1/1.webp", "unknown-layer"),
        ("/imagery/{s}/{v}/2026-03-15/14/1/1.tif", "not-found"),
        ("/imagery/{s}/tilejson.json?date=2026-03-16", "unknown-date"),
        ("/imagery/{s}/tilejson.json?date=%00", "unknown-date"),
        ("/imagery/auction-lots/dates.json", "layer-not-published"),
        ("/imagery/Nothing/dates.json", "unknown-layer"),
    ],
)
def test_bad_addresses_have_names(
    client: Client, version: LayerVersion, path: str, code: str
) -> None:
    response = client.get(path.format(s=SLUG, v=version.pk))
    assert (response.status_code, response.json()["code"]) == (404, code)


def test_tilejson_says_what_a_map_needs(client: Client, version: LayerVersion) -> None:
    document = client.get(f"/imagery/{SLUG}/tilejson.json").json()
    assert document["tilejson"] == "3.0.0"
    assert document["portal"]["date"] == DAY
    assert (document["tileSize"], document["maxzoom"]) == (512, 14)
    west, south, east, north = document["bounds"]
    assert west < 107.2 < east
    assert south < 10.5 < north
    response = client.get(f"/imagery/{SLUG}/tilejson.json")
    tag = response.headers["ETag"]
    again = client.get(f"/imagery/{SLUG}/tilejson.json", headers={"If-None-Match": tag})
    assert again.status_code == 304


def test_dates_come_newest_first_with_what_is_to_be_known(
    client: Client, version: LayerVersion
) -> None:
    document = client.get(f"/imagery/{SLUG}/dates.json").json()
    assert [entry["date"] for entry in document["dates"]] == [DAY, "2025-02-01"]
    assert document["attribution"]
    entry = document["dates"][0]
    assert set(entry) == {
        *("date", "scenes", "resolution_m", "bounds", "minzoom", "maxzoom", "tiles", "overview"),
        *("illustrative", "attribution"),
    }
    path = entry["tiles"].removeprefix("http://testserver")
    assert client.get(path.format(z=HERE.z, x=HERE.x, y=HERE.y)).status_code == 200


def test_the_small_picture_shows_all_scenes_of_a_day(client: Client, tmp_path: Path) -> None:
    right = Tile(14, HERE.x + 2, HERE.y)
    scenes = [Taken(DAY, plain(RED), "A"), Taken(DAY, plain(BLUE), "B", tile=right)]
    published(scenes, tmp_path)
    entry = client.get(f"/imagery/{SLUG}/dates.json").json()["dates"][0]
    response = client.get(entry["overview"].removeprefix("http://testserver"))
    assert response.headers["Cache-Control"] == FOR_EVER
    image = seen(response.content)
    assert image.shape == (4, 214, 640)
    assert [tuple(image[:3, 100, x] > 150) for x in (50, 600)] == [
        (True, False, False),
        (False, False, True),
    ]
    assert image[3, 100, 320] == 0


def test_a_lost_picture_is_named(client: Client, version: LayerVersion, tmp_path: Path) -> None:
    for path in (tmp_path / "files" / "imagery").rglob("*.tif"):
        path.unlink()
    response = client.get(address(version))
    assert (response.status_code, response.json()["code"]) == (500, "picture-missing")


def test_a_thread_keeps_only_so_many_open(version: LayerVersion, tmp_path: Path) -> None:
    settings.PORTAL_IMAGERY_OPEN, before = 1, settings.PORTAL_IMAGERY_OPEN
    try:
        files = [path.stem for path in (tmp_path / "files" / "imagery").rglob("*.tif")]
        with environment():
            first = picture(files[0])
            assert picture(files[0]) is first
            picture(files[1])
        assert first.closed
        assert list(pictures._open.datasets) == [files[1]]
    finally:
        settings.PORTAL_IMAGERY_OPEN = before


@pytest.mark.parametrize("content", ["vrt", "png"])
def test_nothing_but_geotiff_is_opened(tmp_path: Path, content: str) -> None:
    sha256 = "0" * 64
    place = scene_path(sha256)
    place.parent.mkdir(parents=True)
    if content == "vrt":
        place.write_text(
            '<VRTDataset rasterXSize="1" rasterYSize="1"><VRTRasterBand dataType="Byte" band="1">'
            "<SimpleSource><SourceFilename>/vsicurl/http://127.0.0.1:9/x.tif</SourceFilename>"
            "</SimpleSource></VRTRasterBand></VRTDataset>"
        )
    else:
        place.write_bytes(b"\x89PNG\r\n\x1a\n")
    with environment(), pytest.raises(PictureMissing):
        picture(sha256)


def test_each_date_says_whose_it_is_and_whether_it_is_invented(
    client: Client, tmp_path: Path
) -> None:
    invented = {"source": "Bản thử", "illustrative": True}
    real = {"source": "Trung tâm Viễn thám", "illustrative": False}
    scenes = [Taken("2025-02-01", plain(GREEN), more=invented), Taken(DAY, plain(RED), more=real)]
    published(scenes, tmp_path)
    found = client.get(f"/imagery/{SLUG}/dates.json").json()["dates"]
    assert [(each["illustrative"], each["attribution"]) for each in found] == [
        (False, "Trung tâm Viễn thám"),
        (True, "Dữ liệu minh họa · Bản thử"),
    ]
    document = client.get(f"/imagery/{SLUG}/tilejson.json?date=2025-02-01").json()
    assert document["portal"]["illustrative"] is True
