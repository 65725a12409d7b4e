"""Typed coordinates → places on the map. A VN-2000 pair may belong to several zones: all plausible
ones are shown.

A zone is never guessed silently: each result says which one it was read in.
"""

from django.conf import settings
from django.utils.translation import gettext as _

from layers.crs import VN2000, WGS84, Crs, by_code, transformer
from layers.province import in_province
from layers.search.coordinates import Degrees, GridPair
from layers.search.results import Findings, Note, Result

ZOOM = 17


def find_points(read: Degrees | GridPair) -> Findings:
    """The position, or one for each zone that it may be in."""
    return _from_degrees(read) if isinstance(read, Degrees) else _from_grid(read)


def _from_degrees(read: Degrees) -> Findings:
    if not read.in_region:
        message = _(
            "Tọa độ này ở ngoài Việt Nam. Viết vĩ độ, kinh độ bằng độ, ví dụ 10.346, 107.084; "
            "hoặc VN-2000 X (bắc) trước, Y (đông) sau."
        )
        return Findings(notes=(Note("coordinate-outside", message),))
    subtitle = _("Vĩ độ, kinh độ WGS 84")
    return Findings((_result(read.lon, read.lat, f"{read.lat:.6f}, {read.lon:.6f}", subtitle),))


def _from_grid(read: GridPair) -> Findings:
    zones = zones_of(read)
    places = [(zone, *_project(read, zone)) for zone in zones]
    inside = [place for place in places if in_province(place[1], place[2])]
    shown = inside or places
    results = tuple(_result(lon, lat, _grid_title(read), zone.title) for zone, lon, lat in shown)
    notes = []
    if read.swapped:
        message = _("Đã đọc số lớn hơn là X (hướng bắc) và số nhỏ hơn là Y (hướng đông).")
        notes.append(Note("coordinate-swapped", message))
    if not inside:
        message = _("Không múi chiếu nào đưa tọa độ này vào trong tỉnh. Kiểm tra kinh tuyến trục.")
        notes.append(Note("coordinate-outside", message))
    elif len(shown) > 1:
        message = _("Tọa độ có thể thuộc nhiều múi chiếu; chọn kết quả đúng kinh tuyến trục.")
        notes.append(Note("coordinate-ambiguous", message))
    return Findings(results, tuple(notes))


def zones_of(read: GridPair) -> list[Crs]:
    """The zone that the text names, or else the grids of the province, the usual one first."""
    if read.zone_epsg in VN2000:
        return [VN2000[read.zone_epsg]]
    if read.meridian is not None:
        named = [zone for zone in VN2000.values() if zone.central_meridian == read.meridian]
        if named:
            return named[:1]
    return [by_code(code) for code in (settings.PORTAL_GRID, *settings.PORTAL_OTHER_GRIDS)]


def _project(read: GridPair, zone: Crs) -> tuple[float, float]:
    lon, lat = transformer(zone, WGS84).transform(read.easting, read.northing)
    return float(lon), float(lat)


def _grid_title(read: GridPair) -> str:
    return f"X {_metres(read.northing)} · Y {_metres(read.easting)}"


def _metres(value: float) -> str:
    text = f"{value:,.3f}".rstrip("0").rstrip(".")
    return text.replace(",", "\u0000").replace(".", ",").replace("\u0000", ".")


def _result(lon: float, lat: float, title: str, subtitle: str) -> Result:
    return Result(kind="coordinate", title=title, subtitle=subtitle, lon=lon, lat=lat, zoom=ZOOM)
