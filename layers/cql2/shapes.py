"""S_INTERSECTS … S_CONTAINS, and the geometries that a filter writes out.

A geometry stands in the filter's coordinate system and axis order. It is checked and moved to
WGS 84 here, by the pinned definition that moved the features, before the database sees it.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext as _

from layers.cql2.limits import Meter
from layers.cql2.refusal import Refusal
from layers.cql2.sql import Sql, joined
from layers.cql2.typed import Typed
from layers.crs import WGS84, Crs, transform_geometries

_TEMPLATES = {
    "s_intersects": "ST_Intersects({}, {})",
    "s_disjoint": "(NOT ST_Intersects({}, {}))",
    "s_equals": "ST_Equals({}, {})",
    "s_touches": "ST_Touches({}, {})",
    "s_within": "ST_Within({}, {})",
    "s_overlaps": "ST_Overlaps({}, {})",
    "s_crosses": "ST_Crosses({}, {})",
    "s_contains": "ST_Contains({}, {})",
}
FUNCTIONS = frozenset(_TEMPLATES)
# The others are not defined for a mixture of points, lines and areas.
FOR_MIXTURES = frozenset({"s_intersects", "s_disjoint"})
# GeoJSON's types → how deep their positions lie in lists.
DEPTHS = {
    "Point": 0,
    "LineString": 1,
    "MultiPoint": 1,
    "Polygon": 2,
    "MultiLineString": 2,
    "MultiPolygon": 3,
}
# Straight edges of a box in a grid are not straight in degrees: so many pieces a side.
BOX_PIECES = 16


@dataclass(frozen=True)
class FilterCrs:
    """The system of a filter's geometries; `axis_swapped`: north is written first."""

    crs: Crs = WGS84
    axis_swapped: bool = False


def relate(name: str, left: Typed, right: Typed, node: Any) -> Typed:
    """One spatial function. Raises Refusal when an operand is no geometry."""
    a, b = left.must_be("geometry"), right.must_be("geometry")
    for part in (a, b):
        mixed = part.literal and part.value.geom_type == "GeometryCollection"
        if mixed and name not in FOR_MIXTURES:
            raise Refusal(
                node,
                _("%s không dùng được với hình gộp cả điểm, đường và vùng; hãy tách ra.")
                % name.upper(),
            )
    return Typed("boolean", joined(_TEMPLATES[name], a.sql, b.sql), node)


def literal(node: dict[str, Any], system: FilterCrs, meter: Meter) -> Typed:
    """A geometry of GeoJSON, or `{"bbox": […]}`. Raises Refusal, TooLarge."""
    if "bbox" in node:
        shape = _box(node["bbox"], system, node, meter)
    else:
        shape = shapely.force_2d(_shape(node, meter, node))
        if system.axis_swapped:
            shape = shapely.transform(shape, lambda xy: xy[:, ::-1])
    _check(shape, node)
    moved = _to_degrees(shape, system.crs, node)
    bound = Sql(
        "%s::geometry",
        (shapely.to_wkb(shapely.set_srid(moved, 4326), hex=True, include_srid=True),),
    )
    return Typed("geometry", bound, node, literal=True, value=moved)


def _shape(part: Any, meter: Meter, node: Any) -> shapely.Geometry:
    kind = part.get("type") if isinstance(part, dict) else None
    if kind == "GeometryCollection":
        members = part.get("geometries")
        if not isinstance(members, list):
            raise Refusal(node, _("GeometryCollection cần danh sách geometries."))
        with meter.within(node):
            return _gathered([_shape(member, meter, node) for member in members])
    if not isinstance(kind, str) or kind not in DEPTHS:
        raise Refusal(node, _("Không có loại hình này."))
    coordinates = _numbers(part.get("coordinates"), DEPTHS[kind], meter, node)
    if not coordinates:
        raise Refusal(node, _("Hình trống, không có tọa độ."))
    try:
        return shapely.geometry.shape({"type": kind, "coordinates": coordinates})
    except (ValueError, TypeError, IndexError, shapely.errors.ShapelyError) as error:
        raise Refusal(
            node, _("Tọa độ không dựng được hình: đường cần ít nhất 2 điểm, vùng ít nhất 3 điểm.")
        ) from error


