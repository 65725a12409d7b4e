"""Defects of delimited text: stray quotes, moved cells, endless lines; each with its line."""

import csv
from pathlib import Path
from typing import Any

import pytest

from importers.models import ImportIssue, ImportRun
from importers.readers.csv_lines import read_rows
from importers.readers.degrees import parse_dms
from importers.run import run_import
from layers.models import Layer
from tests.importers.made import planner_layer, write

pytestmark = pytest.mark.django_db
HEADER = "code,name,lon,lat"


@pytest.fixture
def places() -> Layer:
    fields: list[dict[str, Any]] = [
        {"name": "code", "type": "text", "required": True},
        {"name": "name", "type": "text"},
    ]
    return planner_layer("test-places", fields, geometry="point")


def lines(count: int) -> list[str]:
    return [HEADER, *(f"{i:04d},Ngã tư {i},107.{i:04d},10.5" for i in range(2, count + 2))]


def run_text(layer: Layer, path: Path, text: list[str]) -> ImportRun:
    return run_import(write(path / "a.csv", "\r\n".join(text)), layer)


def test_a_stray_quote_is_refused_with_its_line(places: Layer, tmp_path: Path) -> None:
    text = lines(995)
    text[100] = '0101,"Ngã tư chợ Bà Rịa,107.1,10.5'
    text[400] = '0401,"Ngã tư" 5,107.1,10.5'
    run = run_text(places, tmp_path, text)
    assert (run.state, run.error_code) == (ImportRun.REFUSED, "csv-quote")
    assert "dòng 101 " in run.error_detail
    assert run.report["error"]["line"] == 101


@pytest.mark.parametrize("closing", [101, 400])
def test_a_quote_that_closes_by_chance_is_found(
    closing: int, places: Layer, tmp_path: Path
) -> None:
    text = lines(995)
    text[100] = '0101,"Ngã tư chợ,107.1,10.5'
    text[closing] = '0401,Ngã tư",107.1,10.5'
    run = run_text(places, tmp_path, text)
    assert (run.error_code, run.report["error"]["line"]) == ("csv-quote", 101)


def test_a_quote_that_never_closes(places: Layer, tmp_path: Path) -> None:
    text = lines(60_000)
    text[100] = '0101,"Ngã tư chợ,107.1,10.5'
    run = run_text(places, tmp_path, text)
    assert (run.error_code, run.report["error"]["line"]) == ("csv-quote", 101)
    assert "field" not in run.error_detail


def test_an_address_of_two_lines_is_read_and_rows_are_lines(places: Layer, tmp_path: Path) -> None:
    text = lines(30)
    text[5] = '0006,"12 Trần Phú,\r\nphường 1, Bà Rịa",107.1,10.5'
    text[8] = "0009,Ngã tư,x,10.5"
    run = run_text(places, tmp_path, text)
    assert (run.rows_read, run.rows_loaded) == (30, 29)
    assert [i.row for i in ImportIssue.objects.filter(code="bad-coordinate")] == [10]


def test_cut_and_moved_rows_say_so(places: Layer, tmp_path: Path) -> None:
    text = lines(60)
    text[3] = "0004,107.1,10.5"
    text[4] = "0005,Ngã tư,107,1,10,5"
    run = run_text(places, tmp_path, text)
    found = {i.row: (i.code, i.value) for i in ImportIssue.objects.filter(severity="error")}
    assert found == {
        4: ("too-few-cells", "3 ô, tiêu đề có 4"),
        5: ("too-many-cells", "6 ô, tiêu đề có 4"),
    }
    assert run.rows_loaded == 58


@pytest.mark.parametrize(
    ("size", "code"), [(2_500, "too-many-columns"), (1_000_000, "line-too-long")]
)
def test_endless_lines_are_refused_at_once(
    size: int, code: str, places: Layer, tmp_path: Path
) -> None:
    run = run_import(write(tmp_path / "a.csv", "0," * size), places)
    assert run.error_code == code
    assert len(run.error_detail) < 200


def test_a_list_of_columns_is_shortened(places: Layer, tmp_path: Path) -> None:
    header = ",".join(f"c{i}" for i in range(900))
    run = run_import(write(tmp_path / "a.csv", f"{header}\n1,2,3"), places)
    assert run.error_code == "bad-table"
    assert "và 875 tên nữa" in run.error_detail


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_unicode_text_of_excel_is_read(encoding: str, places: Layer, tmp_path: Path) -> None:
    text = "\r\n".join(lines(5)).replace(",", "\t")
    (tmp_path / "a.csv").write_bytes(text.encode(encoding))
    assert run_import(tmp_path / "a.csv", places).rows_loaded == 5


def test_degrees_minutes_seconds_are_read(places: Layer, tmp_path: Path) -> None:
    text = [HEADER.replace(",", ";"), "1;Bà Rịa;107°12'12,5\"E;10°30'00\"B"]
    assert run_text(places, tmp_path, text).rows_loaded == 1
    assert parse_dms("107°12'12,5\"E") == pytest.approx(107.203472, abs=1e-6)
    assert parse_dms("10°30′") == 10.5
    assert parse_dms("10°75'00\"N") is None
    assert parse_dms("107°12'12\"W") is None


def test_rows_keep_the_cells_that_a_writer_wrote(tmp_path: Path) -> None:
    rows = [["a", "b"], ["1", 'a "quoted" word'], ["2", "two\nlines; here"]]
    with (tmp_path / "a.csv").open("w", newline="") as out:
        csv.writer(out).writerows(rows)
    assert list(read_rows(tmp_path / "a.csv", "utf-8", ",")) == list(
        zip([1, 2, 3], rows, strict=True)
    )
