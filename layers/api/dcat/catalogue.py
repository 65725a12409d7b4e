"""The nodes of the catalogue: the catalogue itself, its publishers, one data service, the datasets.

A dataset is a public layer with its live version, described from the declaration; a distribution is
a way to have it. What this installation does not serve (pages, tiles, exports) is left out, as in
the collection's own links.
"""

import uuid
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime

from django.conf import settings
from django.urls import NoReverseMatch
from rest_framework.request import Request

from layers.api.dcat import vocabulary as words
from layers.api.dcat.graph import Iri, Literal, Node
from layers.api.resource import absolute
from layers.definition import Text
from layers.exports.formats import FORMATS
from layers.identity import NAMESPACE
from layers.models import Layer, LayerVersion
from layers.models.catalogue import ILLUSTRATIVE
from layers.past import publications

_TITLE = Text("Danh mục dữ liệu mở", "Catalogue of open data")
_ABOUT = Text(
    "Các lớp bản đồ công khai của tỉnh: GeoJSON, mảnh véc-tơ, tệp để tải. Chỉ để tham khảo.",
    "Public map layers of the province: GeoJSON, vector tiles, files to download. Reference only.",
)
_SERVICE = Text("API dữ liệu mở (OGC API)", "Open data API (OGC API)")
_ITEMS = Text("Đối tượng theo trang (OGC API – Features)", "Features by pages (OGC API – Features)")
_TILES = Text("Mảnh bản đồ véc-tơ (TileJSON)", "Vector tiles (TileJSON)")
_PACKAGES = Text("Gói bản đồ ngoại tuyến (PMTiles)", "Packages for use offline (PMTiles)")
_STYLE = Text("Kiểu vẽ cho MapLibre", "Style for MapLibre")
_PICTURES = Text("Ảnh theo ngày chụp (TileJSON)", "Pictures by their day (TileJSON)")
_DECIDED = Text("Theo quyết định", "By decision")
_SOURCE = Text("Nguồn", "Source")
_JSON, _MVT = "application/json", "application/vnd.mapbox-vector-tile"
# Title, name of the address, media type, file type; those of layers of pictures come last.
_WAYS = (
    (_ITEMS, "api-items", "application/geo+json", "geojson"),
    (_TILES, "tilejson", _MVT, ""),
    (_PACKAGES, "api-packages", "application/vnd.pmtiles", ""),
    (_STYLE, "layer-style", _JSON, "json"),
)
_WAY_OF_PICTURES = (_PICTURES, "imagery-tilejson", "image/webp", "")
# What the table of file types calls a format, where that is not its ending.
_FILE_TYPES = {"shp.zip": "shp"}


def catalogue(request: Request, layers: list[Layer]) -> list[Node]:
    """Everything, in the order in which it is to be read. Three queries."""
    first = {made.version.layer_id: made.at for made in reversed(publications(layers))}
    datasets = [dataset(request, layer, first.get(layer.pk)) for layer in layers]
    portal = Text(settings.PORTAL_NAME_VI, settings.PORTAL_NAME_EN)
    publishers = {agent_iri(request, name): name for name in (portal, *map(owner, layers))}
    agents = [agent(iri, name) for iri, name in publishers.items()]
    whole = described(Node(["dcat:Catalog"], anchor(request, "catalogue")), portal_title(portal))
    whole.say("dct:description", *words.both(_ABOUT.vi, _ABOUT.en))
    whole.say("dct:publisher", Iri(agent_iri(request, portal)))
    whole.say("dct:language", *words.LANGUAGES).say("dct:spatial", words.VIETNAM)
    whole.say("dcat:themeTaxonomy", words.THEMES)
    whole.say("foaf:homepage", page(request, "home"))
    whole.say("dct:issued", moment(min(first.values(), default=None)))
    whole.say("dct:modified", moment(max(map(published, layers), default=None)))
    whole.say("rdfs:seeAlso", Iri(absolute(request, "api-feed")))
    whole.say("dcat:service", Iri(anchor(request, "api")))
    whole.say("dcat:dataset", *(Iri(node.iri) for node in datasets))
    ways = [node for layer in layers for node in distributions(request, layer)]
    return [whole, *agents, service(request, portal, datasets), *datasets, *ways]