def _gathered(parts: list[shapely.Geometry]) -> shapely.Geometry:
    """One geometry of all; a mixture of dimensions stays a collection."""
    if len({shapely.get_dimensions(part) for part in parts}) == 1:
        return shapely.union_all(parts)
    return shapely.GeometryCollection(parts)


def _numbers(value: Any, depth: int, meter: Meter, node: Any) -> Any:
    """Positions as floats, lists nested so deep. Raises Refusal, TooLarge."""
    if not isinstance(value, list):
        raise Refusal(node, _("Tọa độ viết chưa đúng."))
    if depth:
        return [_numbers(part, depth - 1, meter, node) for part in value]
    meter.positions(node, 1)
    if value and not 2 <= len(value) <= 4:
        raise Refusal(node, _("Mỗi vị trí cần hai tọa độ (có thể thêm cao độ)."))
    return [_coordinate(number, node) for number in value[:2]]


def _coordinate(number: Any, node: Any) -> float:
    try:
        found = float(number) if not isinstance(number, bool | str) else float("nan")
    except (TypeError, ValueError, OverflowError):
        found = float("nan")
    if not abs(found) < 1e9:
        raise Refusal(node, _("Tọa độ phải là số hữu hạn."))
    return found


def _check(shape: shapely.Geometry, node: Any) -> None:
    if shapely.is_empty(shape):
        raise Refusal(node, _("Hình trống, không có tọa độ."))
    if not shapely.is_valid(shape):
        raise Refusal(
            node,
            _("Hình không hợp lệ (%s): các cạnh không được cắt nhau, vùng cần ít nhất 3 điểm.")
            % shapely.is_valid_reason(shape),
        )


def _to_degrees(shape: shapely.Geometry, crs: Crs, node: Any) -> shapely.Geometry:
    """In WGS 84. Raises Refusal when it lies outside the system's reach."""
    if crs.is_geographic:
        _check_degrees(shape, node)
    moved: shapely.Geometry = transform_geometries(np.array([shape], dtype=object), crs, WGS84)[0]
    if not np.isfinite(shapely.get_coordinates(moved)).all():
        raise Refusal(node, _("Tọa độ nằm ngoài phạm vi của hệ %s.") % crs.code)
    _check_degrees(moved, node)
    _check(moved, node)
    return moved


def _check_degrees(shape: shapely.Geometry, node: Any) -> None:
    west, south, east, north = shapely.bounds(shape)
    if west < -180 or east > 180 or south < -90 or north > 90:
        raise Refusal(
            node,
            _(
                "Tọa độ nằm ngoài Trái Đất: kinh độ từ −180 đến 180, vĩ độ từ −90 đến 90. Hãy xem "
                "lại thứ tự tọa độ và filter-crs."
            ),
        )


def _box(edges: Any, system: FilterCrs, node: Any, meter: Meter) -> shapely.Geometry:
    """A rectangle; one whose west lies east of its east crosses the 180th meridian."""
    if not isinstance(edges, list) or len(edges) not in (4, 6):
        raise Refusal(node, _("BBOX cần 4 số (hoặc 6 số, kể cả cao độ)."))
    meter.positions(node, 4)
    numbers = [_coordinate(edge, node) for edge in edges]
    if len(numbers) == 6:
        del numbers[5], numbers[2]
    west, south, east, north = numbers
    if system.axis_swapped:
        west, south, east, north = south, west, north, east
    if south > north or (west > east and not system.crs.is_geographic):
        raise Refusal(node, _("BBOX sai thứ tự: phải là tây, nam, đông, bắc."))
    if west > east:
        halves = [(west, south, 180.0, north), (-180.0, south, east, north)]
        return shapely.union_all([_rectangle(*half) for half in halves])
    rectangle = _rectangle(west, south, east, north)
    side = max(east - west, north - south)
    if system.crs.is_geographic or side == 0:
        return rectangle
    return shapely.segmentize(rectangle, side / BOX_PIECES)


def _rectangle(west: float, south: float, east: float, north: float) -> shapely.Geometry:
    """Also one without width or height: a line or a point."""
    if west == east and south == north:
        return shapely.Point(west, south)
    if west == east or south == north:
        return shapely.LineString([(west, south), (east, north)])
    return shapely.box(west, south, east, north)
