"""Coordinate systems by the names that OGC API – Features, Part 2 gives them.

A name stands for the official system, axis order included, as EPSG has it: EPSG:4326 and EPSG:4756
have latitude first; every VN-2000 grid has easting first (E, N in EPSG, whatever a map sheet calls
X). The numbers behind a VN-2000 name come from our pinned definition (`layers/crs.py`): PROJ, GDAL
and PostGIS left alone choose between operations 0.80 m apart. Axis order is dealt with here, where
names are read, and where coordinates are written; never inside.
"""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from layers.crs import GEOGRAPHIC_VN2000, VN2000, WEB_MERCATOR, WGS84, Crs
from layers.errors import UnknownCrs

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
_EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
# EPSG's coordinate systems 6422 and 6410: latitude, longitude. `tests/layers/api/test_crs.py` asks
# PROJ's copy of EPSG about every system.
LATITUDE_FIRST = frozenset({"EPSG:4326", f"EPSG:{GEOGRAPHIC_VN2000}"})
# About 1 cm in degrees, 1 mm in metres.
DEGREE_DIGITS, METRE_DIGITS = 7, 3
_NAME = re.compile(
    r"(?:https?://www\.opengis\.net/def/crs/EPSG/[0-9.]{1,8}/|urn:ogc:def:crs:EPSG:[0-9.]{0,8}:|"
    r"\[EPSG:|EPSG:)(?P<code>[0-9]{4,5})\]?"
)
_CRS84_NAME = re.compile(
    r"https?://www\.opengis\.net/def/crs/OGC/(?:1\.3|0)/CRS84|urn:ogc:def:crs:OGC:(?:1\.3)?:CRS84|"
    r"\[OGC:CRS84\]|OGC:CRS84"
)


@dataclass(frozen=True)
class NamedCrs:
    """A system under its official name.

    Attributes:
        uri: the name that answers carry.
        crs: what computes: the pinned definition for VN-2000.
        axis_swapped: north (latitude) is written first.
        digits: decimals of written coordinates.
    """

    uri: str
    crs: Crs
    axis_swapped: bool = False

    @property
    def srid(self) -> int:
        """PostGIS SRID, private for VN-2000."""
        return self.crs.srid

    @property
    def digits(self) -> int:
        """Decimals by the unit: degrees or metres."""
        return DEGREE_DIGITS if self.crs.is_geographic else METRE_DIGITS


LONGITUDE_LATITUDE = NamedCrs(CRS84, WGS84)
NAMED: tuple[NamedCrs, ...] = (
    LONGITUDE_LATITUDE,
    *(
        NamedCrs(f"{_EPSG}{crs.code[5:]}", crs, crs.code in LATITUDE_FIRST)
        for crs in (WGS84, WEB_MERCATOR, *VN2000.values())
    ),
)
URIS = tuple(named.uri for named in NAMED)
_BY_CODE = {named.crs.code: named for named in NAMED[1:]}


def crs_of(name: str, parameter: str = "crs") -> NamedCrs:
    """The system that a URI, a URN or a CURIE (`[EPSG:5899]`, `EPSG:5899`) names.

    Raises UnknownCrs, which repeats the parameter that named it.
    """
    if _CRS84_NAME.fullmatch(name):
        return LONGITUDE_LATITUDE
    found = _NAME.fullmatch(name)
    # “[EPSG:5899” and “EPSG:5899]” are slips, not names.
    whole = found is not None and name.startswith("[") == name.endswith("]")
    named = _BY_CODE.get(f"EPSG:{found['code']}") if found is not None and whole else None
    if named is None:
        raise UnknownCrs(_not_here(name, parameter))
    return named


def _not_here(name: str, parameter: str) -> str:
    """A name that is none; who writes the bare number is told the whole name."""
    code = f"EPSG:{name}"
    if code in _BY_CODE:
        return _("%(name)s=%(value)s: viết cả tên, %(code)s.") % {
            "name": parameter,
            "value": name,
            "code": code,
        }
    return _(
        "%(name)s=%(value)s: không có hệ tọa độ này ở đây. Các hệ dùng được ghi ở mục crs "
        "của lớp, ví dụ %(example)s."
    ) % {"name": parameter, "value": name[:60], "example": CRS84}
