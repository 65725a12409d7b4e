"""The one source of truth about coordinate systems: PostGIS, Python and browser derive from it.

VN-2000 → WGS 84 is pinned to EPSG:6960. Left alone, PROJ, GDAL and PostGIS choose per point between
two operations 0.80 m apart, and the seam (lon ≈ 107.1111) crosses Bà Rịa–Vũng Tàu. So each VN-2000
system gets a private SRID whose definition carries the seven parameters, and nothing else is ever
used.

Inside the program x is east and y is north. In Vietnamese notation X is north and Y is east: that
is dealt with where people read and write, never here.
"""

import re
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
import pyarrow as pa
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from layers.errors import UnknownCrs
from layers.outlines import Outlines, outlines

# EPSG:6960, rotation signs flipped from the published coordinate-frame form to PROJ's position
# vector.
TOWGS84 = "-191.90441429,-39.30318279,-111.45032835,0.00928836,-0.01975479,0.00427372,0.252906278"
# EPSG code of each VN-2000 3° zone → its central meridian in degrees (EPSG v11; checked against
# Circular 25/2014, annex 2: 63 provinces, no difference).
ZONE_MERIDIANS: dict[int, float] = {
    5896: 102.0,
    9205: 103.0,
    9206: 104.0,
    9207: 104.5,
    9208: 104.75,
    5897: 105.0,
    9209: 105.5,
    9210: 105.75,
    9211: 106.0,
    9212: 106.25,
    9213: 106.5,
    9214: 107.0,
    9215: 107.25,
    9216: 107.5,
    5899: 107.75,
    5898: 108.0,
    9217: 108.25,
    9218: 108.5,
}
UTM_MERIDIANS: dict[int, float] = {3405: 105.0, 3406: 111.0}
GEOGRAPHIC_VN2000 = 4756


@dataclass(frozen=True)
class Crs:
    """A coordinate system as a value: never a bare string or number.

    Attributes:
        srid: PostGIS SRID; private (99xxxx) for VN-2000, the EPSG number otherwise.
        code: official name, `EPSG:5899`.
        title: for people, in Vietnamese notation.
        proj4: the definition that PostGIS, pyproj and the browser share.
        central_meridian: degrees, None when not a transverse Mercator zone.
    """

    srid: int
    code: str
    title: str
    proj4: str
    is_geographic: bool = False
    is_vn2000: bool = False
    central_meridian: float | None = None

    @cached_property
    def pyproj(self) -> CRS:
        """The pyproj object; VN-2000 from the pinned definition, others from the EPSG code."""
        return CRS.from_proj4(self.proj4) if self.is_vn2000 else CRS.from_user_input(self.code)

    def __str__(self) -> str:
        return f"{self.title} ({self.code})"


def meridian_text(degrees: float) -> str:
    """107.75 → `107°45′`."""
    whole = int(degrees)
    return f"{whole}°{round((degrees - whole) * 60):02d}′"


def _private_srid(epsg: int) -> int:
    """5899 → 995899, 9210 → 990210: PostGIS takes nothing above 998999."""
    return (990000 if epsg < 9000 else 981000) + epsg


def _tm(epsg: int, meridian: float, scale: str, name: str) -> Crs:
    proj4 = (
        f"+proj=tmerc +lat_0=0 +lon_0={meridian:g} +k={scale} +x_0=500000 +y_0=0 "
        f"+ellps=WGS84 +towgs84={TOWGS84} +units=m +no_defs"
    )
    return Crs(
        srid=_private_srid(epsg),
        code=f"EPSG:{epsg}",
        title=f"VN-2000 {name}",
        proj4=proj4,
        is_vn2000=True,
        central_meridian=meridian,
    )


