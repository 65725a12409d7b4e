"""OGC API – Features, Part 1: Core (17-069r4), Annex A: its abstract tests by their ids."""

import json
import re
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from tests.conformance.cases import Annex, Body
from tests.conformance.reading import CRS84, SLUGS, Api, href

ANNEX = Annex("OGC API – Features, Part 1")
CONF = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/"
JSON, GEOJSON, HTML = "application/json", "application/geo+json", "text/html"
OPENAPI = "application/vnd.oai.openapi+json"


def parameter(api: Api, name: str) -> dict[str, Any]:
    """The definition of a parameter of `…/items` in the API definition."""
    found = [p for p in items_operation(api)["parameters"] if p["name"] == name]
    assert len(found) == 1, name
    definition: dict[str, Any] = found[0]
    assert definition["in"] == "query"
    assert not definition.get("required", False)
    return definition


def items_operation(api: Api) -> dict[str, Any]:
    """GET of `…/items`."""
    paths = api.ok("/openapi.json")["paths"]
    path = next(path for path in paths if re.search(r"/collections/\{\w+\}/items$", path))
    operation: dict[str, Any] = paths[path]["get"]
    return operation


@ANNEX.test("/conf/core/http")
def http(api: Api) -> None:
    """HTTP 1.1: what is there answers 200, what is not 404, what is not allowed 405, all with a
    body that says what it is.
    """
    for path in ("/", "/conformance", "/collections"):
        assert api.get(path).status == 200
    assert api.get("/collections/there-is-none").status == 404
    assert api.get("/nothing/here").status == 404


@ANNEX.test("/conf/core/crs84", each=True)
def crs84(api: Api, slug: str) -> None:
    """Coordinates are longitude, latitude: within the extent that the collection names."""
    west, south, east, north = extent(api, slug)
    for feature in api.features(slug, limit=500)[:500]:
        for x, y, *_height in positions(feature["geometry"]["coordinates"]):
            assert west - 1e-6 <= x <= east + 1e-6
            assert south - 1e-6 <= y <= north + 1e-6


def positions(coordinates: Any) -> Any:
    """Every position of a GeoJSON geometry."""
    if coordinates and isinstance(coordinates[0], int | float):
        yield coordinates
        return
    for part in coordinates:
        yield from positions(part)


def extent(api: Api, slug: str) -> tuple[float, float, float, float]:
    """The box that a collection names."""
    spatial = api.ok(f"/collections/{slug}")["extent"]["spatial"]
    assert spatial.get("crs", CRS84) == CRS84
    west, south, east, north = spatial["bbox"][0]
    return west, south, east, north


@ANNEX.test("/conf/core/root-op", "/conf/core/root-success")
def root(api: Api) -> None:
    """The landing page leads to the definition, the conformance classes and the data."""
    links = api.ok("/")["links"]
    assert href(links, "service-desc")
    assert href(links, "service-doc")
    assert href(links, "conformance") == f"{api.url}/conformance"
    assert href(links, "data") == f"{api.url}/collections"


@ANNEX.test("/conf/core/api-definition-op", "/conf/core/api-definition-success")
def api_definition(api: Api) -> None:
    """Every `service-desc` and `service-doc` link opens in the type that it names."""
    for link in api.ok("/")["links"]:
        if link["rel"] in ("service-desc", "service-doc"):
            answer = api.get(link["href"].removeprefix(api.url), accept=link.get("type", ""))
            assert (answer.status, answer.media) == (200, link["type"].partition(";")[0])


@ANNEX.test("/conf/core/conformance-op", "/conf/core/conformance-success")
def conformance(api: Api) -> None:
    """The declaration holds the classes of Part 1 that this API implements."""
    declared = api.ok("/conformance")["conformsTo"]
    assert len(declared) == len(set(declared))
    assert {f"{CONF}{name}" for name in ("core", "geojson", "html", "oas30")} <= set(declared)


@ANNEX.test("/conf/core/fc-md-op", "/conf/core/fc-md-success", "/conf/core/fc-md-links")
def collections(api: Api) -> None:
    """`/collections` has a link to itself, and to itself in every other form."""
    found = api.ok("/collections")
    assert href(found["links"], "self")
    assert all("type" in link for link in found["links"] if link["rel"] in ("self", "alternate"))
    assert href(found["links"], "alternate", HTML)


