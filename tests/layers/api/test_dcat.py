"""The catalogue for machines, read by rdflib and held against DCAT-AP 3.0."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.test.utils import override_settings
from rdflib import RDF, XSD, Graph, Literal, Namespace, URIRef
from rdflib.compare import to_isomorphic
from rdflib.namespace import DCTERMS as DCT
from rdflib.namespace import FOAF, RDFS
from rdflib.term import Node

from layers.exports.formats import FORMATS
from layers.models import Layer, LayerVersion
from layers.publish import publish
from tests.layers.grounds import A, B, published, staged
from tests.layers.rows import plots_layer

pytestmark = pytest.mark.django_db
CATALOGUE = "/api/catalogue"
DCAT = Namespace("http://www.w3.org/ns/dcat#")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
GEO = Namespace("http://www.opengis.net/ont/geosparql#")
AUTHORITY = "http://publications.europa.eu/resource/authority/"
# DCAT-AP 3.0: class → property → (least, most) where the profile binds it.
ANY = None
SHAPES: dict[Node, dict[Node, tuple[int, int | None]]] = {
    DCAT.Catalog: {
        DCT.title: (1, ANY), DCT.description: (1, ANY), DCT.publisher: (1, 1),
        DCT.issued: (0, 1), DCT.modified: (0, 1), FOAF.homepage: (0, 1), DCT.license: (0, 1),
    },
    DCAT.Dataset: {
        DCT.title: (1, ANY), DCT.description: (1, ANY), DCT.publisher: (0, 1),
        DCT.accessRights: (0, 1), DCT.accrualPeriodicity: (0, 1), DCT.issued: (0, 1),
        DCT.modified: (0, 1), DCAT.version: (0, 1),
    },
    DCAT.Distribution: {
        DCAT.accessURL: (1, ANY), DCT.license: (0, 1), DCAT.mediaType: (0, 1), DCT.format: (0, 1),
        DCT.modified: (0, 1), DCT.rights: (0, 1),
    },
    DCAT.DataService: {
        DCT.title: (1, ANY), DCAT.endpointURL: (1, ANY), DCT.license: (0, 1),
        DCT.accessRights: (0, 1),
    },
    FOAF.Agent: {FOAF.name: (1, ANY), DCT.type: (0, 1)},
    DCT.PeriodOfTime: {DCAT.startDate: (0, 1), DCAT.endDate: (0, 1)},
    DCT.Location: {DCAT.bbox: (0, 1), DCAT.centroid: (0, 1)},
}  # fmt: skip
LITERALS = (DCT.title, DCT.description, FOAF.name, DCAT.keyword, DCT.identifier, VCARD.fn)
RESOURCES = (
    *(DCT.publisher, DCAT.accessURL, DCAT.downloadURL, DCAT.endpointURL, DCAT.theme, DCT.language),
    *(DCT.license, DCT.format, DCAT.mediaType, DCAT.landingPage, DCT.accrualPeriodicity),
    *(DCAT.dataset, DCAT.distribution, DCAT.service, DCAT.servesDataset, DCAT.accessService),
    *(DCT.spatial, DCT.temporal, DCT.accessRights, DCAT.contactPoint, FOAF.homepage),
)
DAYS = {XSD.date, XSD.dateTime, XSD.gYear, XSD.gYearMonth}
# The authority table that the profile's section on controlled vocabularies asks for.
TABLES = {
    DCT.accrualPeriodicity: "frequency/",
    DCAT.theme: "data-theme/",
    DCT.language: "language/",
    DCT.format: "file-type/",
    DCT.accessRights: "access-right/",
}
OWNED: dict[str, Any] = {
    "title": {"vi": "Lô “thử”\\", "en": "Test plots"},
    "description": {"vi": 'Có "ngoặc" và\nxuống dòng.', "en": "Quoted."},
    "owner_org": {"vi": "Sở Thử", "en": "Test office"},
    "licence": "CC-BY-4.0",
    "update_interval": "P6M",
    "search": {"words": ["lô đất", "thử"]},
}


def read(client: Client, address: str = CATALOGUE, **headers: str) -> Graph:
    """The graph, held against the profile."""
    response = client.get(address, headers=headers or None)
    assert response.status_code == 200, response.content
    media_type = response.headers["Content-Type"].partition(";")[0]
    form = {"application/ld+json": "json-ld", "text/turtle": "turtle"}[media_type]
    graph = Graph().parse(data=response.content, format=form)
    check_profile(graph)
    return graph


def check_profile(graph: Graph) -> None:
    """Mandatory properties, cardinalities, kinds of values and vocabularies of DCAT-AP 3.0."""
    for kind, bounds in SHAPES.items():
        for thing in graph.subjects(RDF.type, kind):
            for name, (least, most) in bounds.items():
                many = len(list(graph.objects(thing, name)))
                assert least <= many, f"{thing} lacks {name}"
                assert most is None or many <= most, f"{thing} has {many} × {name}"
    for name in LITERALS:
        assert all(isinstance(value, Literal) for value in graph.objects(None, name)), name
    for name in RESOURCES:
        assert not any(isinstance(value, Literal) for value in graph.objects(None, name)), name
    for name in (DCT.issued, DCT.modified, DCAT.startDate, DCAT.endDate):
        for value in graph.objects(None, name):
            assert isinstance(value, Literal)
            assert value.datatype in DAYS, value
    for name, table in TABLES.items():
        for value in graph.objects(None, name):
            unlisted = name == DCT.format and (value, RDF.type, DCT.MediaTypeOrExtent) in graph
            assert unlisted or str(value).startswith(AUTHORITY + table), f"{name}: {value}"
    check_links(graph)


def check_links(graph: Graph) -> None:
    """What is named as a part is described, as what it should be."""
    for name, kind in {
        DCAT.dataset: DCAT.Dataset,
        DCAT.servesDataset: DCAT.Dataset,
        DCAT.distribution: DCAT.Distribution,
        DCAT.service: DCAT.DataService,
        DCAT.accessService: DCAT.DataService,
        DCT.publisher: FOAF.Agent,
        DCAT.contactPoint: VCARD.Organization,
        DCT.temporal: DCT.PeriodOfTime,
        DCT.provenance: DCT.ProvenanceStatement,
        DCT.rights: DCT.RightsStatement,
    }.items():
        for value in graph.objects(None, name):
            assert (value, RDF.type, kind) in graph, f"{name}: {value} is no {kind}"
    placed = [place for place in graph.objects(None, DCT.spatial) if place != VIETNAM]
    assert all((place, RDF.type, DCT.Location) in graph for place in placed)
    (whole,) = graph.subjects(RDF.type, DCAT.Catalog)
    described = set(graph.subjects(RDF.type, DCAT.Dataset))
    assert set(graph.objects(whole, DCAT.dataset)) == described


VIETNAM = URIRef(f"{AUTHORITY}country/VNM")


def datasets(graph: Graph) -> dict[str, Node]:
    """Slug → dataset."""
    return {
        str(graph.value(found, DCT.identifier)): found
        for found in graph.subjects(RDF.type, DCAT.Dataset)
    }


def said(graph: Graph, thing: Node, name: Node) -> dict[str | None, str]:
    """Language → text."""
    return {value.language: str(value) for value in graph.objects(thing, name)}  # type: ignore[attr-defined]


def ways(graph: Graph, thing: Node) -> dict[str, Node]:
    """Last part of its name → distribution."""
    found = graph.objects(thing, DCAT.distribution)
    return {str(way).partition("#")[2].partition(".")[2]: way for way in found}


@pytest.fixture
def layer() -> Layer:
    return plots_layer(**OWNED)


def publish_described(layer: Layer) -> LayerVersion:
    version = staged(layer, {"a": A, "b": B})
    version.data_date, version.decision_no = dt.date(2026, 6, 30), "12/QĐ-UBND"
    version.source_org, version.is_illustrative = "Sở Thử", True
    version.save()
    return publish(version, as_operator=True)


def test_both_forms_are_the_same_graph(client: Client, layer: Layer) -> None:
    publish_described(layer)
    turtle, jsonld = read(client, f"{CATALOGUE}.ttl"), read(client, f"{CATALOGUE}.jsonld")
    assert len(turtle) > 100
    assert to_isomorphic(turtle) == to_isomorphic(jsonld)


def test_a_dataset_is_described_in_the_profiles_words(client: Client, layer: Layer) -> None:
    first = publish_described(layer)
    published(layer, {"a": A})
    live = publish_described(layer)
    graph = read(client)
    found = datasets(graph)["test-plots"]
    assert said(graph, found, DCT.title) == {"vi": "Lô “thử”\\", "en": "Test plots"}
    about = said(graph, found, DCT.description)
    assert about["vi"] == 'Dữ liệu minh họa. Có "ngoặc" và\nxuống dòng.'
    publisher = graph.value(found, DCT.publisher)
    assert publisher is not None
    assert said(graph, publisher, FOAF.name) == {"vi": "Sở Thử", "en": "Test office"}
    assert str(graph.value(found, DCT.accrualPeriodicity)) == f"{AUTHORITY}frequency/ANNUAL_2"
    assert str(graph.value(found, DCAT.theme)) == f"{AUTHORITY}data-theme/REGI"
    assert {"lô đất", "thử"} <= {str(word) for word in graph.objects(found, DCAT.keyword)}
    period = graph.value(found, DCT.temporal)
    assert graph.value(period, DCAT.startDate) == Literal("2026-06-30", datatype=XSD.date)
    places = set(graph.objects(found, DCT.spatial))
    assert VIETNAM in places
    (box,) = [graph.value(place, DCAT.bbox) for place in places - {VIETNAM}]
    assert isinstance(box, Literal)
    assert box.datatype == GEO.wktLiteral
    assert str(box).startswith("POLYGON((107.")
    assert graph.value(found, DCAT.version) == Literal("3")
    assert first.published_at is not None
    assert live.published_at is not None
    assert graph.value(found, DCT.issued).toPython() == first.published_at  # type: ignore[union-attr]
    assert graph.value(found, DCT.modified).toPython() == live.published_at  # type: ignore[union-attr]
    origins = [said(graph, at, RDFS.label)["vi"] for at in graph.objects(found, DCT.provenance)]
    assert sorted(origins) == ["Nguồn: Sở Thử", "Theo quyết định: 12/QĐ-UBND"]


def test_every_distribution_leads_to_the_data(client: Client, layer: Layer) -> None:
    publish_described(layer)
    graph = read(client)
    found = ways(graph, datasets(graph)["test-plots"])
    assert set(found) == {"items", "tilejson", "packages", "layer-style", *FORMATS}
    for name, way in found.items():
        assert str(graph.value(way, DCT.license)) == f"{AUTHORITY}licence/CC_BY_4_0"
        assert graph.value(way, DCAT.mediaType) or graph.value(way, DCT.title), name
        address = graph.value(way, DCAT.downloadURL) or graph.value(way, DCAT.accessURL)
        response = client.get(str(address))
        assert response.status_code == 200, (name, response.content[:200])
    with override_settings(PORTAL_EXPORT_DIRECT=1):
        graph = read(client)
    found = ways(graph, datasets(graph)["test-plots"])
    assert graph.value(found["gpkg"], DCAT.downloadURL) is None, "a job makes it"
    items = found["items"]
    assert str(graph.value(items, DCT.format)) == f"{AUTHORITY}file-type/GEOJSON"
    media = "https://www.iana.org/assignments/media-types/application/geo+json"
    assert str(graph.value(items, DCAT.mediaType)) == media


def test_addresses_of_the_catalogue_lead_somewhere(client: Client, layer: Layer) -> None:
    publish_described(layer)
    graph = read(client)
    for name in (
        *(DCAT.endpointURL, DCAT.endpointDescription, DCAT.landingPage, FOAF.page),
        *(FOAF.homepage, RDFS.seeAlso, VCARD.hasURL),
    ):
        addresses = set(graph.objects(None, name))
        assert addresses, name
        assert {client.get(str(at)).status_code for at in addresses} == {200}, name


def test_accept_and_f_choose_the_form(client: Client, layer: Layer) -> None:
    publish_described(layer)
    types = {
        "text/turtle": "text/turtle",
        "application/ld+json": "application/ld+json",
        "application/json": "application/ld+json",
        "text/html,*/*;q=0.8": "application/ld+json",
        "text/turtle;q=0.5, application/ld+json;q=0.9": "application/ld+json",
        "application/ld+json;q=0.5, text/turtle": "text/turtle",
    }
    for accept, media_type in types.items():
        response = client.get(CATALOGUE, headers={"Accept": accept})
        assert response.headers["Content-Type"] == f"{media_type}; charset=utf-8", accept
        assert "Accept" in response.headers["Vary"]
    turtle = client.get(f"{CATALOGUE}?f=ttl", headers={"Accept": "application/ld+json"})
    assert turtle.headers["Content-Type"].startswith("text/turtle")
    ask = client.get(f"{CATALOGUE}.ttl", headers={"Accept": "application/ld+json"})
    assert ask.content == turtle.content


@pytest.mark.parametrize(
    ("address", "accept", "status", "code"),
    [
        (CATALOGUE, "application/rdf+xml", 406, "not-acceptable"),
        (CATALOGUE + "?f=rdf", "*/*", 406, "not-acceptable"),
        (CATALOGUE + "?q=1", "*/*", 400, "bad-filter"),
        (CATALOGUE + ".ttl?f=ttl", "*/*", 400, "bad-filter"),
        (CATALOGUE + "?f=ttl&f=ttl", "*/*", 400, "bad-filter"),
    ],
)
def test_bad_input_has_a_name(
    client: Client, db: None, address: str, accept: str, status: int, code: str
) -> None:
    response = client.get(address, headers={"Accept": accept})
    assert (response.status_code, response.json()["code"]) == (status, code)


def test_internal_and_unpublished_layers_are_in_no_catalogue(
    client: Client, admin_client: Client
) -> None:
    publish_described(plots_layer(**OWNED))
    inner = {"slug": "test-inner", "visibility": "internal", "owner_org": {"vi": "Kín"}}
    published(plots_layer(**inner), {"a": A})
    for reader in (client, admin_client):
        graph = read(reader)
        assert set(datasets(graph)) == {"test-plots"}
        assert "Kín" not in graph.serialize(format="turtle")


def test_what_the_tables_do_not_name_is_not_made_up(client: Client) -> None:
    layer = plots_layer(licence="Giấy phép riêng", update_interval="P17D")
    published(layer, {"a": A})
    graph = read(client)
    found = datasets(graph)["test-plots"]
    assert str(graph.value(found, DCT.accrualPeriodicity)) == f"{AUTHORITY}frequency/OTHER"
    licence = graph.value(ways(graph, found)["items"], DCT.license)
    assert (licence, RDF.type, DCT.LicenseDocument) in graph
    assert graph.value(found, DCT.temporal) is None


def test_an_empty_catalogue_is_valid(client: Client) -> None:
    assert datasets(read(client)) == {}


def test_it_is_tagged_and_cheap(
    client: Client, layer: Layer, django_assert_max_num_queries: Any
) -> None:
    publish_described(layer)
    with django_assert_max_num_queries(4):
        response = client.get(CATALOGUE)
    assert response.headers["Last-Modified"]
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    tag = {"If-None-Match": response.headers["ETag"]}
    assert client.get(CATALOGUE, headers=tag).status_code == 304
    assert client.get(f"{CATALOGUE}.ttl", headers=tag).status_code == 200