WGS84 = Crs(4326, "EPSG:4326", "WGS 84", "+proj=longlat +datum=WGS84 +no_defs", is_geographic=True)
WEB_MERCATOR = Crs(
    3857,
    "EPSG:3857",
    "Web Mercator",
    "+proj=merc +a=6378137 +b=6378137 +lat_ts=0 +lon_0=0 +x_0=0 +y_0=0 +k=1 "
    "+units=m +nadgrids=@null +no_defs",
)
VN2000: dict[int, Crs] = {
    **{
        epsg: _tm(epsg, meridian, "0.9999", f"kinh tuyến trục {meridian_text(meridian)}, múi 3°")
        for epsg, meridian in ZONE_MERIDIANS.items()
    },
    **{
        epsg: _tm(epsg, meridian, "0.9996", f"UTM múi {48 if epsg == 3405 else 49}N, múi 6°")
        for epsg, meridian in UTM_MERIDIANS.items()
    },
    GEOGRAPHIC_VN2000: Crs(
        _private_srid(GEOGRAPHIC_VN2000),
        "EPSG:4756",
        "VN-2000 kinh vĩ độ",
        f"+proj=longlat +ellps=WGS84 +towgs84={TOWGS84} +no_defs",
        is_geographic=True,
        is_vn2000=True,
    ),
}
_BY_SRID = {crs.srid: crs for crs in (WGS84, WEB_MERCATOR, *VN2000.values())}
# Deprecated VN-2000 codes and other names of WGS 84 that files carry.
_ALIASES = {
    "OGC:CRS84": "EPSG:4326",
    "CRS84": "EPSG:4326",
    "WGS84": "EPSG:4326",
    "EPSG:6956": "EPSG:5896",
    "EPSG:6957": "EPSG:5897",
    "EPSG:6958": "EPSG:5898",
    "EPSG:6959": "EPSG:5899",
    "EPSG:900913": "EPSG:3857",
}
# PROJ opens what such a definition names, and definitions come in strangers' files. `@null` stands
# in every definition of Web Mercator, `init=epsg:` is a code.
_NAMES_A_FILE = re.compile(
    r"\binit\s*=\s*(?!epsg:)|grids\s*=\s*(?!@null\b)|PARAMETERFILE", re.IGNORECASE
)
_DEGREES = re.compile(r"(\d{3})\s*[°d]?\s*(?:(\d{1,2})\s*['′m]?)?\s*$")


def by_srid(srid: int) -> Crs:
    """The system with this PostGIS SRID. Raises UnknownCrs."""
    return _BY_SRID[srid] if srid in _BY_SRID else by_code(f"EPSG:{srid}")


@cache
def by_code(text: str) -> Crs:
    """`EPSG:5899`, `5899`, `995899`, `OGC:CRS84`, `VN-2000 107°45′` → Crs. Raises UnknownCrs."""
    name = re.sub(r"\s+", " ", text.strip())
    upper = name.upper()
    upper = upper.rsplit("/CRS/", 1)[-1].replace("/0/", ":") if "/CRS/" in upper else upper
    upper = f"EPSG:{upper}" if upper.isdigit() else upper
    upper = _ALIASES.get(upper, upper)
    if upper.startswith("VN") and (found := _by_meridian(name)):
        return found
    if not re.fullmatch(r"EPSG:\d{4,6}", upper):
        raise UnknownCrs(text, given=text)
    number = int(upper[5:])
    if number in VN2000:
        return VN2000[number]
    if number in _BY_SRID:
        return _BY_SRID[number]
    return _from_registry(number, text)


def _by_meridian(name: str) -> Crs | None:
    match = _DEGREES.search(re.sub(r"^VN[- ]?2000", "", name, flags=re.IGNORECASE))
    if not match:
        return None
    degrees = int(match[1]) + int(match[2] or 0) / 60
    return next(
        (
            VN2000[epsg]
            for epsg, meridian in ZONE_MERIDIANS.items()
            if abs(meridian - degrees) < 1e-6
        ),
        None,
    )


def _from_registry(number: int, given: str) -> Crs:
    try:
        found = CRS.from_epsg(number)
    except CRSError as error:
        raise UnknownCrs(given, given=given) from error
    return Crs(number, f"EPSG:{number}", found.name, found.srs, is_geographic=found.is_geographic)


@dataclass(frozen=True)
class Identified:
    """What a file's own CRS text turned out to be.

    Attributes:
        crs: the system, None when it cannot be named.
        name: the name that the file gives.
        datum_shift: the text carried its own VN-2000 → WGS 84 parameters.
        by_parameters: recognised by its numbers although its name says something else.
        candidate: VN-2000 zone with these numbers where the text says neither VN-2000 nor a datum
            shift: a person must choose (with and without the shift lie 200 m apart).
    """

    crs: Crs | None
    name: str
    datum_shift: bool = False
    by_parameters: bool = False
    candidate: Crs | None = None


