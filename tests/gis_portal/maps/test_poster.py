"""The still picture of the home view: what a phone shows before the map is wanted."""

import re

import pytest
import shapely
from django.conf import LazySettings
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from gis_portal.maps.cells import toned
from layers.crs import by_code
from layers.landuse import colour_of
from layers.models import Layer
from tests.gis_portal.parcels.published import Row, live

pytestmark = pytest.mark.django_db

GRID = by_code("EPSG:5899")
PARCELS = "public-land-parcels"
# The corner of what is drawn, on the zone's central meridian; about a pixel is 113 m of ground.
EAST, NORTH = 500_000, 1_160_000
VIEW = (107.75, 10.49, 9.4)


def land(**codes: str) -> list[Row]:
    """A parcel each: the first of 3 km, which keeps its shape, the others too small for one."""
    rows = []
    for place, (key, code) in enumerate(codes.items()):
        side = 3000 if place == 0 else 20
        west = EAST + 5000 * place
        shape = shapely.box(west, NORTH, west + side, NORTH + side)
        rows.append(Row(key, shape, {"land_use_current": code}))
    return rows


def tone(code: str) -> str:
    """The colour in which the picture shows a land-use code."""
    return toned(Layer.objects.get(slug=PARCELS).parsed, colour_of(code))


def picture(client: Client, theme: str = "light") -> str:
    """The SVG that the home page names."""
    page = client.get("/").content.decode()
    (address,) = re.findall(rf'"(/map-poster\.svg\?theme={theme}&amp;v=\w+)"', page)
    answer = client.get(address.replace("&amp;", "&"))
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/svg+xml"
    assert "max-age=86400" in answer["Cache-Control"]
    return answer.content.decode()


def test_it_stands_where_the_map_will(client: Client, settings: LazySettings) -> None:
    settings.PORTAL_HOME_VIEW = VIEW
    live(PARCELS, land(A="ODT", B="CLN"), GRID)
    svg = picture(client)
    found = re.findall(r'<path d="([^"]+)" fill="([^"]+)"', svg)
    paths = {colour: path for path, colour in found}
    x, y = map(int, re.match(r"M (\d+) (\d+)", paths[tone("ODT")]).groups())  # type: ignore[union-attr]
    # The view's middle is the picture's: the parcel begins there, within a pixel of two units.
    lower_left = (900, 1200 - 2 * round((10.4937 - 10.49) / 0.00101))
    assert abs(x - lower_left[0]) <= 56, "the shape lies on the meridian, as wide as 28 pixels"
    assert abs(y - lower_left[1]) <= 60
    assert re.fullmatch(r"M\d+ \d+h4v4h-4z", paths[tone("CLN")]), "one square of two pixels"


def test_a_new_version_is_a_new_picture(client: Client, settings: LazySettings) -> None:
    settings.PORTAL_HOME_VIEW = VIEW
    live(PARCELS, land(A="ODT"), GRID)
    first = picture(client)
    assert picture(client, "dark") != first
    live(PARCELS, land(A="CLN"), GRID)
    second = picture(client)
    assert tone("ODT") in first
    assert tone("ODT") not in second
    kept = list((settings.LOCAL_DIR / "posters").iterdir())
    assert len(kept) == 1, "those of former versions are gone"


def test_what_is_internal_is_not_on_it(client: Client, settings: LazySettings) -> None:
    settings.PORTAL_HOME_VIEW = VIEW
    live(PARCELS, land(A="ODT"), GRID)
    Layer.objects.filter(slug=PARCELS).update(visibility="internal")
    assert "<path" not in picture(client)


def test_it_is_drawn_once(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    live(PARCELS, land(A="ODT"), GRID)
    svg = picture(client)
    with django_assert_num_queries(1):
        again = client.get("/map-poster.svg")
    assert again.content.decode() == svg
    assert again["Cache-Control"] == "no-cache"
    unchanged = client.get("/map-poster.svg", headers={"if-none-match": again["ETag"]})
    assert unchanged.status_code == 304
