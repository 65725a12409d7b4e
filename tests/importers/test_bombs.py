"""Small files that ask for much are refused by name before anything is held in memory."""

import zipfile
from pathlib import Path

import openpyxl
import pytest

from importers.readers import sniff as sniffing
from importers.readers.sheet_extent import check_extent
from importers.refusals import ArchiveTooLarge, UnsupportedFormat


def test_two_cells_in_opposite_corners(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0]["A1"] = 1
    book.worksheets[0]["XFD1048576"] = 1
    file = tmp_path / "a.xlsx"
    book.save(file)
    assert file.stat().st_size < 10_000
    with pytest.raises(ArchiveTooLarge):
        check_extent(file)


def test_a_usual_workbook_passes(tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("xl/worksheets/sheet1.xml", '<c r="T1"/>' + " " * 2**20 + '<c r="A999"/>')
    check_extent(file)


def test_a_large_object_that_is_no_collection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sniffing, "JSON_PARSED", 10)
    file = tmp_path / "a.geojson"
    file.write_text('{"type":"MultiPoint","coordinates":[[1,2]]}')
    with pytest.raises(UnsupportedFormat):
        sniffing.sniff(file)
