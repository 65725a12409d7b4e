"""OGC API – Features, Part 2: Coordinate Reference Systems by Reference (18-058r1), Annex A."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import shapely
from shapely.geometry import shape

from layers.crs import WGS84, transform_geometries
from tests.conformance.cases import Annex, Body
from tests.conformance.reading import CRS84, EPSG, NAMED, SLUGS, Api, Held, bounds_of

ANNEX = Annex("OGC API – Features, Part 2")
CONF = "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs"
OGC_CRS = re.compile(r"http://www\.opengis\.net/def/crs/[A-Za-z]+/[0-9.]+/[A-Za-z0-9]+")
# Each of these has a list of systems of its own to be walked: one layer of each kind of geometry
# is asked in all of them, every layer in the province's own.
IN_ALL = ("auction-lots", "road-centrelines", "tourism-points")
GRID = f"{EPSG}5899"
WRONG = (
    f"{EPSG}99999",
    f"{EPSG}2154",
    "http://www.opengis.net/def/crs/OGC/0/does_not_exist",
    "EPSG",
    "CRS84;DROP",
    "",
)


def content_crs(answer: Any) -> str:
    """The system that an answer says its coordinates are in."""
    value: str = answer.headers["content-crs"]
    assert value.startswith("<")
    assert value.endswith(">")
    return value[1:-1]


def written(box: tuple[float, float, float, float], swapped: bool) -> str:
    """A box of east and north as `bbox` wants it in that system."""
    west, south, east, north = box
    numbers = (south, west, north, east) if swapped else box
    return ",".join(f"{number:.9f}" for number in numbers)


def shapes_of(features: list[dict[str, Any]], swapped: bool) -> np.ndarray:
    """Geometries with east first."""
    found = np.array([shape(feature["geometry"]) for feature in features], dtype=object)
    return np.asarray(shapely.transform(found, lambda xy: xy[:, ::-1]) if swapped else found)


@ANNEX.test("/conf/crs/crs-uri", each=True)
def crs_uri(api: Api, slug: str, _held: Held) -> None:
    """Each is an address of the OGC's register; `#/crs` may stand for the common list."""
    listed = api.ok("/collections")
    in_list = next(c for c in listed["collections"] if c["id"] == slug)
    alone = api.ok(f"/collections/{slug}")
    for collection in (in_list, alone):
        for uri in [*collection["crs"], collection["storageCrs"]]:
            assert OGC_CRS.fullmatch(uri) or (uri == "#/crs" and listed["crs"]), uri
    assert set(NAMED) <= set(alone["crs"])
    assert len(alone["crs"]) == len(set(alone["crs"]))


@ANNEX.test("/conf/crs/default-crs", each=True)
def default_crs(api: Api, slug: str, _held: Held) -> None:
    """CRS84 is on the list, first."""
    assert api.ok(f"/collections/{slug}")["crs"][0] == CRS84


@ANNEX.test("/conf/crs/storageCrs", each=True)
def storage_crs(api: Api, slug: str, _held: Held) -> None:
    """The system of storage is on the list."""
    collection = api.ok(f"/collections/{slug}")
    assert collection["storageCrs"] in collection["crs"]


@ANNEX.test("/req/crs/declared")
def declared(api: Api, _held: Callable[[str], Held]) -> None:
    """The class is declared."""
    assert CONF in api.ok("/conformance")["conformsTo"]


@ANNEX.test("/conf/crs/crs-parameter", "/conf/crs/ogc-crs-header", each=True)
def crs_parameter(api: Api, slug: str, held: Held) -> None:
    """Every system of the list is answered, and named in `Content-Crs`: pages and features."""
    path = f"/collections/{slug}/items"
    uid = held.uids[0]
    for uri in api.ok(f"/collections/{slug}")["crs"]:
        for answer in (api.get(path, crs=uri, limit=1), api.get(f"{path}/{uid}", crs=uri)):
            assert (answer.status, content_crs(answer)) == (200, uri), answer.body[:300]


@ANNEX.test("/conf/crs/crs-parameter-default", each=True)
def crs_default(api: Api, slug: str, held: Held) -> None:
    """Without the parameter: CRS84, and the same as by name."""
    path = f"/collections/{slug}/items"
    answer = api.get(path, limit=3)
    assert content_crs(answer) == CRS84
    assert answer.json["features"] == api.ok(path, limit=3, crs=CRS84)["features"]
    assert content_crs(api.get(f"{path}/{held.uids[0]}")) == CRS84


