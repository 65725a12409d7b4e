"""GDAL's OAPIF driver, GeoPandas and OWSLib list, page through and filter every public collection.

GDAL (and GeoPandas, which reads by it) works in a process of its own: importers leave this one
without that driver and without network.
"""

import json
import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pyogrio
import pyogrio.raw
import pytest
import shapely
from owslib.ogcapi.features import Features

from layers.crs import WGS84, transform_geometries
from tests.conformance import notebook
from tests.conformance.filters import as_parameter, bbox, date, op, prop
from tests.conformance.reading import (
    CRS84,
    DEFINITIONS,
    EPSG,
    GRID,
    JUDGED,
    SLUGS,
    Api,
    Held,
    bounds_of,
    href,
)

PAGE = 1000
IN_GRID = f"{EPSG}5899"
Reader = Callable[..., Any]


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Reader]:
    """Calls a function in another process, where GDAL is whole."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as other:
        yield lambda function, *words, **more: other.submit(function, *words, **more).result(60)


def near(held: Held, *, grid: bool) -> Any:
    """The extent that a client must arrive at: to a millimetre, or to the last digit."""
    crs, digit = (GRID, 0.002) if grid else (WGS84, 2e-7)
    return pytest.approx(held.bounds_in(crs), abs=digit, rel=0)


def test_gdal_lists_them_all(api: Api, elsewhere: Reader) -> None:
    listed = elsewhere(pyogrio.list_layers, f"OAPIF:{api.url}/")
    assert sorted(name for name, _kind in listed) == SLUGS


@pytest.mark.parametrize("slug", SLUGS)
def test_gdal_reads_it_whole(
    slug: str, api: Api, elsewhere: Reader, database: Callable[[str], Held]
) -> None:
    held = database(slug)
    for options in ({}, {"CRS": "EPSG:5899"}):
        meta, _fids, shapes, values = elsewhere(
            pyogrio.raw.read, f"OAPIF:{api.url}/", layer=slug, **options
        )
        assert len(shapes) == held.uids.size
        columns = dict(zip(meta["fields"], values, strict=True))
        assert set(columns["id"]) == set(held.uids)
        assert bounds_of(shapely.from_wkb(shapes)) == near(held, grid=bool(options))
        assert ("5899" in meta["crs"]) == bool(options)
        # A driver takes the types of fields from the first page: none may prove wrong later.
        for field in DEFINITIONS[slug].public_fields:
            if field.type.json_type in ("number", "integer"):
                have = [p[field.name] for p in held.properties if p.get(field.name) is not None]
                if have:
                    got = np.nansum(np.asarray(columns[field.name], dtype=float))
                    assert got == pytest.approx(sum(have)), field.name


@pytest.mark.parametrize("slug", JUDGED)
def test_gdal_filters(
    slug: str, api: Api, elsewhere: Reader, database: Callable[[str], Held]
) -> None:
    held = database(slug)
    address = f"OAPIF:{api.url}/"
    inside = held.inside(held.west_half)

    def ids(**options: Any) -> set[str]:
        meta, _fids, _shapes, values = elsewhere(
            pyogrio.raw.read, address, layer=slug, columns=["id"], **options
        )
        assert [*meta["fields"]] == ["id"]
        return set(values[0])

    assert ids(bbox=held.west_half) == inside
    # The edges of a box in the grid and of one in degrees part by some metres.
    around = held.shapes[0].buffer(0.02).bounds
    assert ids(bbox=in_grid(around), CRS="EPSG:5899") >= held.inside(
        held.shapes[0].buffer(0.01).bounds
    )
    if held.usual:
        name, value = held.usual
        quoted = value.replace("'", "''")
        expected = held.where(lambda p: p.get(name) == value)
        assert ids(where=f"\"{name}\" = '{quoted}'") == expected
        assert ids(where=f"\"{name}\" = '{quoted}'", bbox=held.west_half) == expected & inside


def in_grid(box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    """A box of degrees in metres of the grid."""
    return bounds_of(transform_geometries(np.array([shapely.box(*box)]), WGS84, GRID))


@pytest.mark.parametrize("slug", JUDGED)
def test_geopandas_reads_it(
    slug: str, api: Api, elsewhere: Reader, database: Callable[[str], Held]
) -> None:
    held = database(slug)
    driver = f"OAPIF:{api.url}/"
    for options, grid in (({}, False), ({"CRS": "EPSG:5899"}, True)):
        count, bounds, named, ids = elsewhere(notebook.read, driver, layer=slug, **options)
        assert (count, set(ids)) == (held.uids.size, set(held.uids))
        assert bounds == near(held, grid=grid)
        assert named.startswith("VN-2000 / TM-3 107-45" if grid else "WGS 84")


@pytest.mark.parametrize("slug", JUDGED)
def test_geopandas_reads_pages_and_filters(
    slug: str, api: Api, elsewhere: Reader, database: Callable[[str], Held]
) -> None:
    """By the addresses alone, as a notebook does."""
    held = database(slug)
    count, address = 0, f"{api.url}/collections/{slug}/items?limit={PAGE}"
    boxes: list[shapely.Geometry] = []
    while address:
        number, bounds, named, _ids = elsewhere(notebook.read, address)
        assert named.startswith("WGS 84")
        count += number
        boxes.append(shapely.box(*bounds))
        page = json.loads(api.portal.get(address.removeprefix(api.portal.url))[2])
        address = href(page["links"], "next") or ""
    assert count == held.uids.size
    assert bounds_of(np.array(boxes)) == near(held, grid=False)
    box = ",".join(map(str, held.west_half))
    query = urlencode({"bbox": box, "limit": 10_000})
    inside = held.inside(held.west_half)
    if inside:
        address = f"{api.url}/collections/{slug}/items?{query}"
        assert set(elsewhere(notebook.read, address)[3]) == inside
    for text, expected in asked_of(held):
        query = urlencode({"filter": text, "limit": 10_000})
        found = elsewhere(notebook.read, f"{api.url}/collections/{slug}/items?{query}")
        assert set(found[3]) == expected, text


def asked_of(held: Held) -> Iterator[tuple[str, set[str]]]:
    """Filters in CQL2 on a text and on a day, and what they must find."""
    if held.usual:
        name, value = held.usual
        text = as_parameter(op("=", prop(name), value), "cql2-text")
        yield text, held.where(lambda p: p.get(name) == value)
    for field in DEFINITIONS[held.slug].public_fields:
        days = sorted(p[field.name] for p in held.properties if p.get(field.name))
        if days and field.type.name == "date":
            middle = days[len(days) // 2]
            text = as_parameter(op(">=", prop(field.name), date(middle)), "cql2-text")
            yield text, held.where(lambda p, n=field.name, d=middle: (p.get(n) or "") >= d)
            return


@pytest.fixture(scope="module")
def owslib(api: Api) -> Features:
    """OWSLib's client of the running portal."""
    return Features(f"{api.url}/")


