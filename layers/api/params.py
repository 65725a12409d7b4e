"""What callers write after the question mark, read strictly: every slip has a name and a status.

Parameters that nobody declared are refused rather than ignored: a misspelt filter that is silently
dropped answers a question that was not asked. A private field is refused in the very words of an
unknown one, so that the message does not betray it. No database here.
"""

import datetime as dt
import math
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from layers.definition import Field, LayerDefinition
from layers.errors import BadBbox, BadFilter, BadLimit, BadPage, NotAcceptable, UnknownCrs
from layers.values import BadValue

DEFAULT_LIMIT = 100
MAX_LIMIT = 10_000
MAX_FILTER_LENGTH = 300
ITEMS_PARAMETERS = frozenset(
    {"bbox", "bbox-crs", "crs", "limit", "after", "unit", "datetime", "f", "lang"}
)
# What collections advertise. GDAL and QGIS ask for it by name (OGC 18-058) although it is the only
# one there is.
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
CRS84_NAMES = frozenset({CRS84, CRS84.replace("http:", "https:"), "OGC:CRS84", "[OGC:CRS84]"})
JSON_FORMATS = frozenset({"json", "geojson"})

_WHOLE = re.compile(r"[0-9]{1,100}")
# 18 digits fit a bigint whatever they are.
_TOKEN = re.compile(r"([0-9]{1,18})\.([0-9]{1,18})")
_UNIT = re.compile(r"[0-9]{2,5}")
_NUMBER = re.compile(r"[+-]?([0-9]{1,20}(\.[0-9]{0,30})?|\.[0-9]{1,30})([eE][+-]?[0-9]{1,3})?")


@dataclass(frozen=True)
class Bbox:
    """West, south, east, north in degrees, CRS84; south ≤ north; west > east only for a box that
    lies across the 180th meridian.
    """

    west: float
    south: float
    east: float
    north: float

    @property
    def crosses_180(self) -> bool:
        """From the eastern hemisphere eastward into the western one, less than half the globe.

        OGC 17-069r4, 7.15.3 allows it. A wider "crossing" is two numbers in the wrong order.
        """
        return self.west > 0 > self.east and self.east + 360 - self.west < 180

    @property
    def corners(self) -> tuple[float, float, float, float]:
        """In the order of ST_MakeEnvelope."""
        return self.west, self.south, self.east, self.north


@dataclass(frozen=True)
class FieldFilter:
    """`field = value`; the value is already of the field's type."""

    field: Field
    value: Any


@dataclass(frozen=True)
class PageToken:
    """Where a page starts: behind the feature `last_id` of the version that the series reads."""

    version_id: int
    last_id: int

    def __str__(self) -> str:
        return f"{self.version_id}.{self.last_id}"


@dataclass(frozen=True)
class ItemsRequest:
    """One page that was asked for; `after` is None for the first one."""

    limit: int = DEFAULT_LIMIT
    after: PageToken | None = None
    bbox: Bbox | None = None
    unit: str = ""
    filters: tuple[FieldFilter, ...] = ()

    @property
    def is_filtered(self) -> bool:
        """Fewer features than the whole layer may match."""
        return self.bbox is not None or bool(self.unit) or bool(self.filters)


def read_items_request(query: QueryDict, definition: LayerDefinition) -> ItemsRequest:
    """The page that a query string asks for. Raises BadBbox, BadLimit, BadPage, BadFilter,
    NotAcceptable, UnknownCrs.
    """
    values = single_values(query)
    check_format(values)
    check_crs(values)
    read_datetime(values.get("datetime", ""))
    return ItemsRequest(
        limit=read_limit(values.get("limit"), DEFAULT_LIMIT, MAX_LIMIT),
        after=read_after(values.get("after")),
        bbox=read_bbox(values["bbox"]) if "bbox" in values else None,
        unit=_read_unit(values["unit"]) if "unit" in values else "",
        filters=tuple(
            _read_filter(name, value, definition)
            for name, value in values.items()
            if name not in ITEMS_PARAMETERS
        ),
    )


def single_values(query: QueryDict) -> dict[str, str]:
    """Each parameter once. Raises BadFilter when one is repeated."""
    for name in query:
        if len(query.getlist(name)) > 1:
            raise BadFilter(_("Tham số “%s” được viết nhiều lần; hãy viết một lần.") % name[:60])
    return {name: query.getlist(name)[0].replace("\x00", "") for name in query}


def allow_only(query: QueryDict, names: Collection[str]) -> dict[str, str]:
    """The parameters of a resource without filters. Raises BadFilter on any other."""
    values = single_values(query)
    for name in values:
        if name not in names:
            raise BadFilter(_("Không có tham số hoặc trường lọc “%s”.") % name[:60])
    check_format(values)
    return values


def check_format(values: dict[str, str]) -> None:
    """`f` may only ask for what there is. Raises NotAcceptable."""
    if values.get("f", "json") not in JSON_FORMATS:
        raise NotAcceptable(_("Chưa có định dạng “%s”.") % values["f"][:30])


