"""Tileset metadata (OGC 17-083r4) of a layer's live version, derived from its definition."""

from typing import Any

from django.urls import NoReverseMatch

from layers.api.params import CRS84
from layers.api.resource import absolute, link
from layers.catalogue import live_version
from layers.definition import LayerDefinition
from layers.models import Layer
from tiles.front import MVT
from tiles.ogc import grids
from tiles.ogc.live import Limits, limits_of
from tiles.source import CASTS, cells_name
from tiles.tilejson import bounds, centre, tile_address, vector_layers

Json = dict[str, Any]
TILING_SCHEME = "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme"
STYLE = "application/vnd.mapbox.style+json"
DIMENSIONS = {"point": 0, "line": 1, "polygon": 2}
# What a property is in the tile: `source.CASTS` in the words of JSON Schema.
TYPES = {"::bigint": "integer", "::float8": "number", "::boolean": "boolean", "": "string"}
CELL_TYPES = {"n": "integer", "area": "number"}


def matrix_set_item(request: Any) -> Json:
    """The matrix set in a list of such."""
    title = str(grids.definition()["title"])
    address = absolute(request, "api-tile-matrix-set", grids.NAME)
    return {
        "id": grids.NAME,
        "title": title,
        "uri": grids.URI,
        "crs": grids.CRS,
        "links": [link("self", address, "application/json", title)],
    }


def tileset_item(request: Any, layer: Layer, language: str) -> Json:
    """A tileset in the list of a layer's tilesets: enough to choose one."""
    address = absolute(request, "api-tileset", layer.slug, grids.NAME)
    return {
        "title": layer.title(language),
        "dataType": "vector",
        "crs": grids.CRS,
        "tileMatrixSetURI": grids.URI,
        "links": [
            link("self", address, "application/json", layer.title(language)),
            _tiling_scheme(request),
        ],
    }


def tileset(request: Any, layer: Layer, language: str) -> Json:
    """The whole description of the layer's tiles; the layer has a live version, already fetched."""
    version, definition = live_version(layer), layer.parsed
    box = bounds(version)
    lon, lat, zoom = centre(layer)
    published = version.published_at.isoformat() if version.published_at else None
    return {
        **tileset_item(request, layer, language),
        "description": definition.description(language),
        "version": str(version.number),
        "attribution": layer.attribution(language),
        "mediaTypes": [MVT],
        **({"license": definition.licence} if definition.licence else {}),
        **({"updated": published} if published else {}),
        "boundingBox": _box(box),
        "centerPoint": {"coordinates": [lon, lat], "crs": CRS84, "tileMatrix": str(zoom)},
        "tileMatrixSetLimits": [_limits(one) for one in limits_of(layer)],
        "layers": [_layer(layer, found, box) for found in vector_layers(definition, language)],
        "links": tileset_links(request, layer, language),
        **_style(request, layer, language),
    }


def tileset_links(request: Any, layer: Layer, language: str) -> list[Json]:
    """Self, grid, the tiles themselves, the same as TileJSON and as a page, the collection."""
    slug, title = layer.slug, layer.title(language)
    address = absolute(request, "api-tileset", slug, grids.NAME)
    # The digest makes the answer one that may be kept for ever; without it it is asked again.
    digest = tile_address(layer).partition("?")[2]
    template = f"{address}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}?f=mvt&{digest}"
    return [
        link("self", address, "application/json", title),
        {**link("item", template, MVT, title), "templated": True},
        _tiling_scheme(request),
        link("alternate", absolute(request, "tilejson", slug), "application/json", "TileJSON"),
        link(
            "http://www.opengis.net/def/rel/ogc/1.0/geodata",
            absolute(request, "api-collection", slug),
            "application/json",
            title,
        ),
    ]


def _tiling_scheme(request: Any) -> Json:
    address = absolute(request, "api-tile-matrix-set", grids.NAME)
    return dict(link(TILING_SCHEME, address, "application/json", grids.NAME))


def _box(box: list[float]) -> Json:
    return {"lowerLeft": box[:2], "upperRight": box[2:], "crs": CRS84}


def _limits(found: Limits) -> Json:
    return {
        "tileMatrix": str(found.zoom),
        "minTileRow": found.north,
        "maxTileRow": found.south,
        "minTileCol": found.west,
        "maxTileCol": found.east,
    }


def _layer(layer: Layer, found: Json, box: list[float]) -> Json:
    """One layer inside the tiles: the features, or the cells that small ones are summed into."""
    definition = layer.parsed
    types = _types(definition)
    is_cells = found["id"] == cells_name(definition.slug)
    kinds = CELL_TYPES if is_cells else types
    kind = "polygon" if is_cells and definition.geometry == "line" else definition.geometry
    return {
        "id": found["id"],
        "title": layer.title_vi,
        "dataType": "vector",
        "geometryDimension": DIMENSIONS[kind],
        "minTileMatrix": str(found["minzoom"]),
        "maxTileMatrix": str(found["maxzoom"]),
        "boundingBox": _box(box),
        "propertiesSchema": {
            "type": "object",
            "properties": {
                name: {"title": title, "type": kinds.get(name, "string")}
                for name, title in found["fields"].items()
            },
        },
    }


def _types(definition: LayerDefinition) -> dict[str, str]:
    return {f.name: TYPES[CASTS.get(f.type.name, "")] for f in definition.tile_fields}


def _style(request: Any, layer: Layer, language: str) -> Json:
    """The MapLibre style of this layer alone, where the portal has pages."""
    try:
        address = absolute(request, "layer-style", layer.slug)
    except NoReverseMatch:
        return {}  # a service that runs the API alone has no pages
    title = layer.title(language)
    links = [link("stylesheet", address, STYLE, title)]
    return {"style": {"id": layer.slug, "title": title, "links": links}}