def test_owslib_lists_them_all(owslib: Features) -> None:
    assert sorted(owslib.feature_collections()) == SLUGS
    assert "conformsTo" in owslib.conformance()
    assert owslib.api()["openapi"].startswith("3.0")


@pytest.mark.parametrize("slug", JUDGED)
def test_owslib_reads_and_filters(
    slug: str, owslib: Features, database: Callable[[str], Held]
) -> None:
    held = database(slug)
    assert owslib.collection(slug)["id"] == slug
    assert owslib.collection_queryables(slug)["properties"]
    for crs, grid in ((CRS84, False), (IN_GRID, True)):
        features: list[dict[str, Any]] = []
        more: dict[str, Any] = {}
        while True:
            page = owslib.collection_items(slug, limit=PAGE, crs=crs, **more)
            features += page["features"]
            following = href(page["links"], "next")
            if following is None:
                break
            more = {"after": following.rpartition("after=")[2]}
        assert sorted(feature["id"] for feature in features) == sorted(held.uids)
        shapes = np.array([shapely.geometry.shape(each["geometry"]) for each in features])
        assert bounds_of(shapes) == near(held, grid=grid)
        assert page["numberMatched"] == held.uids.size
    found = owslib.collection_items(slug, limit=10_000, bbox=[*held.west_half])
    assert {feature["id"] for feature in found["features"]} == held.inside(held.west_half)
    half = as_parameter(op("s_intersects", prop("geometry"), bbox(*held.west_half)), "cql2-text")
    found = owslib.collection_items(slug, limit=10_000, filter=half)
    assert {feature["id"] for feature in found["features"]} == held.inside(held.west_half)
    uid = features[0]["id"]
    assert owslib.collection_item(slug, uid)["id"] == uid