@ANNEX.test("/conf/core/fc-md-items")
def every_collection(api: Api) -> None:
    """Each public collection is listed, once."""
    assert sorted(c["id"] for c in api.ok("/collections")["collections"]) == SLUGS


@ANNEX.test("/conf/core/fc-md-items-links", each=True)
def collection_links(api: Api, slug: str) -> None:
    """Every listed collection has `items` links, each with its type."""
    listed = api.ok("/collections")["collections"]
    links = next(c["links"] for c in listed if c["id"] == slug)
    assert href(links, "items", GEOJSON) == f"{api.url}/collections/{slug}/items"
    assert all("type" in link for link in links if link["rel"] == "items")


@ANNEX.test("/conf/core/fc-md-extent", each=True)
def collection_extent(api: Api, slug: str) -> None:
    """The extent holds every feature; the temporal one is an interval of moments."""
    found = api.ok(f"/collections/{slug}")["extent"]
    west, south, east, north = found["spatial"]["bbox"][0]
    box = f"{west - 1e-6},{south - 1e-6},{east + 1e-6},{north + 1e-6}"
    whole = api.ok(f"/collections/{slug}/items", limit=1)["numberMatched"]
    assert api.ok(f"/collections/{slug}/items", limit=1, bbox=box)["numberMatched"] == whole
    for moment in found["temporal"]["interval"][0]:
        assert moment is None or datetime.fromisoformat(moment).tzinfo


@ANNEX.test("/conf/core/sfc-md-op", "/conf/core/sfc-md-success", each=True)
def one_collection(api: Api, slug: str) -> None:
    """A collection says of itself what the list says of it."""
    listed = api.ok("/collections")["collections"]
    alone = api.ok(f"/collections/{slug}")
    assert next(c for c in listed if c["id"] == slug) == alone | {
        "links": next(c["links"] for c in listed if c["id"] == slug)
    }
    assert href(alone["links"], "self") == f"{api.url}/collections/{slug}"


@ANNEX.test("/conf/core/fc-op", "/conf/core/fc-response", each=True)
def items(api: Api, slug: str) -> None:
    """A collection's features, each with an id of its own."""
    answer = api.get(f"/collections/{slug}/items")
    assert (answer.status, answer.media) == (200, GEOJSON)
    assert answer.json["type"] == "FeatureCollection"
    assert all(UUID(feature["id"]) for feature in answer.json["features"])


@ANNEX.test("/conf/core/fc-bbox-definition")
def bbox_definition(api: Api) -> None:
    """`bbox` is defined as the standard's `bbox.yaml`."""
    definition = parameter(api, "bbox")
    assert (definition["style"], definition["explode"]) == ("form", False)
    schema = definition["schema"]
    assert (schema["type"], schema["items"]["type"]) == ("array", "number")
    assert sorted(each["minItems"] for each in schema["oneOf"]) == [4, 6]


@ANNEX.test("/conf/core/fc-bbox-response", each=True)
def bbox_response(api: Api, slug: str) -> None:
    """A box has its features only, with two or with three axes; none lie where there is nothing."""
    west, south, east, north = extent(api, slug)
    middle = (west + east) / 2 + 1e-4
    parts = [
        api.uids(slug, bbox=f"{west - 1},{south - 1},{middle},{north + 1}"),
        api.uids(slug, bbox=f"{middle},{south - 1},{east + 1},{north + 1}"),
    ]
    assert parts[0] | parts[1] == api.uids(slug)
    with_height = f"{west - 1},{south - 1},-100,{middle},{north + 1},9000"
    assert api.uids(slug, bbox=with_height) == parts[0]
    assert api.uids(slug, bbox="-40,-40,-39,-39") == set()
    # Across the 180th meridian.
    assert api.uids(slug, bbox="177,-20,-178,20") == set()


@ANNEX.test("/conf/core/fc-limit-definition")
def limit_definition(api: Api) -> None:
    """`limit` is a whole number from 1 with a default and a maximum."""
    definition = parameter(api, "limit")
    schema = definition["schema"]
    assert schema["type"] == "integer"
    assert schema["minimum"] == 1 <= schema["default"] <= schema["maximum"]
    assert definition.get("style", "form") == "form"


@ANNEX.test("/conf/core/fc-limit-response", each=True)
def limit_response(api: Api, slug: str) -> None:
    """Never more than `limit`, nor than the maximum of the definition."""
    for limit in (1, 3, 10):
        assert len(api.ok(f"/collections/{slug}/items", limit=limit)["features"]) <= limit
    highest = parameter(api, "limit")["schema"]["maximum"]
    found = api.ok(f"/collections/{slug}/items", limit=highest + 1)
    assert len(found["features"]) <= highest


