"""Where a report is: read from what was typed, touched or named; coarse for everybody else.

The exact place is for staff. The public sees the middle of a cell of 0.005° (about 550 m), so that
a report does not say whose plot it is about, or who lives beside it.
"""

import math
import uuid
from dataclasses import dataclass

from django.contrib.gis.geos import Point
from django.utils.translation import gettext as _

from gis_portal.maps.panel import feature_panel
from layers.catalogue import layer_by_slug
from layers.definition import SLUG
from layers.errors import PortalError
from layers.models import Layer
from layers.permissions import User
from layers.province import in_province
from layers.search.coordinates import read_coordinates
from layers.search.points import find_points

CELL = 0.005


@dataclass(frozen=True)
class Subject:
    """The object that a report is about, as its page calls it."""

    layer: Layer
    layer_title: str
    title: str
    uid: uuid.UUID | None = None
    point: Point | None = None


class UnreadablePlace(ValueError):
    """What was typed is no place in the province; the message says why."""


def subject_of(slug: str, uid: str, user: User, language: str) -> Subject | None:
    """The layer or object that a link named; None when the reader may not see it, or it is gone."""
    if not SLUG.fullmatch(slug):
        return None
    try:
        layer = layer_by_slug(slug, user)
    except PortalError:
        return None
    title = layer.title(language)
    try:
        found = feature_panel(layer, uuid.UUID(uid), language)
    except (PortalError, ValueError):
        return Subject(layer, title, "")
    here = Point(found.lon, found.lat, srid=4326)
    return Subject(layer, title, found.title, found.uid, here)


def typed_place(text: str) -> Point:
    """Degrees, or VN-2000 X and Y in a zone of the province. Raises UnreadablePlace."""
    read = read_coordinates(text)
    if read is None:
        raise UnreadablePlace(
            _("Không đọc được tọa độ. Ví dụ: 10.346, 107.084 hoặc X 1144200 Y 426902.")
        )
    found = find_points(read)
    here = [result for result in found.results if in_province(result.lon, result.lat)]
    if not here:
        raise UnreadablePlace(_("Tọa độ này ở ngoài tỉnh. Kiểm tra lại số và kinh tuyến trục."))
    if len(here) > 1:
        zones = "; ".join(result.subtitle for result in here)
        raise UnreadablePlace(
            _("Tọa độ có thể thuộc nhiều múi chiếu: %(zones)s. Viết thêm, ví dụ: KTT 107°45′.")
            % {"zones": zones}
        )
    return Point(here[0].lon, here[0].lat, srid=4326)


def coarse(lon: float, lat: float) -> tuple[float, float]:
    """The middle of the cell that a place lies in."""
    middle = (math.floor(value / CELL) * CELL + CELL / 2 for value in (lon, lat))
    lon, lat = (round(value, 4) for value in middle)
    return lon, lat
