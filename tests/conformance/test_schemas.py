"""Answers hold the OGC's schemas (beside the checkout) and those of our own OpenAPI document.

The OGC's files are OpenAPI 3.1, that is JSON Schema 2020-12; ours is 3.0, so `nullable` is read as
"or null" here.
"""

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import validate
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from tests.conformance.reading import EPSG, JUDGED, Answer, Api

FORMATS = FormatChecker()
OGC = "https://ogc.example/"
SCHEMAS = Path("data") / "conformance" / "ogcapi-features-openapi" / "schemas"


@pytest.fixture(scope="module")
def ogc(shared: Path) -> Path:
    """The OGC's schemas."""
    folder = shared / SCHEMAS
    if not folder.is_dir():
        pytest.skip(f"../shared/{SCHEMAS} is not here: answers are held against our own alone")
    return folder


@cache
def ogc_registry(folder: Path) -> Registry[Any]:
    """All of its files, by their names."""
    found: list[tuple[str, Resource[Any]]] = []
    for file in folder.glob("*.yaml"):
        # `type: null` is the type of that name, which YAML takes for nothing at all.
        text = re.sub(
            r"(type:|-) null *$", r'\1 "null"', file.read_text("utf-8"), flags=re.MULTILINE
        )
        resource = DRAFT202012.create_resource(yaml.safe_load(text))
        found.append((f"{OGC}{file.name}", resource))
    return Registry[Any]().with_resources(found)


@cache
def ogc_validator(folder: Path, name: str) -> Draft202012Validator:
    """Of one of the files."""
    schema = {"$ref": f"{OGC}{name}.yaml"}
    registry = ogc_registry(folder)
    return Draft202012Validator(schema, registry=registry, format_checker=FORMATS)


def faults(validator: Draft202012Validator, instance: Any) -> list[str]:
    """The first few, where and what."""
    found = sorted(validator.iter_errors(instance), key=lambda error: len(error.path))
    return [f"{error.json_path}: {error.message[:200]}" for error in found[:5]]


def addresses(api: Api, slug: str) -> dict[str, tuple[str, dict[str, Any]]]:
    """Schema of the OGC → an answer that must hold it: address, parameters."""
    items = f"/collections/{slug}/items"
    uid = api.ok(items, limit=1)["features"][0]["id"]
    return {
        "collection": (f"/collections/{slug}", {}),
        "featureCollectionGeoJSON": (items, {"limit": 100}),
        "featureGeoJSON": (f"{items}/{uid}", {}),
        "exception": (items, {"limit": "none"}),
    }


@pytest.mark.parametrize(
    ("name", "path"),
    [("landingPage", "/"), ("confClasses", "/conformance"), ("collections", "/collections")],
)
def test_the_catalogue_holds_the_ogc_schemas(name: str, path: str, api: Api, ogc: Path) -> None:
    for language in ("vi", "en"):
        assert not faults(ogc_validator(ogc, name), api.ok(path, lang=language))


@pytest.mark.parametrize("slug", JUDGED)
def test_collections_hold_the_ogc_schemas(slug: str, api: Api, ogc: Path) -> None:
    for name, (path, parameters) in addresses(api, slug).items():
        body = api.get(path, **parameters).json
        assert not faults(ogc_validator(ogc, name), body), name
    in_grid = api.ok(f"/collections/{slug}/items", limit=50, crs=f"{EPSG}5899")
    assert not faults(ogc_validator(ogc, "featureCollectionGeoJSON"), in_grid)


class OwnDocument:
    """Our OpenAPI document, as a judge of answers."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = or_null(document)
        self.registry = Registry[Any]().with_resource(
            "urn:own", DRAFT202012.create_resource(self.document)
        )

    def faults(self, path: str, answer: Answer, method: str = "get") -> list[str]:
        """What of an answer the document does not say."""
        operation = self.document["paths"].get(path, {}).get(method)
        if operation is None:
            return [f"{method} {path} is not described"]
        described = operation["responses"].get(str(answer.status))
        if described is None:
            return [f"{path}: {answer.status} is not described"]
        media = {name.partition(";")[0]: of for name, of in described.get("content", {}).items()}
        if answer.media not in media:
            return [f"{path}: {answer.status} as {answer.media!r} is not described: {[*media]}"]
        if "json" not in answer.media:
            return []
        pointer = [path, method, "responses", str(answer.status), "content"]
        full = next(n for n in described["content"] if n.partition(";")[0] == answer.media)
        escaped = "/".join(p.replace("~", "~0").replace("/", "~1") for p in [*pointer, full])
        schema = {"$ref": f"urn:own#/paths/{escaped}/schema"}
        validator = Draft202012Validator(schema, registry=self.registry, format_checker=FORMATS)
        return faults(validator, answer.json)


def or_null(node: Any) -> Any:
    """OpenAPI 3.0's `nullable` as JSON Schema says it."""
    if isinstance(node, list):
        return [or_null(each) for each in node]
    if not isinstance(node, dict):
        return node
    made = {name: or_null(value) for name, value in node.items() if name != "nullable"}
    if node.get("nullable") is True:
        return {"anyOf": [made, {"type": "null"}]}
    return made


@pytest.fixture(scope="module")
def own(api: Api) -> OwnDocument:
    """The published document."""
    return OwnDocument(api.ok("/openapi.json"))


def test_our_document_is_openapi(api: Api) -> None:
    validate(api.ok("/openapi.json"))


def test_the_catalogue_is_as_our_document_says(api: Api, own: OwnDocument) -> None:
    for path in ("/", "/conformance", "/collections"):
        assert not own.faults(f"/api{path}", api.get(path))
        assert not own.faults(f"/api{path}", api.get(path, no_such_thing=1))
    assert not own.faults("/api/search", api.get("/search", q="long điền"))
    assert not own.faults("/api/search", api.get("/search", q=""))


@pytest.mark.parametrize("slug", JUDGED)
def test_collections_are_as_our_document_says(slug: str, api: Api, own: OwnDocument) -> None:
    items = f"/collections/{slug}/items"
    uid = api.ok(items, limit=1)["features"][0]["id"]
    one, several = "/api/collections/{slug}", "/api/collections/{slug}/items"
    assert not own.faults(one, api.get(f"/collections/{slug}"))
    assert not own.faults(f"{one}/queryables", api.get(f"/collections/{slug}/queryables"))
    for parameters in (
        {"limit": 100}, {"crs": f"{EPSG}5899"}, {"filter": "true"}, {"limit": "x"},
        {"bbox": "1"}, {"filter": "("}, {"crs": "x"}, {"f": "shapefile"}, {"f": "html"},
    ):  # fmt: skip
        assert not own.faults(several, api.get(items, **parameters)), parameters
    for address in (f"{items}/{uid}", f"{items}/none"):
        assert not own.faults(f"{several}/{{uid}}", api.get(address)), address
    assert not own.faults(one, api.get("/collections/there-is-none"))
