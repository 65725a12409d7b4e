"""The parameters that operations name in the OpenAPI document.

What they say is written in Vietnamese; the English stands in the catalogue of messages.
"""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

from layers.api.crs_names import CRS84, URIS
from layers.api.params_fields import MAX_SORT_KEYS
from layers.api.params_values import DEFAULT_LIMIT, MAX_LIMIT

LANG = OpenApiParameter(
    "lang", str, enum=["vi", "en"], description="Ngôn ngữ của chữ trong câu trả lời; mặc định vi."
)
SLUG = OpenApiParameter("slug", str, OpenApiParameter.PATH, description="Mã lớp (collectionId).")
UID = OpenApiParameter(
    "uid", OpenApiTypes.UUID, OpenApiParameter.PATH, description="Mã bền của đối tượng (featureId)."
)
FORM = OpenApiParameter(
    "f", str, enum=["json", "html"], description="Dạng của câu trả lời; html: để đọc."
)


def _system(name: str, description: str) -> OpenApiParameter:
    # Not an enumeration: each system has further names, such as [EPSG:5899].
    schema: dict[str, Any] = {
        "type": "string",
        "default": CRS84,
        "maxLength": 100,
        "example": URIS[-1],
    }
    return OpenApiParameter(name, schema, description=description)


def _names(name: str, description: str, **items: Any) -> OpenApiParameter:
    schema = {"type": "array", "items": {"type": "string"}, **items}
    return OpenApiParameter(name, schema, style="form", explode=False, description=description)


CRS = _system(
    "crs",
    "Hệ tọa độ của câu trả lời, một trong mục crs của lớp; thứ tự trục theo EPSG. "
    "Mặc định: kinh độ, vĩ độ (CRS84).",
)
_BBOX = OpenApiParameter(
    "bbox",
    {
        "type": "array",
        "items": {"type": "number"},
        "oneOf": [{"minItems": 4, "maxItems": 4}, {"minItems": 6, "maxItems": 6}],
    },
    style="form",
    explode=False,
    description=(
        "Hai góc của khung trong hệ bbox-crs, theo thứ tự trục của hệ đó; mặc định "
        "tây,nam,đông,bắc bằng độ (CRS84). Với 6 số, hai độ cao được bỏ qua. "
        "Tây lớn hơn đông chỉ khi khung vắt qua kinh tuyến 180°."
    ),
)
_BBOX_CRS = _system("bbox-crs", "Hệ tọa độ của bbox; mặc định CRS84.")
_LIMIT = OpenApiParameter(
    "limit",
    {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
    description="Số đối tượng mỗi trang; số lớn hơn mức cao nhất được trả lời như mức cao nhất.",
)
_AFTER = OpenApiParameter(
    "after",
    {"type": "string", "pattern": "^[0-9]{1,18}[.][0-9]{1,18}$"},
    description="Mã trang, lấy từ liên kết next của trang trước.",
)
_UNIT = OpenApiParameter(
    "unit",
    {"type": "string", "pattern": "^[0-9]{2,5}$"},
    description="Mã đơn vị hành chính đang có hiệu lực.",
)
DATETIME = OpenApiParameter(
    "datetime",
    str,
    description=(
        "Thời điểm hoặc khoảng theo RFC 3339: dữ liệu như đã công bố lúc đó; "
        "với một khoảng là lần công bố cuối trong khoảng."
    ),
)
_FILTER = OpenApiParameter(
    "filter",
    str,
    description="Bộ lọc CQL2 trên các trường ghi ở queryables, ví dụ area_m2 > 500.",
)
_FILTER_LANG = OpenApiParameter(
    "filter-lang",
    {"type": "string", "enum": ["cql2-text", "cql2-json"], "default": "cql2-text"},
    description="Cách viết của filter.",
)
_FILTER_CRS = _system("filter-crs", "Hệ tọa độ của các hình trong filter; mặc định CRS84.")
_SORTBY = _names(
    "sortby",
    "Xếp theo các trường ghi ở sortables; dấu trừ đứng trước là giảm dần. "
    "Đối tượng không có giá trị đứng cuối.",
    minItems=1,
    maxItems=MAX_SORT_KEYS,
)
_PROPERTIES = _names("properties", "Chỉ trả về các thuộc tính này.")
_SKIP_GEOMETRY = OpenApiParameter(
    "skipGeometry", {"type": "boolean", "default": False}, description="true: không trả về hình."
)
_FORMAT = OpenApiParameter(
    "f", str, enum=["json", "geojson", "html"], description="Dạng của câu trả lời; html: để đọc."
)
_FIELDS = OpenApiParameter(
    "fields",
    {"type": "object", "additionalProperties": {"type": "string"}},
    style="form",
    explode=True,
    description="Bất kỳ trường nào ghi ở queryables, ví dụ `status=leased`. Tham số lạ: lỗi 400.",
)
# Of every list of features, in pages or as a file.
SELECTION_PARAMETERS = [
    *(SLUG, _BBOX, _BBOX_CRS, CRS, _UNIT, DATETIME, _FILTER, _FILTER_LANG, _FILTER_CRS),
    *(_SORTBY, _PROPERTIES, _SKIP_GEOMETRY, LANG, _FIELDS),
]
ITEMS_PARAMETERS = [*SELECTION_PARAMETERS, _LIMIT, _AFTER, _FORMAT]
ITEMS_DESCRIPTION = (
    "GeoJSON theo thứ tự không gian hoặc theo sortby, tọa độ bằng độ có 7 chữ số thập phân, bằng "
    "mét có 3. Đi hết lớp bằng liên kết `next`: một loạt trang đọc một phiên bản. `numberMatched` "
    "luôn đúng, và vắng mặt khi đếm sẽ lâu."
)
