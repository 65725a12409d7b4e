"""Small maps of what each coordinate system would make of a file, drawn on the server as SVG.

A person chooses by looking: the communes around, what is published there already, and the points of
the file in each reading. No script is needed, and nothing is chosen here.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from django.contrib.gis.geos import GEOSGeometry, Point, Polygon
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from importers.models import ImportRun
from importers.wording import number
from layers.models import AdminUnit, Feature, Layer
from layers.units import unit_at

WIDTH, HEIGHT = 320, 220
MOST_CARDS = 6
_MOST_FEATURES = 300
# Less ground than this shows nothing around a single parcel (degrees, about 1.6 km).
_LEAST_DEGREES = 0.015
# Readings closer than this (degrees, about 1 km) look alike unless the map shows little ground:
# about 650 m around one place, the same ground for each of them.
_ALIKE_DEGREES = 0.009
_CLOSE_DEGREES = 0.0032
_METRES_A_DEGREE = 111_320


@dataclass(frozen=True)
class Outline:
    """One shape of the small map: path data, and what it is (`unit`, `live`, `new`)."""

    path: str
    kind: str


@dataclass(frozen=True)
class CandidateCard:
    """One reading of the file's numbers; `choice` is what the import is told (`Request.crs`).

    `share`: of the rows that name a commune, how many would lie in it, in hundredths. `others`: the
    points of readings that lie close by. `moved`: the shift in words, for the button.
    """

    choice: str
    code: str
    title: str
    order: str
    share: int | None
    inside: bool
    lon: float
    lat: float
    place: str
    outlines: tuple[Outline, ...]
    dots: tuple[tuple[float, float], ...]
    others: tuple[tuple[float, float], ...] = ()
    moved: str = ""


class _Frame:
    """A box of degrees drawn into WIDTH × HEIGHT, as wide on the ground as it is high."""

    def __init__(self, points: list[tuple[float, float]], least: float = _LEAST_DEGREES) -> None:
        lons, lats = [p[0] for p in points], [p[1] for p in points]
        self.lon = (min(lons) + max(lons)) / 2
        self.lat = (min(lats) + max(lats)) / 2
        self.narrow = max(0.2, math.cos(math.radians(self.lat)))
        high = max(max(lats) - min(lats), least)
        wide = max((max(lons) - min(lons)) * self.narrow, least * WIDTH / HEIGHT)
        self.scale = 0.55 * min(HEIGHT / high, WIDTH / wide)

    def to_paper(self, lon: float, lat: float) -> tuple[float, float]:
        x = WIDTH / 2 + (lon - self.lon) * self.narrow * self.scale
        return round(x, 1), round(HEIGHT / 2 - (lat - self.lat) * self.scale, 1)

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        half_lon = WIDTH / 2 / self.scale / self.narrow
        half_lat = HEIGHT / 2 / self.scale
        west, east = self.lon - half_lon, self.lon + half_lon
        return west, self.lat - half_lat, east, self.lat + half_lat

    @property
    def box(self) -> Polygon:
        frame = Polygon.from_bbox(self.bounds)
        frame.srid = 4326
        return frame

    @property
    def pixel(self) -> float:
        return 1 / self.scale


def candidate_cards(run: ImportRun) -> list[CandidateCard]:
    """The readings that the refusal carries, those in the province first."""
    error = run.report.get("error") or {}
    given = error.get("candidates") or []
    inside = [candidate for candidate in given if candidate.get("inside")]
    shown = (inside or given)[:MOST_CARDS]
    return [_card(candidate, _alike(candidate, shown), run.layer) for candidate in shown]


def outlines_around(shape: BaseGeometry, layer: Layer | None) -> tuple[Outline, ...]:
    """A shape in degrees (kind `new`) with the communes and what a layer publishes around it."""
    west, south, east, north = shape.bounds
    frame = _Frame([(west, south), (east, north)])
    return (*_outlines(frame, layer), *_drawn(shape, frame, "new"))


def _alike(candidate: dict[str, Any], shown: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The readings less than about a kilometre away, this one among them, in the order shown."""
    return [
        other
        for other in shown
        if abs(float(other["lon"]) - float(candidate["lon"])) < _ALIKE_DEGREES
        and abs(float(other["lat"]) - float(candidate["lat"])) < _ALIKE_DEGREES
    ]


def _points_of(candidate: dict[str, Any]) -> list[tuple[float, float]]:
    middle = (candidate["lon"], candidate["lat"])
    return [(float(x), float(y)) for x, y in candidate.get("points") or [middle]]


def _close_frame(alike: list[dict[str, Any]]) -> _Frame:
    """Around one corner of the file, where it lies in each of these readings."""
    points = [_points_of(candidate) for candidate in alike]
    same = min(range(len(points[0])), key=lambda n: math.dist(points[0][n], _middle(alike[0])))
    return _Frame([each[min(same, len(each) - 1)] for each in points], _CLOSE_DEGREES)