def identify(text: str) -> Identified:
    """Name the system that a `.prj`, an srs_wkt or a PROJ string describes; never guesses.

    VN-2000 is recognised by its parameters as well as by its code, because offices' `.prj` files
    carry home-made names. A transverse Mercator with VN-2000's numbers on plain WGS 84 is *not*
    taken for it unless its name says so: the two differ by 200 m.
    """
    if _NAMES_A_FILE.search(text):
        return Identified(None, text.strip()[:80])
    try:
        found = CRS.from_user_input(text)
    except CRSError:
        return Identified(None, text.strip()[:80])
    shift = found.is_bound or "TOWGS84" in text.upper()
    base = found.source_crs if found.is_bound and found.source_crs else found
    named_vn2000 = bool(re.search(r"VN[-_ ]?2000", text, re.IGNORECASE))
    zone = _zone_of(base)
    if zone and (named_vn2000 or _is_vn2000_shift(found)):
        return Identified(zone, base.name, shift, by_parameters=base.to_epsg() is None)
    # A WGS 84 with TOWGS84[0,0,0,…] is found as OGC:CRS84; UTM 48N on WGS 84 has a code of its own.
    authority = base.to_authority(min_confidence=70)
    known = authority and (authority[0] == "EPSG" or authority == ("OGC", "CRS84"))
    found_crs = by_code(":".join(authority)) if authority and known else None
    if zone and not zone.is_geographic and (found_crs is None or found_crs.is_vn2000):
        return Identified(None, base.name, candidate=zone)
    return Identified(found_crs, base.name, shift)


def _is_vn2000_shift(found: CRS) -> bool:
    """The text carries VN-2000's own parameters. TOWGS84[0,0,0,…] stands in many WGS 84 files."""
    operation = found.coordinate_operation if found.is_bound else None
    values = list(operation.towgs84) if operation else []
    pinned = [float(number) for number in TOWGS84.split(",")[:3]]
    return len(values) >= 3 and all(abs(v - p) < 1 for v, p in zip(values, pinned, strict=False))


def _zone_of(base: CRS) -> Crs | None:
    """The VN-2000 system with these projection parameters, if there is one."""
    if base.is_geographic:
        return VN2000[GEOGRAPHIC_VN2000]
    if base.coordinate_operation is None:
        return None
    values = {p.name: float(p.value) for p in base.coordinate_operation.params}
    meridian = values.get("Longitude of natural origin")
    scale = values.get("Scale factor at natural origin")
    easting = values.get("False easting")
    if meridian is None or scale is None or easting is None or abs(easting - 500_000) > 1:
        return None
    zones = ZONE_MERIDIANS if abs(scale - 0.9999) < 1e-7 else UTM_MERIDIANS
    if zones is UTM_MERIDIANS and abs(scale - 0.9996) > 1e-7:
        return None
    return next((VN2000[e] for e, m in zones.items() if abs(m - meridian) < 1e-6), None)


@cache
def transformer(source: Crs, target: Crs) -> Transformer:
    """Pinned transformer, x east / y north on both sides (`always_xy`)."""
    return Transformer.from_crs(source.pyproj, target.pyproj, always_xy=True)


def transform_geometries(geometries: np.ndarray, source: Crs, target: Crs) -> np.ndarray:
    """Shapely geometries (object array) in another system; None stays None, Z is dropped."""
    if source == target:
        return geometries
    plain = outlines(geometries)
    if plain is not None:
        return Outlines(_moved(plain.xy, source, target), plain.ends).shapes()
    moved: np.ndarray = shapely.transform(geometries, lambda xy: _moved(xy, source, target))
    return moved


def _moved(xy: np.ndarray, source: Crs, target: Crs) -> np.ndarray:
    """Coordinates (n, 2) in the other system. Neighbours share corners: each place is moved once,
    and shared corners stay shared.
    """
    if not len(xy):
        return xy
    pairs = np.ascontiguousarray(xy, dtype=np.float64)
    places = pa.FixedSizeBinaryArray.from_buffers(
        pa.binary(pairs.itemsize * 2), len(pairs), [None, pa.py_buffer(pairs)]
    ).dictionary_encode()
    once = np.frombuffer(places.dictionary.buffers()[1], dtype=np.float64).reshape(-1, 2)
    moved = transformer(source, target).transform(once[:, 0], once[:, 1])
    return np.asarray(np.column_stack(moved)[places.indices.to_numpy()])


def transform_point(x: float, y: float, source: Crs, target: Crs) -> tuple[float, float]:
    """One position, x east / y north (degrees: lon, lat)."""
    moved_x, moved_y = transformer(source, target).transform(x, y)
    return float(moved_x), float(moved_y)
