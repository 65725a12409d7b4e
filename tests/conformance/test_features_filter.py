"""OGC API – Features, Part 3: Filtering (19-079r2), Annex A."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from layers.crs import WGS84, transformer
from tests.conformance.cases import Annex, Body
from tests.conformance.filters import Node, as_parameter, bbox, op, prop
from tests.conformance.reading import DEFINITIONS, EPSG, NAMED, Api, Held, href

ANNEX = Annex("OGC API – Features, Part 3")
CONF = "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/"
QUERYABLES = "http://www.opengis.net/def/rel/ogc/1.0/queryables"
SCHEMAS = (
    "https://json-schema.org/draft/2019-09/schema",
    "https://json-schema.org/draft/2020-12/schema",
)
SIMPLE = ("string", "number", "integer", "boolean")
NOT_A_FILTER = "THIS IS NOT A FILTER"
ALL_IN = (f"{EPSG}5899", f"{EPSG}4326", f"{EPSG}3857", f"{EPSG}9214")


def queryables(api: Api, slug: str) -> dict[str, Any]:
    """Name → schema."""
    found: dict[str, Any] = api.ok(f"/collections/{slug}/queryables")["properties"]
    return found


def simple(api: Api, slug: str) -> dict[str, Any]:
    """Declared fields whose values are texts, numbers or booleans."""
    declared = {field.name for field in DEFINITIONS[slug].public_fields}
    return {
        name: schema
        for name, schema in queryables(api, slug).items()
        if schema.get("type") in SIMPLE and name in declared
    }


def asked(api: Api, slug: str, node: Node, **more: Any) -> set[str]:
    """Uids of what a filter finds."""
    return api.uids(slug, filter=as_parameter(node, "cql2-text"), filter_lang="cql2-text", **more)


def refused(api: Api, slug: str, text: str, **more: Any) -> None:
    """400, as a problem."""
    answer = api.get(f"/collections/{slug}/items", filter=text, **more)
    assert (answer.status, answer.media) == (400, "application/problem+json"), text


@ANNEX.test("/conf/queryables/get-conformance", "/conf/filter/get-conformance",
            "/conf/features-filter/get-conformance",
            "/conf/queryables-query-parameters/get-conformance")  # fmt: skip
def declared(api: Api, _held: object) -> None:
    """The classes are declared."""
    classes = api.ok("/conformance")["conformsTo"]
    names = ("queryables", "queryables-query-parameters", "filter", "features-filter")
    assert {f"{CONF}{name}" for name in names} <= set(classes)


@ANNEX.test("/conf/queryables/get-queryables", each=True)
def get_queryables(api: Api, slug: str, _held: Held) -> None:
    """A JSON Schema of an object, its `$id` its own address without parameters."""
    path = f"/collections/{slug}/queryables"
    for language in ({}, {"lang": "en"}):
        answer = api.get(path, accept="application/schema+json", **language)
        assert (answer.status, answer.media) == (200, "application/schema+json")
        schema = answer.json
        assert schema["$schema"] in SCHEMAS
        assert schema["$id"] == f"{api.url}{path}"
        assert schema["type"] == "object"
        assert schema["properties"]
    spatial = [s for s in schema["properties"].values() if "format" in s and "type" not in s]
    assert [s["format"].partition("-")[0] for s in spatial] == ["geometry"]


@ANNEX.test("/conf/queryables/get-collection", each=True)
def queryables_link(api: Api, slug: str, _held: Held) -> None:
    """Every collection leads there."""
    links = api.ok(f"/collections/{slug}")["links"]
    assert href(links, QUERYABLES) == f"{api.url}/collections/{slug}/queryables"
    items = api.ok(f"/collections/{slug}/items", limit=1)["links"]
    assert href(items, "self")


@ANNEX.test("/conf/queryables-query-parameters/parameters", each=True)
def query_parameters(api: Api, slug: str, held: Held) -> None:
    """Every queryable with simple values is a parameter, and selects what has the value."""
    for name in simple(api, slug):
        values = [p.get(name) for p in held.properties]
        value = next((value for value in values if value is not None), None)
        if value is None:
            continue
        text = str(value).lower() if isinstance(value, bool) else value
        found = api.uids(slug, **{name: text})
        assert found == held.where(lambda p, n=name, v=value: p.get(n) == v), (name, value)


@ANNEX.test("/conf/filter/filter-param", each=True)
def filter_param(api: Api, slug: str, held: Held) -> None:
    """A valid filter selects, an invalid one is refused."""
    for name in simple(api, slug):
        found = asked(api, slug, op("isNull", prop(name)))
        assert found == held.where(lambda p, n=name: p.get(n) is None), name
    refused(api, slug, NOT_A_FILTER, filter_lang="cql2-text")
    refused(api, slug, NOT_A_FILTER, filter_lang="cql2-json")
    refused(api, slug, "", filter_lang="cql2-text")


@ANNEX.test("/conf/filter/filter-lang-default", each=True)
def filter_lang_default(api: Api, slug: str, _held: Held) -> None:
    """`cql2-text` without `filter-lang`; a language that does not exist is refused."""
    name = next(iter(simple(api, slug)))
    text = f'"{name}" IS NOT NULL'
    assert api.uids(slug, filter=text) == api.uids(slug, filter=text, filter_lang="cql2-text")
    refused(api, slug, NOT_A_FILTER)
    refused(api, slug, text, filter_lang="cql-text")


@ANNEX.test("/conf/filter/expression-construction", each=True)
def expression_construction(api: Api, slug: str, _held: Held) -> None:
    """What is no queryable is refused, private fields in the same words."""
    refused(api, slug, "this_is_not_a_queryable IS NULL")
    refused(api, slug, "properties IS NULL")
    refused(api, slug, "version_id = 1")


@ANNEX.test("/conf/filter/filter-crs-wgs84", each=True)
def filter_crs_wgs84(api: Api, slug: str, held: Held) -> None:
    """Degrees, longitude first, without `filter-crs`."""
    west, south, east, north = api.ok(f"/collections/{slug}")["extent"]["spatial"]["bbox"][0]
    near = 1e-6
    whole = bbox(west - near, south - near, east + near, north + near)
    assert asked(api, slug, op("s_intersects", prop("geometry"), whole)) == set(held.uids)
    half = op("s_intersects", prop("geometry"), bbox(*held.west_half))
    assert asked(api, slug, half) == held.inside(held.west_half)
    refused(api, slug, "S_INTERSECTS(geometry,BBOX(1000000,1000000,2000000,2000000))")


@ANNEX.test("/conf/filter/filter-crs-param", each=True)
def filter_crs_param(api: Api, slug: str, held: Held) -> None:
    """The literal is in the system that is named, in its order of axes."""
    for uri in ALL_IN:
        crs, swapped = NAMED[uri]
        west, south, east, north = held.bounds
        xs, ys = np.array([west, east, west, east]), np.array([south, south, north, north])
        x, y = transformer(WGS84, crs).transform(xs, ys)
        # Wide enough for the edges, which are not straight in degrees.
        more = 0.02 if crs.is_geographic else 2000
        numbers = [min(x) - more, min(y) - more, max(x) + more, max(y) + more]
        if swapped:
            numbers = [numbers[1], numbers[0], numbers[3], numbers[2]]
        node = op("s_intersects", prop("geometry"), bbox(*map(float, numbers)))
        assert asked(api, slug, node, filter_crs=uri) == set(held.uids), uri
    refused(
        api,
        slug,
        "S_INTERSECTS(geometry,BBOX(107,10,108,11))",
        filter_crs="http://www.opengis.net/def/crs/OGC/0/does_not_exist",
    )


@ANNEX.test("/conf/filter/mixing-expression", each=True)
def mixing(api: Api, slug: str, held: Held) -> None:
    """`filter`, `bbox` and queryables together: all must hold."""
    half = op("s_intersects", prop("geometry"), bbox(*held.west_half))
    west, south, east, north = held.bounds
    box = f"{west},{south - 1},{(west + 2 * east) / 3},{north + 1}"
    assert asked(api, slug, half, bbox=box) == held.inside(held.west_half) & api.uids(
        slug, bbox=box
    )
    assert asked(api, slug, half, bbox="-40,-40,-39,-39") == set()
    if held.usual:
        name, value = held.usual
        expected = held.where(lambda p: p.get(name) == value) & held.inside(held.west_half)
        assert asked(api, slug, half, **{name: value}) == expected


@ANNEX.test("/conf/features-filter/filter-on-items", each=True)
def filter_on_items(api: Api, slug: str, held: Held) -> None:
    """Pages of a filtered list keep the filter to their end and say how many match."""
    if not held.usual:
        return
    name, value = held.usual
    expected = held.where(lambda p: p.get(name) == value)
    text = as_parameter(op("=", prop(name), value), "cql2-text")
    size = max(len(expected) // 3, 1)
    pages = list(api.pages(slug, filter=text, limit=size))
    ids = [feature["id"] for page in pages for feature in page["features"]]
    assert set(ids) == expected
    assert len(ids) == len(expected)
    assert {page.get("numberMatched") for page in pages} <= {len(expected), None}


@pytest.mark.parametrize(("body", "arguments"), ANNEX.cases)
def test_part_3(
    body: Body, arguments: tuple[str, ...], api: Api, database: Callable[[str], Held]
) -> None:
    body(api, *arguments, database(*arguments) if arguments else database)
