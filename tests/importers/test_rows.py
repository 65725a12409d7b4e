"""Rows that are put together by columns are the rows that one by one would be."""

import datetime as dt
import json
import math
import struct
import uuid
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import shapely
from django.db import connection

from importers.batch import object_array
from importers.distinct import distinct
from importers.ewkb import web_mercator
from importers.load import sorted_run
from importers.pipeline import Prepared
from importers.rows import feature_rows, private_rows
from importers.settled import settled
from importers.steps.split_private import SplitColumns
from importers.values_as_text import json_objects, search_texts
from layers.crs import VN2000, WGS84, transform_geometries, transformer
from layers.definition import parse_definition
from layers.fieldtypes import DecimalType, IntegerType
from layers.identity import Identities
from layers.outlines import outlines
from layers.search import fold
from tests.importers.made import plots, squares
from tests.layers.rows import DEFINITION

GRID = VN2000[5899]
AWKWARD: dict[str, list[Any]] = {
    "text": [
        "",
        None,
        'nói "có"',
        "gạch \\ chéo",
        "Đường số 5\tẤp",
        "e\u0301",
        "\u2028",
        "😀",
        "1",
    ],
    "number": [1, 1.0, True, None, -0.5, 1e22, 2**53 - 1, 0.1, 123456.7],
    "list": [[], ["a", "b"], ["a,b"], None, ["ữ"], [1], [1.0], [True], ["a", "b"]],
    "nested": [{"a": [1, None]}, None, {"a": [1, None]}, {}, [["x"]], 1, "1", 1.5, False],
    "empty": [None] * 9,
}
DONUT = shapely.Polygon(
    [(107, 10), (107.01, 10), (107.01, 10.01), (107, 10.01)],
    [[(107.002, 10.002), (107.002, 10.004), (107.004, 10.004)]],
)


def one_by_one(columns: dict[str, list[Any]], row: int) -> str:
    """A feature's JSON object as written before there were columns."""
    parts = [
        f"{json.dumps(name)}:{json.dumps(values[row], ensure_ascii=False)}"
        for name, values in columns.items()
        if values[row] is not None
    ]
    return "{" + ",".join(parts) + "}"


def test_json_is_what_one_by_one_gives() -> None:
    columns = {name: object_array(values) for name, values in AWKWARD.items()}
    found = json_objects(columns, 9).to_pylist()
    assert found == [one_by_one(AWKWARD, row) for row in range(9)]
    assert json_objects({}, 2).to_pylist() == ["{}", "{}"]
    assert json_objects({"a": object_array([])}, 0).to_pylist() == []


def test_json_of_plain_numbers() -> None:
    columns = {
        "whole": np.array([3, 4]),
        "real": np.array([0.5, 2.0]),
        "yes": np.array([True, False]),
    }
    assert json_objects(columns, 2).to_pylist() == [
        '{"whole":3,"real":0.5,"yes":true}',
        '{"whole":4,"real":2.0,"yes":false}',
    ]


def test_search_text_is_folded_words_without_gaps() -> None:
    columns = [object_array(AWKWARD["text"]), object_array(AWKWARD["list"])]
    expected = []
    for text, several in zip(AWKWARD["text"], AWKWARD["list"], strict=True):
        both = [text, None if several is None else " ".join(map(str, several))]
        expected.append(" ".join(word for one in both if one for word in fold.words(one)))
    assert search_texts(columns, 9).to_pylist() == expected


@pytest.mark.parametrize("values", [*AWKWARD.values(), [Decimal("1.0"), Decimal(1), dt.date.min]])
def test_distinct_values_keep_their_type(values: list[Any]) -> None:
    codes, found = distinct(object_array(values))
    back = [found[code] for code in codes]
    assert [(type(b), repr(b)) for b in back] == [(type(v), repr(v)) for v in values]


@pytest.mark.parametrize("digits", [None, 0, 1, 3])
@pytest.mark.parametrize("kind", [DecimalType, IntegerType])
def test_settled_floats_are_what_reading_gives(kind: type[DecimalType], digits: int | None) -> None:
    chance = np.random.default_rng(5)
    field = kind(minimum=0, maximum=1e9, digits=digits)
    for numbers in (
        np.round(chance.uniform(0, 1e6, 2000), 0 if kind is IntegerType else digits or 0),
        chance.integers(0, 1000, 50).astype(float),
        np.array([0.0, -0.0, 1e9]),
    ):
        found = settled(numbers, field)
        assert found is not None
        expected = [field.coerce(number) for number in numbers.tolist()]
        assert [(type(v), v) for v in found] == [(type(v), v) for v in expected]
    for odd in (math.nan, -1.0, 2e9, 0.00004):
        if digits is not None or odd != 0.00004 or kind is IntegerType:
            assert settled(np.array([1.0, odd]), field) is None