def _middle(candidate: dict[str, Any]) -> tuple[float, float]:
    return float(candidate["lon"]), float(candidate["lat"])


def _card(candidate: dict[str, Any], alike: list[dict[str, Any]], layer: Layer) -> CandidateCard:
    lon, lat = _middle(candidate)
    points = _points_of(candidate)
    frame = _close_frame(alike) if len(alike) > 1 else _Frame(points)
    others = [p for other in alike if other is not candidate for p in _points_of(other)]
    unit = unit_at(Point(lon, lat, srid=4326))
    place = unit.name if unit else ""
    share = candidate.get("share_in_claimed_units")
    return CandidateCard(
        choice=str(candidate.get("choice") or candidate["code"]),
        code=str(candidate["code"]),
        title=str(candidate["title"]),
        order=reading_words(candidate),
        share=None if share is None else round(100 * float(share)),
        inside=bool(candidate.get("inside")),
        lon=lon,
        lat=lat,
        place=place,
        outlines=tuple(_outlines(frame, layer)),
        dots=tuple(frame.to_paper(x, y) for x, y in points),
        others=tuple(frame.to_paper(x, y) for x, y in others),
        moved=_moved(candidate, lat),
    )


def _moved(candidate: dict[str, Any], lat: float) -> str:
    """`dời 112 m lên Bắc, 192 m sang Tây`; empty where nothing is moved."""
    if not candidate.get("shift"):
        return ""
    east, north = (float(metres) for metres in candidate["shift"])
    if abs(east) < 1 and abs(north) < 1:
        # Of a system in degrees.
        east *= _METRES_A_DEGREE * math.cos(math.radians(lat))
        north *= _METRES_A_DEGREE
    return _("dời %(first)s, %(second)s") % {
        "first": (_("%(n)s m lên Bắc") if north >= 0 else _("%(n)s m xuống Nam"))
        % {"n": number(abs(north))},
        "second": (_("%(n)s m sang Đông") if east >= 0 else _("%(n)s m sang Tây"))
        % {"n": number(abs(east))},
    }


def reading_words(candidate: dict[str, Any]) -> str:
    """What is done to the numbers in this reading."""
    words = _("đổi chỗ hai số của mỗi tọa độ") if candidate.get("swapped") else _("đọc như tệp ghi")
    shift = candidate.get("shift")
    if not shift:
        return words
    moved = _("dời Bắc %(north)s, Đông %(east)s m") % {
        "north": number(float(shift[1]), 1),
        "east": number(float(shift[0]), 1),
    }
    return f"{words}, {moved}"


def _outlines(frame: _Frame, layer: Layer | None) -> Iterable[Outline]:
    units = AdminUnit.objects.filter(
        level=AdminUnit.COMMUNE, valid_to=None, geom__bboverlaps=frame.box
    )
    for unit in units.only("geom"):
        if unit.geom:
            yield from _paths(unit.geom, frame, "unit")
    if layer is not None and layer.live_version_id and layer.parsed.feeds != "units":
        live = Feature.objects.filter(
            version_id=layer.live_version_id, geom__bboverlaps=frame.box
        ).order_by()
        for feature in live.only("geom")[:_MOST_FEATURES]:
            yield from _paths(feature.geom, frame, "live")


def _paths(geometry: GEOSGeometry, frame: _Frame, kind: str) -> Iterable[Outline]:
    """One path a shape, cut to the frame and simplified to half a pixel."""
    return _drawn(shapely.from_wkb(bytes(geometry.wkb)), frame, kind)


def _drawn(shape: BaseGeometry, frame: _Frame, kind: str) -> Iterable[Outline]:
    cut = shapely.clip_by_rect(shape, *frame.bounds)
    shape = shapely.simplify(cut, frame.pixel / 2)
    data = " ".join(_line(coords, frame) for coords in _lines(shape))
    if data:
        yield Outline(data, kind)


def _lines(shape: BaseGeometry) -> Iterable[np.ndarray]:
    """Coordinates (n, 2) of every ring, line and point."""
    for part in shapely.get_parts(shape):
        if part.is_empty:
            continue
        if part.geom_type == "Polygon":
            yield from (shapely.get_coordinates(ring) for ring in shapely.get_rings(part))
        elif part.geom_type == "Point":
            yield np.repeat(shapely.get_coordinates(part), 2, axis=0)
        else:
            yield shapely.get_coordinates(part)


def _line(coords: np.ndarray, frame: _Frame) -> str:
    papers = (frame.to_paper(float(x), float(y)) for x, y in coords)
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in papers)
