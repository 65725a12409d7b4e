"""Catalogue and single features as REST framework sees them; lists of features never pass here.

`CollectionSerializer` is an OGC collection with what the portal knows beside it;
`FeatureSerializer` gives one feature exactly as a list page of `layers.queries` does.
"""

from typing import Any

import numpy as np
import shapely
from django.conf import settings
from django.contrib.gis.geos import GEOSGeometry
from django.utils.functional import cached_property
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework_gis.fields import GeometryField
from rest_framework_gis.serializers import GeoFeatureModelSerializer

from layers.api.crs_names import CRS84, LONGITUDE_LATITUDE, URIS, NamedCrs
from layers.api.resource import Link, absolute, language, link, links_if_there
from layers.crs import WGS84, transform_geometries
from layers.definition import Field
from layers.exports.formats import FORMATS
from layers.models import AdminUnit, Feature, Layer, LayerVersion
from layers.queries import COORDINATE_DIGITS

GREGORIAN = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"
JSON = "application/json"
LICENCES = {"CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/"}

LINK_SCHEMA = {
    "type": "object",
    "required": ["href", "rel"],
    "properties": {
        # An address, or with `templated` one with {names} in it, which is no URI.
        "href": {"type": "string"},
        "rel": {"type": "string"},
        "type": {"type": "string"},
        "title": {"type": "string"},
        "templated": {"type": "boolean"},
    },
}
EXTENT_SCHEMA = {
    "type": "object",
    "properties": {
        "spatial": {
            "type": "object",
            "properties": {
                "bbox": {
                    "type": "array",
                    "items": {"type": "array", "items": {"type": "number"}, "minItems": 4},
                },
                "crs": {"type": "string"},
            },
        },
        "temporal": {
            "type": "object",
            "properties": {
                "interval": {
                    "type": "array",
                    "items": {
                        "type": "array",
                        "items": {"type": "string", "format": "date-time", "nullable": True},
                    },
                },
                "trs": {"type": "string"},
            },
        },
    },
}


class CollectionSerializer(serializers.ModelSerializer[Layer]):
    """A published layer. Context: `request`."""

    id = serializers.CharField(source="slug", help_text="Mã lớp, dùng trong mọi địa chỉ.")
    title = serializers.SerializerMethodField()
    description = serializers.SerializerMethodField()
    links = serializers.SerializerMethodField()
    extent = serializers.SerializerMethodField()
    itemType = serializers.SerializerMethodField()  # noqa: N815 - the standard's word
    crs = serializers.SerializerMethodField()
    storageCrs = serializers.SerializerMethodField()  # noqa: N815 - the standard's word
    sector = serializers.SlugRelatedField[Any](slug_field="slug", read_only=True)
    geometry = serializers.ChoiceField(
        choices=["point", "line", "polygon"], source="geometry_kind", read_only=True
    )
    feature_count = serializers.IntegerField(source="live_version.feature_count")
    area_ha = serializers.SerializerMethodField(help_text="Tổng diện tích theo lưới gốc, héc-ta.")
    length_km = serializers.SerializerMethodField(help_text="Tổng chiều dài theo lưới gốc, km.")
    version = serializers.IntegerField(source="live_version.number")
    published_at = serializers.DateTimeField(source="live_version.published_at")
    data_date = serializers.DateField(source="live_version.data_date", allow_null=True)
    decision_no = serializers.CharField(source="live_version.decision_no")
    source = serializers.CharField(source="live_version.source_org")  # type: ignore[assignment]
    owner = serializers.SerializerMethodField()
    licence = serializers.CharField(source="parsed.licence")
    attribution = serializers.SerializerMethodField()
    update_interval = serializers.CharField(source="parsed.update_interval")
    illustrative = serializers.BooleanField(
        source="live_version.is_illustrative",
        help_text="Dữ liệu minh họa, không phải số liệu thật.",
    )

    class Meta:
        model = Layer
        fields = (
            "id title description links extent itemType crs storageCrs sector geometry "
            "feature_count area_ha length_km version published_at data_date decision_no source "
            "owner licence attribution update_interval illustrative"
        ).split()

    def get_title(self, layer: Layer) -> str:
        """In the language of the request."""
        return layer.title(language())

    def get_description(self, layer: Layer) -> str:
        """In the language of the request."""
        return layer.parsed.description(language())

    def get_owner(self, layer: Layer) -> str:
        """The organisation that keeps the data."""
        return layer.parsed.owner_org(language())

    def get_attribution(self, layer: Layer) -> str:
        """What to print beside the data; the owner when nothing else is declared."""
        return layer.attribution(language())

    def get_itemType(self, _layer: Layer) -> str:  # noqa: N802 - named for its field
        """Collections hold features."""
        return "feature"

    def get_storageCrs(self, _layer: Layer) -> str:  # noqa: N802 - named for its field
        """Longitude first, WGS 84."""
        return CRS84

    def get_crs(self, _layer: Layer) -> list[str]:
        """Coordinate systems that items may be asked in, the default one first."""
        return list(URIS)

    def get_area_ha(self, layer: Layer) -> float | None:
        """Hectares by the source grid, never by Web Mercator."""
        area = _live(layer).area_m2
        return None if area is None else round(area / 10_000, 2)

    def get_length_km(self, layer: Layer) -> float | None:
        """Kilometres by the source grid."""
        length = _live(layer).length_m
        return None if length is None else round(length / 1000, 2)

    @extend_schema_field(EXTENT_SCHEMA)
    def get_extent(self, layer: Layer) -> dict[str, Any]:
        """Where the features lie, and since which day the data holds."""
        version = _live(layer)
        extent: dict[str, Any] = {}
        if version.extent is not None:
            bbox = [round(number, COORDINATE_DIGITS) for number in version.extent.extent]
            extent["spatial"] = {"bbox": [bbox], "crs": CRS84}
        start = f"{version.data_date.isoformat()}T00:00:00Z" if version.data_date else None
        extent["temporal"] = {"interval": [[start, None]], "trs": GREGORIAN}
        return extent

    @extend_schema_field({"type": "array", "items": LINK_SCHEMA})
    def get_links(self, layer: Layer) -> list[Link]:
        """Self, items, queryables, tiles, the page for people, the licence."""
        return collection_links(self.context["request"], layer)


