"""OpenAPI 3.0 schemas of what `documents` and `grids` write, and the parameters of a tile."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter

from layers.api.schemas import component
from tiles.grid import MAX_ZOOM
from tiles.ogc import grids

Schema = dict[str, Any]
_TEXT: Schema = {"type": "string"}
_WHOLE: Schema = {"type": "integer", "minimum": 0}
_NUMBER: Schema = {"type": "number"}
_LINKS: Schema = {"type": "array", "items": component("link")}
_PLACE: Schema = {"type": "array", "items": _NUMBER, "minItems": 2, "maxItems": 2}


def _object(required: str, **properties: Schema) -> Schema:
    return {"type": "object", "required": required.split(), "properties": properties}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


_BOX = _object("lowerLeft upperRight", lowerLeft=_PLACE, upperRight=_PLACE, crs=_TEXT)
_MATRIX = _object(
    "id scaleDenominator cellSize pointOfOrigin tileWidth tileHeight matrixWidth matrixHeight",
    id=_TEXT,
    scaleDenominator=_NUMBER,
    cellSize=_NUMBER,
    cornerOfOrigin={"type": "string", "enum": ["topLeft", "bottomLeft"]},
    pointOfOrigin=_PLACE,
    tileWidth=_WHOLE,
    tileHeight=_WHOLE,
    matrixWidth=_WHOLE,
    matrixHeight=_WHOLE,
)
MATRIX_SET = _object(
    "id crs tileMatrices",
    id=_TEXT,
    title=_TEXT,
    uri=_TEXT,
    crs=_TEXT,
    orderedAxes=_list(_TEXT),
    wellKnownScaleSet=_TEXT,
    tileMatrices=_list(_MATRIX),
)
MATRIX_SETS = _object(
    "tileMatrixSets",
    tileMatrixSets=_list(
        _object("id links", id=_TEXT, title=_TEXT, uri=_TEXT, crs=_TEXT, links=_LINKS)
    ),
    links=_LINKS,
)
_ITEM: dict[str, Schema] = {
    "title": _TEXT,
    "dataType": {"type": "string", "enum": ["vector"]},
    "crs": _TEXT,
    "tileMatrixSetURI": _TEXT,
    "links": _LINKS,
}
TILESETS = _object(
    "tilesets links",
    tilesets=_list(_object("dataType crs links tileMatrixSetURI", **_ITEM)),
    links=_LINKS,
)
_LAYER = _object(
    "id dataType",
    id=_TEXT,
    title=_TEXT,
    dataType=_ITEM["dataType"],
    geometryDimension={"type": "integer", "minimum": 0, "maximum": 3},
    minTileMatrix=_TEXT,
    maxTileMatrix=_TEXT,
    boundingBox=_BOX,
    propertiesSchema={"type": "object", "additionalProperties": True},
)
_LIMITS = _object(
    "tileMatrix minTileRow maxTileRow minTileCol maxTileCol",
    tileMatrix=_TEXT,
    minTileRow=_WHOLE,
    maxTileRow=_WHOLE,
    minTileCol=_WHOLE,
    maxTileCol=_WHOLE,
)
TILESET = _object(
    "dataType crs links tileMatrixSetURI tileMatrixSetLimits layers boundingBox centerPoint",
    **_ITEM,
    description=_TEXT,
    version=_TEXT,
    attribution=_TEXT,
    license=_TEXT,
    mediaTypes=_list(_TEXT),
    updated={"type": "string", "format": "date-time"},
    boundingBox=_BOX,
    centerPoint=_object("coordinates tileMatrix", coordinates=_PLACE, crs=_TEXT, tileMatrix=_TEXT),
    tileMatrixSetLimits=_list(_LIMITS),
    layers={"type": "array", "items": _LAYER, "minItems": 1},
    style=_object("id", id=_TEXT, title=_TEXT, links=_LINKS),
)
TILE: Schema = {"type": "string", "format": "binary"}


def _in_path(name: str, schema: Schema, words: str) -> OpenApiParameter:
    return OpenApiParameter(name, schema, OpenApiParameter.PATH, description=words)


GRID = _in_path("grid", {"type": "string", "enum": [grids.NAME]}, "Lưới mảnh (tileMatrixSetId).")
MATRIX = _in_path(
    "matrix",
    {"type": "string", "pattern": "^[0-9]{1,2}$"},
    f"Mức phóng, 0–{MAX_ZOOM} (tileMatrix).",
)
ROW = _in_path("row", _WHOLE, "Hàng, đếm từ phía bắc (tileRow).")
COLUMN = _in_path("column", _WHOLE, "Cột, đếm từ phía tây (tileCol).")
PAGE = OpenApiParameter(
    "f", str, enum=["json", "html"], description="Định dạng; html cho người đọc."
)
TILE_FORMAT = OpenApiParameter("f", str, enum=["mvt"], description="Định dạng.")
DIGEST = OpenApiParameter(
    "d",
    {"type": "string", "pattern": "^[0-9a-f]{12}$"},
    description="Dấu của nội dung, có sẵn trong địa chỉ mẫu: đúng dấu thì mảnh được giữ mãi.",
)