@ANNEX.test("/conf/crs/crs-parameter-invalid", each=True)
def crs_invalid(api: Api, slug: str, held: Held) -> None:
    """400 for what is not on the list."""
    path = f"/collections/{slug}/items"
    for wrong in WRONG:
        for address in (path, f"{path}/{held.uids[0]}"):
            answer = api.get(address, crs=wrong)
            assert (answer.status, answer.json["code"]) == (400, "unknown-crs"), wrong


@ANNEX.test("/conf/crs/crs-parameter-transform", each=True)
def crs_transform(api: Api, slug: str, held: Held) -> None:
    """The coordinates are those of the stored ones, in that system and in its order of axes."""
    for uri in [*NAMED] if slug in IN_ALL else [GRID]:
        crs, swapped = NAMED[uri]
        got = bounds_of(shapes_of(api.features(slug, crs=uri), swapped))
        near = 2e-7 if crs.is_geographic else 0.002
        assert got == pytest.approx(held.bounds_in(crs), abs=near, rel=0), uri


@ANNEX.test("/req/crs/fc-crs-action-one-feature", each=True)
def crs_transform_one(api: Api, slug: str, held: Held) -> None:
    """A feature alone has the coordinates that it has in a list."""
    for uri in (GRID, f"{EPSG}4326"):
        listed = api.ok(f"/collections/{slug}/items", crs=uri, limit=1)["features"][0]
        alone = api.ok(f"/collections/{slug}/items/{listed['id']}", crs=uri)
        assert alone["geometry"] == listed["geometry"]
    assert held.uids.size


@ANNEX.test("/conf/crs/bbox-crs-parameter", each=True)
def bbox_crs(api: Api, slug: str, held: Held) -> None:
    """A box in any system has what meets it, whatever system the answer is in."""
    for uri in [*NAMED] if slug in IN_ALL else [GRID, f"{EPSG}4326"]:
        crs, swapped = NAMED[uri]
        moved = transform_geometries(held.shapes, WGS84, crs)
        west, south, east, north = bounds_of(moved)
        # Edges that are straight in one system are not in another: what is near is not judged.
        near = (east - west) / 50
        box = (west - near, south - near, (west + east) / 2, north + near)
        found = api.uids(slug, bbox=written(box, swapped), bbox_crs=uri)
        inner, outer = (shapely.box(*box).buffer(by) for by in (-near, near))
        assert set(held.uids[shapely.intersects(moved, inner)]) <= found, uri
        assert found <= set(held.uids[shapely.intersects(moved, outer)]), uri
        if slug in IN_ALL:
            assert api.uids(slug, bbox=written(box, swapped), bbox_crs=uri, crs=GRID) == found


@ANNEX.test("/conf/crs/bbox-crs-parameter-default", each=True)
def bbox_crs_default(api: Api, slug: str, held: Held) -> None:
    """Without the parameter a box is in CRS84, also when the answer is in another system."""
    text = written(held.west_half, swapped=False)
    expected = held.inside(held.west_half)
    assert api.uids(slug, bbox=text) == expected
    assert api.uids(slug, bbox=text, bbox_crs=CRS84) == expected
    assert api.uids(slug, bbox=text, crs=GRID) == expected


@ANNEX.test("/conf/crs/bbox-crs-parameter-invalid", each=True)
def bbox_crs_invalid(api: Api, slug: str, _held: Held) -> None:
    """400 for what is not on the list."""
    path = f"/collections/{slug}/items"
    for wrong in WRONG:
        answer = api.get(path, bbox="107,10,108,11", bbox_crs=wrong)
        assert (answer.status, answer.json["code"]) == (400, "unknown-crs"), wrong


@ANNEX.test("/req/crs/fc-crs-action-next")
def next_keeps_crs(api: Api, _held: Callable[[str], Held]) -> None:
    """The next page is in the system of the first, and has the box of the first."""
    pages = list(api.pages("telecom-stations", crs=GRID, limit=500))
    for page in pages:
        for feature in page["features"]:
            east, north = feature["geometry"]["coordinates"][:2]
            assert 300_000 < east < 700_000
            assert 900_000 < north < 1_300_000
    assert len(pages) == 4


@ANNEX.test("/per/crs/other-names")
def other_names(api: Api, _held: Callable[[str], Held]) -> None:
    """Clients also write https and safe CURIEs."""
    path = f"/collections/{SLUGS[0]}/items"
    expected = api.ok(path, crs=GRID, limit=2)["features"]
    for name in (GRID.replace("http:", "https:"), "[EPSG:5899]", "EPSG:5899"):
        assert api.ok(path, crs=name, limit=2)["features"] == expected, name


@pytest.mark.parametrize(("body", "arguments"), ANNEX.cases)
def test_part_2(
    body: Body, arguments: tuple[str, ...], api: Api, database: Callable[[str], Held]
) -> None:
    body(api, *arguments, database(*arguments) if arguments else database)