def portal_title(portal: Text) -> Text:
    """The catalogue's name: the portal's, and what this is of it."""
    return Text(f"{portal.vi}: {_TITLE.vi.lower()}", f"{portal.en}: {_TITLE.en.lower()}")


def service(request: Request, portal: Text, datasets: list[Node]) -> Node:
    """The API that all datasets are read by."""
    made = described(Node(["dcat:DataService"], anchor(request, "api")), _SERVICE)
    made.say("dcat:endpointURL", Iri(absolute(request, "api-landing")))
    made.say("dcat:endpointDescription", Iri(absolute(request, "api-openapi")))
    made.say("dct:publisher", Iri(agent_iri(request, portal)))
    made.say("dct:conformsTo", words.FEATURES_API).say("dct:accessRights", words.PUBLIC)
    made.say("foaf:page", Iri(absolute(request, "api-docs")))
    return made.say("dcat:servesDataset", *(Iri(node.iri) for node in datasets))


def dataset(request: Request, layer: Layer, first: datetime | None) -> Node:
    """A layer with its live version."""
    version, definition = live(layer), layer.parsed
    node = described(Node(["dcat:Dataset"], dataset_iri(request, layer)), definition.title)
    about = definition.description if definition.description.vi else definition.title
    if version.is_illustrative:
        about = Text(f"{ILLUSTRATIVE.vi}. {about.vi}", f"{ILLUSTRATIVE.en}. {about.en}")
    node.say("dct:description", *words.both(about.vi, about.en))
    node.say("dct:identifier", Literal(layer.slug))
    node.say("dct:publisher", Iri(agent_iri(request, owner(layer))))
    node.say("dcat:contactPoint", contact(request, layer))
    node.say("dcat:theme", words.theme(layer.sector.slug))
    node.say("dcat:keyword", *words.both(layer.sector.title_vi, layer.sector.title_en))
    node.say("dcat:keyword", *(Literal(word, "vi") for word in definition.search_words))
    node.say("dct:accessRights", words.PUBLIC).say("dct:language", words.LANGUAGES[0])
    node.say("dct:accrualPeriodicity", words.frequency(definition.update_interval))
    node.say("dct:spatial", words.VIETNAM, place(version)).say("dct:temporal", period(version))
    node.say("dct:conformsTo", words.CRS84).say("dct:provenance", *origin(version))
    node.say("dct:issued", moment(first or version.published_at))
    node.say("dct:modified", moment(version.published_at))
    node.say("dcat:version", Literal(str(version.number)))
    node.say("dcat:landingPage", page(request, "layer-page", layer.slug))
    node.say("foaf:page", Iri(absolute(request, "api-collection", layer.slug)))
    node.say("rdfs:seeAlso", Iri(absolute(request, "api-collection-feed", layer.slug)))
    ways = distributions(request, layer)
    return node.say("dcat:distribution", *(Iri(way.iri) for way in ways))


def distributions(request: Request, layer: Layer) -> Iterator[Node]:
    """Every way to have the layer: by the API, by tiles, as a package, as a file, its style."""
    pictures = [_WAY_OF_PICTURES] if layer.parsed.feeds == "imagery" else []
    for title, name, media, kind in (*_WAYS, *pictures):
        address = page(request, name, layer.slug)
        if address is not None:
            yield way(request, layer, name.removeprefix("api-"), title, address, media, kind)
    count, most = live(layer).feature_count, settings.PORTAL_EXPORT_DIRECT
    for ending, one in FORMATS.items():
        address = page(request, "api-export-now", layer.slug, ending)
        if address is None or (one.most is not None and count > one.most):
            continue
        kind = _FILE_TYPES.get(ending, ending)
        made = way(request, layer, ending, one.title, address, one.media_type, kind)
        # More than that is made by a job: the address says so and leads there.
        yield made.say("dcat:downloadURL", address if count <= most else None)


def way(
    request: Request, layer: Layer, name: str, title: Text, address: Iri, media: str, kind: str
) -> Node:
    """One distribution."""
    node = described(Node(["dcat:Distribution"], anchor(request, f"{layer.slug}.{name}")), title)
    node.say("dcat:accessURL", address).say("dcat:accessService", Iri(anchor(request, "api")))
    node.say("dcat:mediaType", words.media_type(media))
    node.say("dct:format", words.file_type(kind) or unlisted(title))
    node.say("dct:license", licence(layer)).say("dcatap:availability", words.STABLE)
    node.say("dct:rights", rights(layer))
    return node.say("dct:modified", moment(live(layer).published_at))


