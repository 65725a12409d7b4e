"""CQL2 (21-065r2), Annex A: the spatial and the temporal functions, against shapely and Python."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import shapely
from shapely import Geometry

from tests.conformance.asking import LAYERS, Source
from tests.conformance.cases import Annex, Body
from tests.conformance.filters import LANGUAGES, Node, bbox, date, geometry, interval, op, prop
from tests.conformance.reading import Api, Held

ANNEX = Annex("CQL2, space and time", LAYERS)
GEOM = prop("geometry")
WORLD = "POLYGON((-180 -90,180 -90,180 90,-180 90,-180 -90))"
FAR = (
    "POINT(7.02 49.92)",
    "LINESTRING(7 50,10 51)",
    "MULTIPOINT(7 50,10 51)",
    "MULTILINESTRING((-180 -45,0 -45),(0 45,180 45))",
    "POLYGON((-180 -90,-90 -90,-90 90,-180 90,-180 -90),(-120 -50,-99 -50,-99 -40,-120 -50))",
    "MULTIPOLYGON(((-180 -90,-90 -90,-90 90,-180 90,-180 -90)),((0 0,10 0,10 10,0 10,0 0)))",
    "GEOMETRYCOLLECTION(POINT(7.02 49.92),POLYGON((0 0,10 0,10 10,0 10,0 0)))",
)
INVALID = "POINT(90 180)"
COLLECTION = shapely.GeometryType.GEOMETRYCOLLECTION
# Function → shapely's, of the stored shape and the literal.
SPATIAL: dict[str, Callable[[Any, Any], Any]] = {
    "s_intersects": shapely.intersects,
    "s_disjoint": shapely.disjoint,
    "s_within": shapely.within,
    "s_contains": shapely.contains,
    "s_touches": shapely.touches,
    "s_crosses": shapely.crosses,
    "s_overlaps": shapely.overlaps,
    "s_equals": shapely.equals,
}


def literals(held: Held) -> list[Geometry]:
    """A surface, a line, a point and several, each meeting some of the layer."""
    west, south, east, north = held.bounds
    middle = shapely.Point((west + east) / 2, (south + north) / 2)
    inner = shapely.point_on_surface(held.shapes[0])
    return [
        shapely.box(west - 0.001, south - 0.001, middle.x, middle.y),
        shapely.LineString([(west, south), (middle.x, north), (east, south)]),
        inner,
        shapely.MultiPoint([inner, shapely.point_on_surface(held.shapes[-1])]),
        shapely.GeometryCollection([inner, shapely.box(middle.x, middle.y, east, north)]),
        held.shapes[len(held.shapes) // 2],
    ]


@ANNEX.test("/conf/basic-spatial-functions/s_intersects", "…/logical", each=True)
def box_and_point(source: Source) -> None:
    """S_INTERSECTS with boxes and points; a place that is none on Earth is refused."""
    every = set(source.held.uids)
    assert source.found(op("s_intersects", GEOM, bbox(-180, -90, 180, 90))) == every
    assert source.found(op("s_intersects", GEOM, bbox(150, -90, -150, 90))) == set()
    assert source.found(op("s_intersects", GEOM, bbox(100, -90, -150, 90))) == every
    assert source.found(op("s_intersects", GEOM, geometry(FAR[0]))) == set()
    half = op("s_intersects", GEOM, bbox(*source.held.west_half))
    inside = source.held.inside(source.held.west_half)
    assert source.found(half) == inside
    assert source.found(op("not", half)) == every - inside
    source.refused(op("s_intersects", GEOM, geometry(INVALID)))
    source.refused(op("s_intersects", GEOM, geometry("MULTIPOINT(7.02 49.92,90 180)")))


@ANNEX.test("/conf/basic-spatial-functions-plus/s_intersects", each=True)
def every_literal(source: Source) -> None:
    """All kinds of geometry may be written."""
    for text in FAR[1:]:
        node = op("s_intersects", GEOM, geometry(text))
        shape = shapely.from_wkt(text)
        assert source.found(node) == source.held.where_shape(
            lambda shapes, at=shape: shapely.intersects(shapes, at)
        ), text


@ANNEX.test("/conf/spatial-functions/s_intersects", "…/s_disjoint", "…/s_equals", "…/s_touches",
            "…/s_crosses", "…/s_within", "…/s_contains", "…/s_overlaps", each=True)  # fmt: skip
def relations(source: Source) -> None:
    """Every relation, with every kind of literal, finds what GEOS finds in Python."""
    for name, holds in SPATIAL.items():
        for literal in literals(source.held):
            node = op(name, GEOM, geometry(literal))
            if shapely.get_type_id(literal) == COLLECTION and name not in (
                "s_intersects",
                "s_disjoint",
            ):
                continue
            expected = source.held.where_shape(lambda shapes, h=holds, at=literal: h(shapes, at))
            assert source.found(node) == expected, (name, literal)


@ANNEX.test("/conf/spatial-functions/world", each=True)
def world(source: Source) -> None:
    """The whole world as a box and as a polygon are the same."""
    whole = (bbox(-180, -90, 180, 90), geometry(WORLD))
    for name, expected in (
        ("s_intersects", set(source.held.uids)),
        ("s_within", set(source.held.uids)),
        ("s_disjoint", set()),
        ("s_contains", set()),
        ("s_equals", set()),
        ("s_touches", set()),
    ):
        for literal in whole:
            assert source.found(op(name, GEOM, literal)) == expected, name
    source.refused(op("s_disjoint", GEOM, geometry(INVALID)))


@ANNEX.test("/conf/property-property/spatial", each=True)
def literal_first(source: Source) -> None:
    """The literal may stand first."""
    literal = literals(source.held)[0]
    for name, holds in SPATIAL.items():
        expected = source.held.where_shape(lambda shapes, h=holds: h(literal, shapes))
        assert source.found(op(name, geometry(literal), GEOM)) == expected, name


# Relations of a day (or moment) to an interval that starts and ends (OGC 21-065r2, 7.8).
INSTANTS: dict[str, Callable[[Any, Any, Any], bool]] = {
    "t_after": lambda at, _start, end: at > end,
    "t_before": lambda at, start, _end: at < start,
    "t_disjoint": lambda at, start, end: at < start or at > end,
    "t_intersects": lambda at, start, end: start <= at <= end,
    "t_equals": lambda at, start, end: at == start == end,
}
INTERVALS: dict[str, Callable[[Any, Any, Any, Any], bool]] = {
    "t_after": lambda a, _b, _c, d: a > d,
    "t_before": lambda _a, b, c, _d: b < c,
    "t_disjoint": lambda a, b, c, d: b < c or a > d,
    "t_equals": lambda a, b, c, d: a == c and b == d,
    "t_intersects": lambda a, b, c, d: a <= d and b >= c,
    "t_contains": lambda a, b, c, d: a < c and b > d,
    "t_during": lambda a, b, c, d: a > c and b < d,
    "t_finishedBy": lambda a, b, c, d: a < c and b == d,
    "t_finishes": lambda a, b, c, d: a > c and b == d,
    "t_meets": lambda _a, b, c, _d: b == c,
    "t_metBy": lambda a, _b, _c, d: a == d,
    "t_overlappedBy": lambda a, b, c, d: c < a < d < b,
    "t_overlaps": lambda a, b, c, d: a < c < b < d,
    "t_startedBy": lambda a, b, c, d: a == c and b > d,
    "t_starts": lambda a, b, c, d: a == c and b < d,
}


def moment_of(value: Any) -> dt.datetime | None:
    """A stored day or moment."""
    if not value:
        return None
    found = dt.datetime.fromisoformat(value)
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)


def literal_of(at: dt.datetime, kind: str) -> str:
    """As a literal of that type is written."""
    return (
        at.date().isoformat()
        if kind == "Date"
        else at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    )


def middle_of(source: Source, name: str) -> dt.datetime:
    """A moment that the field has."""
    values = sorted(filter(None, (moment_of(p.get(name)) for p in source.held.properties)))
    return values[len(values) // 2] if values else dt.datetime(2022, 4, 24, tzinfo=dt.UTC)


@ANNEX.test("/conf/temporal-functions/temporal-functions-1", each=True)
def instants(source: Source) -> None:
    """T_AFTER, T_BEFORE, T_DISJOINT, T_EQUALS, T_INTERSECTS with instants and intervals."""
    for name, kind in source.fields("Timestamp", "Date"):
        at = middle_of(source, name)
        until = at + dt.timedelta(days=400)
        text, later = literal_of(at, kind), literal_of(until, kind)
        instant: Node = date(text) if kind == "Date" else {"timestamp": text}
        for function, holds in INSTANTS.items():
            for literal, start, end in (
                (instant, at, at),
                (interval(text, later), at, until),
                (interval("..", text), dt.datetime.min.replace(tzinfo=dt.UTC), at),
                (interval(text, ".."), at, dt.datetime.max.replace(tzinfo=dt.UTC)),
            ):
                rows = source.rows(
                    lambda p, n=name, h=holds, s=start, e=end: bool(
                        (mine := moment_of(p.get(n))) and h(mine, s, e)
                    )
                )
                assert source.found(op(function, prop(name), literal)) == rows, (function, literal)


@ANNEX.test("/conf/temporal-functions/temporal-functions-2", each=True)
def intervals(source: Source) -> None:
    """All fifteen relations of two intervals, one of them made of two queryables."""
    for kind in ("Timestamp", "Date"):
        names = [name for name, _kind in source.fields(kind, each=2)]
        if len(names) < 2:
            continue
        first, second = names
        a, b = middle_of(source, first), middle_of(source, second)
        own = interval(prop(first), prop(second))
        for start, end in {(min(a, b), max(a, b)), (a - dt.timedelta(9), b + dt.timedelta(9))}:
            literal = interval(literal_of(start, kind), literal_of(end, kind))
            for function, holds in INTERVALS.items():
                rows = source.rows(
                    lambda p, h=holds, f=first, s=second, c=start, d=end: bool(
                        (x := moment_of(p.get(f)))
                        and (y := moment_of(p.get(s)))
                        and x <= y
                        and h(x, y, c, d)
                    )
                )
                found = source.found(op(function, own, literal))
                # An interval that ends before it starts is none, and one without an end may still
                # be known to begin after another: what they relate to is not asked.
                undefined = source.rows(
                    lambda p, f=first, s=second: (
                        not ((x := moment_of(p.get(f))) and (y := moment_of(p.get(s))) and x <= y)
                    )
                )
                assert found - undefined == rows, (function, literal)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("body", "arguments"), ANNEX.cases)
def test_cql2_in_space_and_time(
    body: Body,
    arguments: tuple[str, ...],
    language: str,
    api: Api,
    database: Callable[[str], Held],
) -> None:
    (slug,) = arguments
    body(Source(api, database(slug), language))
