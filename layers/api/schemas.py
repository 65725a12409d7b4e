"""JSON schemas (OpenAPI 3.0) of answers that no serializer makes: GeoJSON pages, search, problems.

Names follow the OGC API – Features schemas where there is one.
"""

from typing import Any

from layers.api.serializers import LINK_SCHEMA

Schema = dict[str, Any]

STATUS_WORDS = {
    400: "Câu hỏi có lỗi; `code` nói lỗi nào.",
    401: "Cần đăng nhập hoặc gửi khóa.",
    403: "Khóa không được làm việc đó, hoặc phiên đăng nhập thiếu mã chống giả mạo.",
    404: "Không có, hoặc không dành cho người hỏi.",
    406: "Không có định dạng này.",
    409: "Không làm được ở trạng thái hiện nay.",
    410: "Đối tượng không còn; `successors` là các đối tượng thay thế.",
    413: "Tệp quá lớn.",
    422: "Hiểu được nhưng không làm được; `code` nói vì sao.",
    429: "Quá nhiều yêu cầu đang chờ.",
    503: "Máy chủ bận; thử lại sau số giây ở Retry-After.",
}


def component(name: str) -> Schema:
    """A reference to a schema below."""
    return {"$ref": f"#/components/schemas/{name}"}


def _object(required: str, **properties: Schema) -> Schema:
    return {"type": "object", "required": required.split(), "properties": properties}


def _array(items: Schema) -> Schema:
    return {"type": "array", "items": items}


_TEXT: Schema = {"type": "string"}
_WHOLE: Schema = {"type": "integer", "minimum": 0}
_NUMBER: Schema = {"type": "number"}
_ADDRESS: Schema = {"type": "string", "format": "uri-reference"}
_LINKS = _array(component("link"))

COMPONENTS: dict[str, Schema] = {
    "link": LINK_SCHEMA,
    "landingPage": _object("links", title=_TEXT, description=_TEXT, links=_LINKS),
    "confClasses": _object("conformsTo", conformsTo=_array(_TEXT)),
    "collections": _object(
        "links collections", links=_LINKS, collections=_array(component("Collection"))
    ),
    "queryables": {
        "type": "object",
        "description": "JSON Schema 2020-12 của các trường lọc được.",
        "additionalProperties": True,
    },
    "geometryGeoJSON": _object(
        "type",
        type={
            "type": "string",
            "enum": [
                "Point",
                "MultiPoint",
                "LineString",
                "MultiLineString",
                "Polygon",
                "MultiPolygon",
                "GeometryCollection",
            ],
        },
        coordinates=_array({}),
    ),
    "featureGeoJSON": _object(
        "type id geometry properties",
        type={"type": "string", "enum": ["Feature"]},
        id={"type": "string", "format": "uuid"},
        geometry={"allOf": [component("geometryGeoJSON")], "nullable": True},
        properties={"type": "object", "nullable": True, "additionalProperties": True},
        links=_LINKS,
    ),
    "featureCollectionGeoJSON": _object(
        "type features",
        type={"type": "string", "enum": ["FeatureCollection"]},
        features=_array(component("featureGeoJSON")),
        links=_LINKS,
        collection=_TEXT,
        title=_TEXT,
        illustrative={"type": "boolean"},
        data_date={"type": "string", "format": "date", "nullable": True},
        version=_WHOLE,
        license=_TEXT,
        attribution=_TEXT,
        timeStamp={"type": "string", "format": "date-time"},
        numberMatched=_WHOLE,
        numberReturned=_WHOLE,
    ),
    "changes": _object(
        "collection since until numberReturned changes links",
        collection=_TEXT,
        since={"allOf": [component("publishedVersion")], "nullable": True},
        until=component("publishedVersion"),
        numberReturned=_WHOLE,
        changes=_array(
            _object(
                "uid change",
                uid={"type": "string", "format": "uuid"},
                change={"type": "string", "enum": ["added", "changed", "removed"]},
                what={"type": "string", "enum": ["shape", "values", "both"]},
                successors=_array({"type": "string", "format": "uuid"}),
            )
        ),
        links=_LINKS,
    ),
    "publishedVersion": _object(
        "version published_at",
        version=_WHOLE,
        published_at={"type": "string", "format": "date-time"},
    ),
    "searchResult": _object(
        "kind title lon lat url",
        kind={
            "type": "string",
            "enum": [
                "layer",
                "parcel",
                "unit",
                "lot",
                "place",
                "station",
                "coordinate",
                "feature",
            ],
        },
        title=_TEXT,
        subtitle=_TEXT,
        layer={"type": "string", "nullable": True},
        uid={"type": "string", "nullable": True},
        lon=_NUMBER,
        lat=_NUMBER,
        bbox={"type": "array", "items": _NUMBER, "nullable": True},
        zoom=_NUMBER,
        url=_ADDRESS,
    ),
    "searchAnswer": _object(
        "query results notes",
        query=_TEXT,
        results=_array(component("searchResult")),
        notes=_array(_object("code message", code=_TEXT, message=_TEXT)),
    ),
    "problem": _object(
        "type title status code detail hint",
        type=_ADDRESS,
        title=_TEXT,
        status={"type": "integer", "minimum": 400, "maximum": 599},
        code=_TEXT,
        detail=_TEXT,
        hint=_TEXT,
        successors=_array({"type": "string", "format": "uuid"}),
        links=_LINKS,
    ),
}