def unlisted(title: Text) -> Node:
    """A format that the table does not have."""
    return Node(["dct:MediaTypeOrExtent"]).say("rdfs:label", *words.both(title.vi, title.en))


def licence(layer: Layer) -> Iri | Node | None:
    """By the EU's table where it has the licence, else by its declared name."""
    name = layer.parsed.licence
    unknown = Node(["dct:LicenseDocument"]).say("dct:title", Literal(name)) if name else None
    return words.licence(name) or unknown


def rights(layer: Layer) -> Node:
    """What to print beside the data."""
    said = words.both(layer.attribution("vi"), layer.attribution("en"))
    return Node(["dct:RightsStatement"]).say("rdfs:label", *said)


def agent(iri: str, name: Text) -> Node:
    """An organisation."""
    node = Node(["foaf:Agent"], iri).say("foaf:name", *words.both(name.vi, name.en))
    return node.say("dct:type", words.REGIONAL_AUTHORITY)


def contact(request: Request, layer: Layer) -> Node:
    """Whom to ask: the organisation, by the layer's page."""
    name = owner(layer)
    node = Node(["vcard:Organization"]).say("vcard:fn", *words.both(name.vi, name.en))
    there = page(request, "layer-page", layer.slug)
    return node.say("vcard:hasURL", there or Iri(absolute(request, "api-landing")))


def place(version: LayerVersion) -> Node | None:
    """The rectangle that holds every feature, in longitude and latitude."""
    if version.extent is None:
        return None
    west, south, east, north = (round(edge, 6) for edge in version.extent.extent)
    ring = f"{west} {south},{east} {south},{east} {north},{west} {north},{west} {south}"
    box = Literal(f"POLYGON(({ring}))", datatype="geo:wktLiteral")
    return Node(["dct:Location"]).say("dcat:bbox", box)


def period(version: LayerVersion) -> Node | None:
    """Since the day of the data."""
    if version.data_date is None:
        return None
    start = Literal(version.data_date.isoformat(), datatype="xsd:date")
    return Node(["dct:PeriodOfTime"]).say("dcat:startDate", start)


def origin(version: LayerVersion) -> Iterator[Node]:
    """Where the data comes from and by which decision."""
    for title, text in ((_SOURCE, version.source_org), (_DECIDED, version.decision_no)):
        if text:
            said = words.both(f"{title.vi}: {text}", f"{title.en}: {text}")
            yield Node(["dct:ProvenanceStatement"]).say("rdfs:label", *said)


def described(node: Node, title: Text) -> Node:
    """The node with its title in both languages."""
    return node.say("dct:title", *words.both(title.vi, title.en))


def owner(layer: Layer) -> Text:
    """The organisation that answers for the layer; the portal where none is declared."""
    declared = layer.parsed.owner_org
    return declared if declared.vi else Text(settings.PORTAL_NAME_VI, settings.PORTAL_NAME_EN)


def live(layer: Layer) -> LayerVersion:
    """The live version of a layer that is known to be published."""
    assert layer.live_version is not None
    return layer.live_version


def published(layer: Layer) -> datetime:
    """When the live version was published."""
    at = live(layer).published_at
    assert at is not None
    return at


def moment(at: datetime | None) -> Literal | None:
    """A moment as a typed literal."""
    return Literal(at.isoformat(), datatype="xsd:dateTime") if at else None


def page(request: Request, name: str, *args: str) -> Iri | None:
    """A named address, None where this installation does not serve it."""
    with suppress(NoReverseMatch):
        return Iri(absolute(request, name, *args))
    return None


def anchor(request: Request, name: str) -> str:
    """A thing that the catalogue's document describes."""
    return f"{absolute(request, 'api-catalogue')}#{name}"


def dataset_iri(request: Request, layer: Layer) -> str:
    """The layer as a dataset; no name of the catalogue's own has a dot."""
    return anchor(request, f"{layer.slug}.dataset")


def agent_iri(request: Request, name: Text) -> str:
    """The same for the same organisation in every layer."""
    return anchor(request, f"organisation.{uuid.uuid5(NAMESPACE, name.vi)}")
