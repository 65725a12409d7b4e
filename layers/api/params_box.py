"""`bbox` and `bbox-crs`: four numbers in the axis order of their system, kept east first."""

import math
import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from layers.api.crs_names import LONGITUDE_LATITUDE, NamedCrs
from layers.boxes import ground_of
from layers.errors import BadBbox

# No degree is as large: these are metres of a grid whose name was forgotten.
_METRES = 1000
_NUMBER = re.compile(r"[+-]?([0-9]{1,20}(\.[0-9]{0,30})?|\.[0-9]{1,30})([eE][+-]?[0-9]{1,3})?")


@dataclass(frozen=True)
class Bbox:
    """West, south, east, north, in degrees or metres of a system; south ≤ north; west > east only
    in degrees of WGS 84, for a box that lies across the 180th meridian.
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


def read_bbox(text: str, crs: NamedCrs = LONGITUDE_LATITUDE) -> Bbox:
    """Four numbers, or six with heights, ignored (OGC 17-069r4, 7.15.3; 18-058r1, 7.2).

    Raises BadBbox.
    """
    numbers = _numbers(text)
    if len(numbers) == 6:
        del numbers[5], numbers[2]
    if crs.axis_swapped:
        numbers = [numbers[1], numbers[0], numbers[3], numbers[2]]
    box = Bbox(*numbers)
    if crs.crs.is_geographic:
        _check_degrees(box, crs)
    elif box.west > box.east or box.south > box.north:
        raise BadBbox(_("bbox sai thứ tự: phải là %s.") % _order(crs))
    if crs.srid != LONGITUDE_LATITUDE.srid:
        ground_of(box.corners, crs.crs)
    return box


def _numbers(text: str) -> list[float]:
    parts = [part.strip() for part in text.split(",")]
    if len(parts) not in (4, 6):
        raise BadBbox(_("bbox cần 4 số, ở đây có %d.") % len(parts))
    if not all(_NUMBER.fullmatch(part) for part in parts):
        raise BadBbox(_("bbox chỉ gồm số hữu hạn, viết với dấu chấm thập phân."))
    numbers = [float(part) for part in parts]
    if not all(math.isfinite(number) for number in numbers):
        raise BadBbox(_("bbox chỉ gồm số hữu hạn, viết với dấu chấm thập phân."))
    return numbers


def _check_degrees(box: Bbox, crs: NamedCrs) -> None:
    if max(map(abs, box.corners)) > _METRES:
        raise BadBbox(_("bbox này viết bằng mét? Ghi hệ của nó, ví dụ bbox-crs=EPSG:5899."))
    if not all(-180 <= lon <= 180 for lon in (box.west, box.east)):
        raise BadBbox(_("Kinh độ trong bbox phải từ −180 đến 180. Thứ tự là %s.") % _order(crs))
    if not all(-90 <= lat <= 90 for lat in (box.south, box.north)):
        raise BadBbox(_("Vĩ độ trong bbox phải từ −90 đến 90. Thứ tự là %s.") % _order(crs))
    across = box.crosses_180 and not crs.crs.is_vn2000
    if box.south > box.north or (box.west > box.east and not across):
        raise BadBbox(_("bbox sai thứ tự: phải là %s.") % _order(crs))


def _order(crs: NamedCrs) -> str:
    return _("nam, tây, bắc, đông") if crs.axis_swapped else _("tây, nam, đông, bắc")
