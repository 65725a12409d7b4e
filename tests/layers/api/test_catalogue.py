"""Landing page, conformance, collections, queryables, one feature, documents for programmers."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openapi_spec_validator import validate

from layers.api.queryables import queryables_schema
from layers.catalogue import shipped_definitions
from layers.definition import LayerDefinition
from layers.errors import every_error
from layers.models import Feature, LayerVersion
from tests.layers.api.conftest import PLOTS, plot

COLLECTION = "/api/collections/test-plots"
pytestmark = pytest.mark.django_db


def get(client: Client, address: str, **query: str) -> dict[str, Any]:
    """The JSON of an answer that must be one."""
    response = client.get(address, query or None)
    assert response.status_code == 200, response.content
    found: dict[str, Any] = json.loads(response.content)
    return found


def rels(found: dict[str, Any]) -> dict[str, str]:
    return {at["rel"]: at["href"] for at in found["links"]}


def test_every_link_of_the_landing_page_leads_somewhere(
    client: Client, plots: LayerVersion
) -> None:
    links = rels(get(client, "/api/"))
    grids = "http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes"
    known = {"self", "service-desc", "service-doc", "conformance", "data", "search", grids}
    known |= {"alternate", "feed", "service-meta"}
    assert known == set(links)
    for rel, address in links.items():
        assert client.get(address.replace("{q}", "vung tau")).status_code == 200, rel


def test_conformance_claims_what_holds_and_no_more(client: Client, db: None) -> None:
    claimed = get(client, "/api/conformance")["conformsTo"]
    parts = {
        1: ("core", "geojson", "html", "oas30"),
        2: ("crs",),
        3: ("queryables", "queryables-query-parameters", "filter", "features-filter"),
    }
    # What is claimed of tiles: tests/tiles/test_ogc_tiles.py; of CQL2: tests/layers/cql2.
    # Sorting and choosing properties are drafts: they work, but no class of them is claimed.
    assert [name for name in claimed if "/ogcapi-features-" in name] == [
        f"http://www.opengis.net/spec/ogcapi-features-{part}/1.0/conf/{name}"
        for part, names in parts.items()
        for name in names
    ]
    assert all("/ogcapi-" in name or "/tms/" in name or "/cql2/" in name for name in claimed)


def test_a_collection_says_what_it_is_and_how_old(client: Client, plots: LayerVersion) -> None:
    found = get(client, COLLECTION)
    assert (found["id"], found["title"], found["itemType"]) == ("test-plots", "Thửa thử", "feature")
    assert (found["feature_count"], found["version"], found["data_date"]) == (250, 1, "2026-06-30")
    assert found["owner"] == "Sở Thử"
    assert found["area_ha"] == pytest.approx(75.6, abs=1)
    assert found["extent"]["spatial"]["bbox"] == [[107.0, 10.4, 107.0395, 10.4065]]
    assert found["extent"]["temporal"]["interval"] == [["2026-06-30T00:00:00Z", None]]
    assert found["illustrative"] is False
    assert rels(found)["license"].startswith("https://creativecommons.org/")
    assert get(client, COLLECTION, lang="en")["title"] == "Test plots"


def test_the_list_holds_published_layers_only(client: Client, plots: LayerVersion) -> None:
    with CaptureQueriesContext(connection) as queries:
        found = get(client, "/api/collections")
    assert [one["id"] for one in found["collections"]] == ["test-plots"]
    assert len(queries) <= 2


def test_collections_are_not_sent_twice(client: Client, plots: LayerVersion) -> None:
    for address in (
        "/api/",
        "/api/collections",
        COLLECTION,
        f"{COLLECTION}/queryables",
        "/api/openapi.json",
    ):
        tag = client.get(address).headers["ETag"]
        again = client.get(address, headers={"If-None-Match": tag})
        assert again.status_code == 304, address
        assert again.headers["Access-Control-Allow-Origin"] == "*"


def test_queryables_are_a_json_schema_of_public_fields(client: Client, plots: LayerVersion) -> None:
    response = client.get(f"{COLLECTION}/queryables")
    assert response.headers["Content-Type"].startswith("application/schema+json")
    schema = json.loads(response.content)
    jsonschema.Draft202012Validator.check_schema(schema)
    declared = {f["name"] for f in PLOTS["field"] if "visibility" not in f}
    always = {"geometry", "unit", "id", "area_m2", "length_m"}
    assert set(schema["properties"]) == always | declared
    assert {"dispute", "occupier"}.isdisjoint(declared)
    assert schema["properties"]["status"]["enum"] == ["leased", "vacant"]
    assert schema["additionalProperties"] is False


@pytest.mark.parametrize(
    "definition", [d for _raw, d in shipped_definitions()], ids=lambda d: d.slug
)
def test_every_shipped_layer_has_queryables(definition: LayerDefinition) -> None:
    for lang in ("vi", "en"):
        schema = queryables_schema(definition, "https://example.org/", lang)
        jsonschema.Draft202012Validator.check_schema(schema)
        assert not {f.name for f in definition.fields if f.is_private} & set(schema["properties"])


def test_one_feature_is_what_the_list_says(client: Client, plots: LayerVersion) -> None:
    listed = get(client, f"{COLLECTION}/items", limit="1")["features"][0]
    with CaptureQueriesContext(connection) as queries:
        one = get(client, f"{COLLECTION}/items/{listed['id']}")
    assert len(queries) <= 3
    assert set(rels(one)) == {"self", "collection", "alternate"}
    del one["links"]
    assert one == listed
    assert list(one["properties"]) == list(listed["properties"])


def test_a_uid_survives_versions(
    client: Client, plots: LayerVersion, publish_plots: Callable[..., LayerVersion]
) -> None:
    uid = Feature.objects.filter(version_id=plots.pk, properties__parcel_no="7").first().uid  # type: ignore[union-attr]
    publish_plots(plot(number) for number in range(200))
    assert get(client, f"{COLLECTION}/items/{uid}")["properties"]["parcel_no"] == "7"


def test_the_openapi_document_is_valid_and_names_every_address(client: Client, db: None) -> None:
    response = client.get("/api/openapi.json")
    assert response.headers["Content-Type"] == "application/vnd.oai.openapi+json;version=3.0"
    document = json.loads(response.content)
    validate(document)
    assert document["openapi"].startswith("3.0")
    assert "/api/collections/{slug}/items" in document["paths"]
    ids = [one["operationId"] for item in document["paths"].values() for one in item.values()]
    assert len(ids) == len(set(ids)) >= 27


def test_answers_are_what_the_openapi_document_says(client: Client, plots: LayerVersion) -> None:
    document = get(client, "/api/openapi.json")
    uid = get(client, f"{COLLECTION}/items", limit="1")["features"][0]["id"]
    # Exports are files: tests/layers/exports.
    # Imports are a steward's: tests/importers/test_import_api.py.
    # Tiles are no JSON: tests/tiles/test_ogc_tiles.py.
    # Atom and RDF: test_feed.py, test_dcat.py.
    # Questions are a planner's: tests/gis_portal/planner/test_asking.py.
    elsewhere = (
        *("/api/imports", "/api/packages", "/api/collections/{slug}/tiles/{grid}/{matrix}"),
        *("/api/exports", "/api/collections/{slug}/export."),
        *("/api/feed", "/api/collections/{slug}/feed", "/api/catalogue"),
        *("/api/analyses", "/api/runs", "/api/areas"),
    )
    open_paths = [path for path in document["paths"] if not path.startswith(elsewhere)]
    for path in open_paths:
        item = document["paths"][path]
        address = path.replace("{slug}", "test-plots").replace("{uid}", uid)
        address = address.replace("{grid}", "WebMercatorQuad")
        content = item["get"]["responses"]["200"]["content"]
        asked = {"search": {"q": "thửa 7 tờ 1"}, "changes": {"since": "1"}}
        response = client.get(address, asked.get(path.rpartition("/")[2]))
        media_type = response.headers["Content-Type"].split(";")[0]
        schema = {
            **as_json_schema(content[media_type]["schema"]),
            "components": as_json_schema(document["components"]),
        }
        jsonschema.Draft7Validator(schema).validate(json.loads(response.content))


def as_json_schema(part: Any) -> Any:
    """OpenAPI 3.0's `nullable` as JSON Schema says it; YAML's bare `type: null` too."""
    if isinstance(part, list):
        return [as_json_schema(one) for one in part]
    if not isinstance(part, dict):
        return part
    made = {key: as_json_schema(value) for key, value in part.items() if key != "nullable"}
    if "type" in part and part["type"] is None:
        made["type"] = "null"
    return {"anyOf": [made, {"type": "null"}]} if part.get("nullable") is True else made


def test_answers_fit_the_schemas_of_the_standard(
    client: Client, plots: LayerVersion, shared: Path
) -> None:
    folder = shared / "data" / "conformance" / "ogcapi-features-openapi" / "schemas"
    definitions = {
        file.name: as_json_schema(local_references(yaml.safe_load(file.read_text())))
        for file in folder.glob("*.yaml")
    }
    uid = get(client, f"{COLLECTION}/items", limit="1")["features"][0]["id"]
    for name, address in (
        ("landingPage", "/api/"),
        ("confClasses", "/api/conformance"),
        ("collections", "/api/collections"),
        ("collection", COLLECTION),
        ("featureCollectionGeoJSON", f"{COLLECTION}/items"),
        ("featureGeoJSON", f"{COLLECTION}/items/{uid}"),
    ):
        schema = {"$ref": f"#/definitions/{name}.yaml", "definitions": definitions}
        jsonschema.Draft7Validator(schema).validate(get(client, address))


def local_references(part: Any) -> Any:
    """The schema with references to files of its folder turned into references to `definitions`."""
    if isinstance(part, list):
        return [local_references(one) for one in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part:
        return {"$ref": f"#/definitions/{part['$ref'].rsplit('/', 1)[-1]}"}
    return {key: local_references(value) for key, value in part.items()}


def test_the_pages_for_programmers_need_no_inline_script(client: Client, db: None) -> None:
    page = client.get("/api/docs").content.decode()
    assert "/api/collections/{slug}/items" in page
    assert all("src=" in tag for tag in page.split("<script")[1:])
    assert "<style" not in page
    assert "style=" not in page


def test_every_error_code_stands_in_the_table(client: Client, db: None) -> None:
    page = client.get("/api/docs/errors").content.decode()
    for error in every_error():
        assert f'id="{error.code}"' in page