def changes_link(request: Any, slug: str) -> Link:
    """Where to ask what changed since a moment or a version."""
    address = absolute(request, "api-changes", slug) + "?since={since}"
    return {**link("changes", address, JSON), "templated": True}  # type: ignore[dict-item]


def collection_links(request: Any, layer: Layer) -> list[Link]:
    """Everything that belongs to one collection."""
    slug, title = layer.slug, layer.title(language())
    links = [
        link("self", absolute(request, "api-collection", slug), JSON, title),
        link("items", absolute(request, "api-items", slug), "application/geo+json", title),
        link(
            "http://www.opengis.net/def/rel/ogc/1.0/queryables",
            absolute(request, "api-queryables", slug),
            "application/schema+json",
        ),
        link(
            "http://www.opengis.net/def/rel/ogc/1.0/sortables",
            absolute(request, "api-sortables", slug),
            "application/schema+json",
        ),
        changes_link(request, slug),
        link("feed", absolute(request, "api-collection-feed", slug), "application/atom+xml"),
    ]
    elsewhere = (
        ("http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector", "api-tilesets", JSON),
        ("tiles", "tilejson", JSON),
        ("stylesheet", "layer-style", "application/vnd.mapbox.style+json"),
        ("packages", "api-packages", JSON),
        ("exports", "api-exports", JSON),
        ("alternate", "layer-page", "text/html"),
    )
    links += [{**at, "title": title} for at in links_if_there(request, *elsewhere, args=[slug])]
    links += enclosures(request, layer)
    licence = LICENCES.get(layer.parsed.licence)
    if licence:
        links.append(link("license", licence, "text/html", layer.parsed.licence))
    return links


def enclosures(request: Any, layer: Layer) -> list[Link]:
    """The layer as a file in each format, when it is small enough to be sent at once."""
    if _live(layer).feature_count > settings.PORTAL_EXPORT_DIRECT:
        return []
    return [
        link(
            "enclosure",
            absolute(request, "api-export-now", layer.slug, one.key),
            one.media_type,
            one.title(language()),
        )
        for one in FORMATS.values()
    ]


def _live(layer: Layer) -> LayerVersion:
    """The live version of a layer that is known to be published."""
    assert layer.live_version is not None
    return layer.live_version


class RightHanded(GeometryField):
    """Shells counter-clockwise, holes clockwise (RFC 7946, 3.1.6), as lists give them, in the
    system and axis order of the context's `crs`.
    """

    def to_representation(self, value: Any) -> Any:
        """The GeoJSON geometry of a GEOS geometry in degrees."""
        crs: NamedCrs = self.context.get("crs", LONGITUDE_LATITUDE)
        turned = shapely.orient_polygons(shapely.from_wkb(bytes(value.wkb)))
        moved = transform_geometries(np.array([turned], dtype=object), WGS84, crs.crs)[0]
        if crs.axis_swapped:
            moved = shapely.transform(moved, lambda places: places[:, ::-1])
        self.precision = crs.digits
        # Without a SRID: nobody else shall move it, or know better which axis is first.
        return super().to_representation(GEOSGeometry(memoryview(moved.wkb)))


class FeatureSerializer(GeoFeatureModelSerializer):
    """One feature as GeoJSON. Context: `fields`, the declared public fields of its layer, and
    optionally `crs`.
    """

    geom = RightHanded(precision=COORDINATE_DIGITS)

    class Meta:
        model = Feature
        geo_field = "geom"
        id_field = "uid"
        fields = ("uid", "geom", "properties")

    @cached_property
    def _declared(self) -> tuple[Field, ...]:
        declared: tuple[Field, ...] = self.context["fields"]
        return declared

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_properties(self, instance: Feature, fields: Any) -> dict[str, Any]:
        """Declared public fields, then what the portal adds; the same keys as in a list."""
        unit = AdminUnit.objects.filter(pk=instance.unit_id).first() if instance.unit_id else None
        return {
            **{f.name: instance.properties.get(f.name) for f in self._declared},
            "unit_code": unit.code if unit else None,
            "unit_name": unit.name if unit else None,
            "area_m2": _tenth(instance.area_m2),
            "length_m": _tenth(instance.length_m),
        }


def _tenth(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
