"""Polygons in one cell of a table: lists of corners and WKT, and which number is north."""

from pathlib import Path

import pytest
import shapely

from importers.readers.opening import open_source
from importers.readers.source import Wanted
from importers.refusals import AxesSwapped, AxisOrderUnclear, BadTable, ImportRefused
from layers.crs import by_code
from tests.importers.made import EAST, NORTH, table, workbook

SQUARE = [(EAST, NORTH), (EAST + 20, NORTH), (EAST + 20, NORTH + 20), (EAST, NORTH + 20)]
NORTH_FIRST = "; ".join(f"{n} {e}" for e, n in SQUARE)
EAST_FIRST = "; ".join(f"{e} {n}" for e, n in SQUARE)
GRID = by_code("EPSG:5899")


def cell(
    folder: Path, header: str, *texts: str, delimiter: str = ","
) -> tuple[list[shapely.Geometry], list[tuple[int, str]]]:
    """(shapes, issue codes) of a table with these cells below this header."""
    rows = [[str(i), text] for i, text in enumerate(texts)]
    path = table(folder / "a.csv", ["Mã lô", header], rows, delimiter=delimiter)
    source = open_source(path, Wanted("polygon"), folder)
    batch, issues = next(source.read(GRID))
    return list(batch.geometry), [(i.row, i.code) for i in issues]


@pytest.mark.parametrize(
    ("header", "text"),
    [
        ("Tọa độ các đỉnh", NORTH_FIRST),
        ("Tọa độ các đỉnh", EAST_FIRST),
        ("Tọa độ (X, Y)", NORTH_FIRST),
        ("Tọa độ (Y; X)", EAST_FIRST),
        ("Tọa độ (Bắc, Đông)", NORTH_FIRST.replace("; ", "\n")),
        ("Tọa độ", NORTH_FIRST.replace(" ", ",").replace(";,", ";")),
        ("Tọa độ", "\n".join(f"M{i}: X={n} Y={e}" for i, (e, n) in enumerate(SQUARE, 1))),
        ("ranh giới", str([[e, n] for e, n in SQUARE])),
        ("WKT", shapely.Polygon(SQUARE).wkt),
        ("geom", "SRID=5899;" + shapely.MultiPolygon([shapely.Polygon(SQUARE)]).wkt),
    ],
)
def test_corners_become_the_square(header: str, text: str, tmp_path: Path) -> None:
    shapes, issues = cell(tmp_path, header, text)
    assert not issues
    assert shapely.equals(shapes[0], shapely.Polygon(SQUARE))


def test_decimal_commas(tmp_path: Path) -> None:
    text = "; ".join(f"{n:.2f} {e:.2f}".replace(".", ",") for e, n in SQUARE)
    shapes, _issues = cell(tmp_path, "Tọa độ (X, Y)", text, delimiter=";")
    assert shapely.area(shapes[0]) == pytest.approx(400)


@pytest.mark.parametrize(
    ("header", "text", "error"),
    [
        ("Tọa độ (X, Y)", EAST_FIRST, AxesSwapped),
        ("WKT", shapely.Polygon([(n, e) for e, n in SQUARE]).wkt, AxesSwapped),
        ("Tọa độ", "10 20; 30 40; 50 60", AxisOrderUnclear),
        ("Ranh giới", "Bắc giáp đường; Nam giáp sông", BadTable),
    ],
)
def test_what_is_not_clear_is_refused(
    header: str, text: str, error: type[ImportRefused], tmp_path: Path
) -> None:
    with pytest.raises(error):
        cell(tmp_path, header, text)


def test_a_bad_cell_is_its_rows_issue(tmp_path: Path) -> None:
    two = "; ".join(NORTH_FIRST.split("; ")[:2])
    shapes, issues = cell(tmp_path, "Tọa độ", NORTH_FIRST, "chưa đo", "", two)
    assert len(shapes) == 1
    assert issues == [(3, "bad-coordinate"), (4, "no-geometry"), (5, "too-few-corners")]


def test_a_closed_ring_starts_the_next_one(tmp_path: Path) -> None:
    hole = [(EAST + 5, NORTH + 5), (EAST + 9, NORTH + 5), (EAST + 9, NORTH + 9)]
    corners = [*SQUARE, SQUARE[0], *hole, hole[0]]
    shapes, _issues = cell(tmp_path, "Tọa độ", "; ".join(f"{n} {e}" for e, n in corners))
    assert shapely.area(shapes[0]) == pytest.approx(400 - 8)


def test_a_workbook_with_a_title_above(tmp_path: Path) -> None:
    rows = [["DANH SÁCH KHU ĐẤT"], [], ["Mã lô", "Tọa độ"], ["1", NORTH_FIRST]]
    source = open_source(
        workbook(tmp_path / "a.xlsx", {"Sheet1": rows}), Wanted("polygon"), tmp_path
    )
    batch, _issues = next(source.read(GRID))
    assert batch.geometry[0].area == pytest.approx(400)
    assert source.fields == ["Mã lô"]