@ANNEX.test("/conf/core/fc-time-definition")
def time_definition(api: Api) -> None:
    """`datetime` is a text."""
    definition = parameter(api, "datetime")
    assert definition["schema"]["type"] == "string"
    assert definition.get("style", "form") == "form"


@ANNEX.test("/conf/core/fc-time-response", each=True)
def time_response(api: Api, slug: str) -> None:
    """Moments, intervals and half open ones are understood; those that hold the present day have
    the features of today.
    """
    path = f"/collections/{slug}/items"
    whole = api.ok(path, limit=1)["numberMatched"]
    now = "2999-01-01T00:00:00Z"
    for moment in (now, f"../{now}", f"/{now}", "2020-01-01T00:00:00Z/..", f"2020-01-01/{now}"):
        assert api.ok(path, limit=1, datetime=moment)["numberMatched"] == whole, moment
    for wrong in ("yesterday", "2026-13-01", "2026-01-02/2026-01-01", "../..", "a/b/c"):
        assert api.get(path, datetime=wrong).status == 400, wrong


@ANNEX.test("/conf/core/fc-links", each=True)
def items_links(api: Api, slug: str) -> None:
    """A page has a link to itself, to its other forms, and to the next page until the last."""
    pages = list(api.pages(slug, limit=1000))
    for page in pages:
        assert href(page["links"], "self", GEOJSON)
        assert href(page["links"], "alternate", HTML)
        assert all(link["rel"] and link["type"] for link in page["links"])
    assert [href(page["links"], "next") is None for page in pages] == [
        *[False] * (len(pages) - 1),
        True,
    ]
    ids = [feature["id"] for page in pages for feature in page["features"]]
    assert len(ids) == len(set(ids))


@ANNEX.test("/conf/core/fc-timeStamp", each=True)
def time_stamp(api: Api, slug: str) -> None:
    """The moment of the answer, in UTC."""
    stamp = datetime.fromisoformat(api.ok(f"/collections/{slug}/items", limit=1)["timeStamp"])
    assert stamp.utcoffset() is not None


@ANNEX.test("/conf/core/fc-numberMatched", "/conf/core/fc-numberReturned", each=True)
def numbers(api: Api, slug: str) -> None:
    """What is said of numbers is so."""
    pages = list(api.pages(slug, limit=700))
    count = sum(len(page["features"]) for page in pages)
    assert [page["numberReturned"] for page in pages] == [len(page["features"]) for page in pages]
    assert {page.get("numberMatched", count) for page in pages} == {count}


@ANNEX.test("/conf/core/query-param-invalid")
def invalid_values(api: Api) -> None:
    """400 where a value is not of its parameter's kind."""
    path = f"/collections/{SLUGS[0]}/items"
    for name, value in (
        ("limit", "0"), ("limit", "-1"), ("limit", "ten"), ("limit", "1.5"),
        ("bbox", "1,2,3"), ("bbox", "a,b,c,d"), ("bbox", "4,3,2,1"), ("bbox", "0,95,1,96"),
        ("datetime", "2026-99-99"),
    ):  # fmt: skip
        assert api.get(path, **{name: value}).status == 400, (name, value)


@ANNEX.test("/conf/core/query-param-unknown")
def unknown_parameters(api: Api) -> None:
    """400 on a parameter that the definition does not have, everywhere."""
    for path in ("/", "/conformance", "/collections", f"/collections/{SLUGS[0]}",
                 f"/collections/{SLUGS[0]}/items"):  # fmt: skip
        assert api.get(path, there_is_no_such_thing="1").status == 400, path


@ANNEX.test("/conf/core/f-op", "/conf/core/f-success", "/conf/core/f-links", each=True)
def one_feature(api: Api, slug: str) -> None:
    """A feature alone is the one of the list, with links to itself and to its collection."""
    listed = api.ok(f"/collections/{slug}/items", limit=1)["features"][0]
    answer = api.get(f"/collections/{slug}/items/{listed['id']}")
    assert (answer.status, answer.media) == (200, GEOJSON)
    alone = answer.json
    assert {key: alone[key] for key in ("type", "id", "geometry", "properties")} == listed
    assert href(alone["links"], "self") == f"{api.url}/collections/{slug}/items/{listed['id']}"
    assert href(alone["links"], "collection") == f"{api.url}/collections/{slug}"
    assert href(alone["links"], "alternate", HTML)
    assert api.get(f"/collections/{slug}/items/{UUID(int=0)}").status == 404