def prepared(shapes: np.ndarray) -> Prepared:
    count = len(shapes)
    columns = SplitColumns(
        {"code": object_array(f"mã {i}" for i in range(count))},
        {"restricted": {"owner": object_array(["Bà Ất", None] * count)[:count]}},
    )
    return Prepared(
        rows=np.arange(count),
        crs=GRID,
        source=shapes,
        wgs84=transform_geometries(shapes, GRID, WGS84),
        keys=[f"khóa/{i}" for i in range(count)],
        unit_ids=object_array([None, 7] * count)[:count],
        areas=shapely.area(shapes),
        lengths=shapely.length(shapes),
        columns=columns,
    )


def field(value: bytes | None) -> bytes:
    return struct.pack("!i", -1) if value is None else struct.pack("!i", len(value)) + value


def slow_rows(given: Prepared, uids: list[bytes], mercator: list[bytes]) -> list[bytes]:
    """COPY rows with `struct`, one field after the other."""
    rows = []
    for i in range(len(given)):
        unit = given.unit_ids[i]
        values = [
            struct.pack("!q", 42),
            uids[i],
            given.keys[i].encode(),
            None if unit is None else struct.pack("!q", unit),
            shapely.to_wkb(shapely.set_srid(given.wgs84[i], 4326), include_srid=True),
            shapely.to_wkb(shapely.set_srid(given.source[i], GRID.srid), include_srid=True),
            mercator[i],
            struct.pack("!d", given.areas[i]),
            None,
            b"",
            b"\x01"
            + json.dumps({"code": f"mã {i}"}, ensure_ascii=False, separators=(",", ":")).encode(),
        ]
        rows.append(struct.pack("!h", 11) + b"".join(map(field, values)))
    return rows


@pytest.mark.parametrize("mixed", [False, True])
def test_rows_are_those_of_one_by_one(mixed: bool) -> None:
    shapes = squares(6)
    if mixed:  # no plain polygons only: the other way of writing shapes
        shapes[2] = shapely.multipolygons([shapes[2], shapes[4]])
    given = prepared(shapes)
    uids = [uuid.uuid5(uuid.NAMESPACE_URL, key).bytes for key in given.keys]
    mercator = [
        head + rest
        for head, rest in zip(*map(pa.Array.to_pylist, web_mercator(given.wgs84)), strict=True)
    ]
    definition = parse_definition(DEFINITION)
    found = feature_rows(given, uids, 42, definition)
    assert found.to_pylist() == slow_rows(given, uids, mercator)
    (hidden,) = private_rows(given, uids, 42)
    values = b"\x01" + '{"owner":"Bà Ất"}'.encode()
    assert hidden.to_pylist() == [
        struct.pack("!h", 5)
        + b"".join(map(field, (struct.pack("!q", 42), uids[i], None, b"restricted", values)))
        for i in (0, 2, 4)
    ]
    codes = np.array([3, 1, 2, 0, 5, 4], dtype=np.uint64)
    rows = found.to_pylist()
    assert bytes(sorted_run([(found, codes)])) == b"".join(rows[i] for i in (3, 1, 2, 0, 5, 4))


@pytest.mark.django_db
@pytest.mark.parametrize("shapes", [squares(4), [DONUT], [shapely.Point(107, 10)]])
def test_web_mercator_is_postgis_own(shapes: Any) -> None:
    wgs84 = np.array(shapes) if len(shapes) == 1 else transform_geometries(shapes, GRID, WGS84)
    ours = [
        head + rest
        for head, rest in zip(*map(pa.Array.to_pylist, web_mercator(wgs84)), strict=True)
    ]
    with connection.cursor() as cursor:
        for shape, made in zip(wgs84, ours, strict=True):
            cursor.execute(
                "SELECT ST_SRID(o), ST_IsPolygonCW(o), ST_HausdorffDistance(o, t) "
                "FROM (SELECT %s::bytea::geometry AS o, "
                "ST_ForcePolygonCW(ST_Transform(ST_GeomFromText(%s, 4326), 3857)) AS t) x",
                [made, shapely.to_wkt(shape, rounding_precision=-1)],
            )
            srid, clockwise, off = cursor.fetchone()
            assert srid == 3857
            assert off < 1e-8
            assert clockwise or shape.geom_type == "Point"


def test_outlines_turn_and_come_back() -> None:
    shapes = squares(5)
    shapes[::2] = shapely.reverse(shapes[::2])
    plain = outlines(shapes)
    assert plain is not None
    turned = plain.clockwise().shapes()
    assert not shapely.is_ccw(shapely.get_exterior_ring(turned)).any()
    assert shapely.equals(turned, shapes).all()
    assert (plain.shapes() == shapes).all()
    assert outlines(np.array([DONUT])) is None
    assert outlines(np.array([None, shapes[0]])) is None


def test_shared_corners_move_as_each_alone() -> None:
    shapes = squares(50)
    moved = shapely.get_coordinates(transform_geometries(shapes, GRID, WGS84))
    xy = shapely.get_coordinates(shapes)
    alone = np.column_stack(transformer(GRID, WGS84).transform(xy[:, 0], xy[:, 1]))
    assert (moved == alone).all()


@pytest.mark.django_db
def test_packed_uids_are_the_uids() -> None:
    identities = Identities(plots())
    keys = ["a", "khóa/1", "", "a#2"]
    assert identities.packed(keys) == [uid.bytes for uid in identities.uids(keys)]
