"""What search engines read: which pages there are, of public layers only, and what to leave."""

import re
from uuid import UUID

import pytest
import shapely
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from gis_portal.sitemap import addresses
from layers.crs import VN2000
from layers.models import Layer
from tests.gis_portal.auctions.made import lots_live
from tests.gis_portal.parcels.published import Row, live

pytestmark = pytest.mark.django_db
HOST = "http://testserver"
REGISTER = "public-land-parcels"


@pytest.fixture
def seven(monkeypatch: pytest.MonkeyPatch) -> list[UUID]:
    """Seven parcels in files of three, read two at a time."""
    monkeypatch.setattr(addresses, "SPAN", 3)
    monkeypatch.setattr(addresses, "SLICE", 2)
    shapes = [shapely.box(436_000 + 9 * n, 1_161_000, 436_005 + 9 * n, 1_161_005) for n in range(7)]
    rows = [Row(f"sitemap/{n}", shape) for n, shape in enumerate(shapes)]
    return list(live(REGISTER, rows, VN2000[5899]).values())


def read(path: str, **headers: str) -> str:
    answer = Client(headers=headers).get(path)
    assert answer.status_code == 200, path
    kind = answer.headers["Content-Type"]
    assert kind == "application/xml; charset=utf-8"
    return b"".join(answer).decode() if answer.streaming else answer.text


def named(text: str) -> list[str]:
    return re.findall("<loc>([^<]*)</loc>", text)


def test_every_parcel_is_in_one_file(
    seven: list[UUID], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    lots = lots_live({"A": {}})
    files = named(read("/sitemap.xml"))
    of_parcels = [f"{HOST}/sitemap-{REGISTER}-{number}.xml" for number in (1, 2, 3)]
    assert sorted(files) == sorted(
        [f"{HOST}/sitemap-pages.xml", f"{HOST}/sitemap-auction-lots-1.xml", *of_parcels]
    )
    found = []
    for file in of_parcels:
        with django_assert_max_num_queries(8):
            text = read(file.removeprefix(HOST))
        assert len(named(text)) <= 3
        assert text.count("<lastmod>20") == len(named(text))
        found += named(text)
    assert sorted(found) == sorted(f"{HOST}/parcels/{uid}/" for uid in seven)
    assert Client().get(found[0].removeprefix(HOST)).status_code == 200
    assert named(read("/sitemap-auction-lots-1.xml")) == [f"{HOST}/auctions/{lots['A']}/"]
    for page in named(read("/sitemap-pages.xml")):
        assert Client().get(page.removeprefix(HOST)).status_code == 200, page


def test_nothing_of_internal_layers_and_nothing_beyond(seven: list[UUID]) -> None:
    first = f"/sitemap-{REGISTER}-1.xml"
    for path in (f"/sitemap-{REGISTER}-4.xml", f"/sitemap-{REGISTER}-0.xml", "/sitemap-x-1.xml"):
        assert Client().get(path).status_code == 404, path
    tag = Client().get(first).headers["ETag"]
    assert Client(headers={"if-none-match": tag}).get(first).status_code == 304
    Layer.objects.filter(slug=REGISTER).update(visibility=Layer.INTERNAL)
    assert Client(headers={"if-none-match": tag}).get(first).status_code == 404
    assert named(read("/sitemap.xml")) == [f"{HOST}/sitemap-pages.xml"]
    assert REGISTER not in read("/sitemap-pages.xml")


def test_robots_leave_what_has_no_end(seven: list[UUID]) -> None:
    text = Client().get("/robots.txt").text
    assert f"Sitemap: {HOST}/sitemap.xml" in text.splitlines()
    left = [line.split()[1] for line in text.splitlines() if line.startswith("Disallow")]
    # A star stands for anything, as robots read it.
    rules = [re.compile(re.escape(rule).replace(r"\*", ".*")) for rule in left]

    def is_left(path: str) -> bool:
        return any(rule.match(path) for rule in rules)

    every = [*named(read("/sitemap-pages.xml")), f"{HOST}/parcels/{seven[0]}/"]
    assert not [page for page in every if is_left(page.removeprefix(HOST))]
    endless = (
        "/api/collections/x/items",
        "/?layers=a",
        "/auctions/?page=2",
        "/tiles/x/1/2/3/4.mvt",
    )
    assert all(map(is_left, endless))


def test_a_page_names_its_one_address(seven: list[UUID]) -> None:
    paths = ("/", "/auctions/", f"/layers/{REGISTER}/", f"/parcels/{seven[0]}/", "/figures/")
    for path in (*paths, f"/api/collections/{REGISTER}"):
        text = Client(headers={"accept": "text/html"}).get(f"{path}?utm=1&f=html").text
        assert re.findall('rel="canonical" href="([^"]*)"', text) == [HOST + path], path
    assert "canonical" not in Client(headers={"accept": "text/html"}).get("/parcels/none/").text