@ANNEX.test("/conf/geojson/definition")
def geojson_definition(api: Api) -> None:
    """The definition offers GeoJSON of features."""
    assert GEOJSON in items_operation(api)["responses"]["200"]["content"]


@ANNEX.test("/conf/geojson/content", each=True)
def geojson_content(api: Api, slug: str) -> None:
    """GeoJSON when asked for."""
    answer = api.get(f"/collections/{slug}/items", accept=GEOJSON, limit=2)
    assert answer.media == GEOJSON
    assert answer.json["type"] == "FeatureCollection"


def html_paths(slug: str) -> list[str]:
    """Every resource that the class HTML speaks of, but for the single feature."""
    return ["/", "/conformance", "/collections", f"/collections/{slug}",
            f"/collections/{slug}/items"]  # fmt: skip


@ANNEX.test("/conf/html/definition")
def html_definition(api: Api) -> None:
    """The definition offers HTML at every address of data."""
    paths = api.ok("/openapi.json")["paths"]
    without = [
        path
        for path, operations in paths.items()
        if re.search(r"/api/(collections(/\{\w+\}(/items(/\{\w+\})?)?)?)?$", path)
        and HTML not in operations["get"]["responses"]["200"]["content"]
    ]
    assert not without


@ANNEX.test("/conf/html/content", each=True)
def html_content(api: Api, slug: str) -> None:
    """A page for people when asked for, by `Accept` and by the `alternate` link."""
    uid = api.ok(f"/collections/{slug}/items", limit=1)["features"][0]["id"]
    for path in (*html_paths(slug), f"/collections/{slug}/items/{uid}"):
        answer = api.get(path, accept="text/html,application/xhtml+xml,*/*;q=0.8")
        assert (answer.status, answer.media) == (200, HTML), path
        assert b"<title>" in answer.body
        # Programs that say nothing are given JSON.
        assert api.get(path, accept="*/*").media != HTML, path
        assert api.get(path).media != HTML, path


@ANNEX.test("/conf/oas30/definition-1", "/conf/oas30/oas-impl")
def openapi_is_there(api: Api) -> None:
    """The definition is a document of OpenAPI 3.0 (its schema: `test_schemas.py`), and each of its
    addresses without variables answers.
    """
    answer = api.get("/openapi.json")
    assert answer.media == OPENAPI
    document = answer.json
    assert document["openapi"].startswith("3.0.")
    for path, operations in document["paths"].items():
        required = [p for p in operations.get("get", {}).get("parameters", []) if p.get("required")]
        if "{" not in path and "get" in operations and not required:
            status, _headers, _body = api.portal.get(path)
            assert status in (200, 400, 401), path


@ANNEX.test("/conf/oas30/definition-2")
def openapi_link(api: Api) -> None:
    """The landing page names it with its media type."""
    address = href(api.ok("/")["links"], "service-desc", f"{OPENAPI};version=3.0")
    assert address == f"{api.url}/openapi.json"


@ANNEX.test("/conf/oas30/completeness", "/conf/oas30/exception-codes")
def openapi_completeness(api: Api) -> None:
    """Each operation names its answers, the failures among them, with their content."""
    for path, operations in api.ok("/openapi.json")["paths"].items():
        for method, operation in operations.items():
            statuses = operation["responses"]
            assert any(status.startswith("2") or status == "302" for status in statuses), path
            assert any(status.startswith("4") for status in statuses), (path, method)
            for status, answer in statuses.items():
                described = answer.get("content") or status in ("204", "302", "304")
                assert described, (path, method, status)


@ANNEX.test("/conf/oas30/security")
def openapi_security(api: Api) -> None:
    """Reading needs no key, so no operation of reading asks for one."""
    for path, operations in api.ok("/openapi.json")["paths"].items():
        if path.startswith("/api/collections"):
            assert not json.loads(json.dumps(operations["get"])).get("security"), path


@pytest.mark.parametrize(("body", "arguments"), ANNEX.cases)
def test_part_1(body: Body, arguments: tuple[str, ...], api: Api) -> None:
    body(api, *arguments)