def check_crs(values: dict[str, str]) -> None:
    """`crs` and `bbox-crs` may name longitude, latitude in degrees only. Raises UnknownCrs.

    EPSG:4326 has latitude first: taken for CRS84 it would give places on the wrong side of the map.
    """
    for name in ("crs", "bbox-crs"):
        if values.get(name, CRS84) not in CRS84_NAMES:
            raise UnknownCrs(
                _("%(name)s=%(value)s: chỉ có %(crs)s (kinh độ trước, vĩ độ sau).")
                % {"name": name, "value": values[name][:60], "crs": CRS84}
            )


def read_bbox(text: str) -> Bbox:
    """Four numbers, or six with heights, ignored (OGC 17-069r4, 7.15.3). Raises BadBbox."""
    parts = [part.strip() for part in text.split(",")]
    if len(parts) not in (4, 6):
        raise BadBbox(_("bbox cần 4 số, ở đây có %d.") % len(parts))
    if not all(_NUMBER.fullmatch(part) for part in parts):
        raise BadBbox(_("bbox chỉ gồm số hữu hạn, viết với dấu chấm thập phân."))
    numbers = [float(part) for part in parts]
    if not all(math.isfinite(number) for number in numbers):
        raise BadBbox(_("bbox chỉ gồm số hữu hạn, viết với dấu chấm thập phân."))
    if len(numbers) == 6:
        del numbers[5], numbers[2]
    return _checked_bbox(Bbox(*numbers))


def _checked_bbox(box: Bbox) -> Bbox:
    if not all(-180 <= lon <= 180 for lon in (box.west, box.east)):
        raise BadBbox(_("Kinh độ trong bbox phải từ −180 đến 180."))
    if not all(-90 <= lat <= 90 for lat in (box.south, box.north)):
        raise BadBbox(_("Vĩ độ trong bbox phải từ −90 đến 90. Thứ tự là kinh độ trước, vĩ độ sau."))
    if box.south > box.north or (box.west > box.east and not box.crosses_180):
        raise BadBbox(_("bbox sai thứ tự: phải là tây, nam, đông, bắc."))
    return box


def read_limit(text: str | None, default: int, highest: int) -> int:
    """A positive whole number; more than `highest` is answered as `highest`. Raises BadLimit."""
    if text is None:
        return default
    if not _WHOLE.fullmatch(text) or int(text) == 0:
        raise BadLimit(_("limit=%s không phải số nguyên từ 1 trở lên.") % text[:30])
    return min(int(text), highest)


def read_after(text: str | None) -> PageToken | None:
    """The paging token, `version.id`. Raises BadPage."""
    if text is None:
        return None
    found = _TOKEN.fullmatch(text)
    if found is None:
        raise BadPage(_("after=%s không phải mã trang của dịch vụ này.") % text[:30])
    return PageToken(int(found[1]), int(found[2]))


def read_datetime(text: str) -> None:
    """Check an RFC 3339 moment or interval (`../2026-01-01`, `a/b`). Raises BadFilter.

    Features carry no time of their own, so by the standard every one of them matches.
    """
    if not text:
        return
    ends = text.split("/")
    moments = [_moment(end) for end in ends if end not in ("", "..")]
    open_ends = len(ends) - len(moments)
    if len(ends) > 2 or None in moments or (open_ends and len(ends) != 2) or open_ends == 2:
        raise BadFilter(_("datetime viết theo RFC 3339, ví dụ 2026-01-01T00:00:00Z hoặc a/b."))
    if len(moments) == 2 and moments[0] and moments[1] and moments[0] > moments[1]:
        raise BadFilter(_("datetime: đầu khoảng phải trước cuối khoảng."))


def _moment(text: str) -> dt.datetime | None:
    try:
        moment = dt.datetime.fromisoformat(text.upper().replace("Z", "+00:00"))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _read_unit(text: str) -> str:
    if not _UNIT.fullmatch(text):
        raise BadFilter(_("unit là mã đơn vị hành chính gồm 2 đến 5 chữ số, ví dụ 26560."))
    return text


def _read_filter(name: str, text: str, definition: LayerDefinition) -> FieldFilter:
    field = next((f for f in definition.filterable_fields if f.name == name), None)
    if field is None:
        raise BadFilter(_("Không có tham số hoặc trường lọc “%s”.") % name[:60])
    if len(text) > MAX_FILTER_LENGTH:
        raise BadFilter(_("Giá trị lọc của “%s” quá dài.") % name)
    try:
        value = field.type.coerce(text)
    except BadValue as error:
        raise BadFilter(
            _("Giá trị “%(value)s” không hợp với trường “%(name)s”. %(hint)s")
            % {"value": text[:60], "name": name, "hint": error.hint}
        ) from error
    if value is None or value == []:
        raise BadFilter(_("Trường “%s” cần một giá trị để lọc.") % name)
    return FieldFilter(field, value)
