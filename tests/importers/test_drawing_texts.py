"""Which levels of a drawing are what, and what its texts say: numbers, codes, areas, no people."""

from pathlib import Path
from typing import Any

import pytest

from importers.encoding import encode_tcvn3, encode_vni
from importers.readers import levels
from importers.readers.drawing_texts import names_a_person
from importers.readers.parcel_texts import Reading, commune_of, read_text, sheet_of
from importers.refusals import LevelsNeeded
from tests.importers.drawings import (
    VN,
    dgn,
    dxf,
    grid,
    opened,
    parcels,
    polyline,
    sheet_dxf,
    text,
)
from tests.importers.made import EAST, NORTH


@pytest.mark.parametrize(
    ("words", "role", "meaning"),
    [
        ("12", "parcel_no", Reading(number="12")),
        ("12a", "", Reading(number="12a")),
        ("456", "area", Reading(area="456")),
        ("456,7", "", Reading(area="456,7")),
        ("1.456,7 m2", "", Reading(area="1.456,7")),
        ("12", "", Reading(whole="12")),
        ("ONT+CLN", "", Reading(land_use="ONT+CLN")),
        ("TMD", "land_use", Reading(land_use="TMD")),
        ("UBX", "", None),
        ("123/456,7 ONT", "", Reading("123", "ONT", "456,7")),
        ("ONT 123/456.7", "", Reading("123", "ONT", "456.7")),
        ("ONT\n123\n456.7", "", Reading("123", "ONT", "456.7")),
        ("Thửa 12", "", Reading(number="12")),
        ("Nguyễn Văn A", "parcel_no", None),
        ("Ông 12", "", None),
        ("b2", "", None),
    ],
)
def test_what_a_text_says(words: str, role: str, meaning: Reading | None) -> None:
    assert read_text(words, role) == meaning


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("10", 10), ("LEVEL 10", 10), ("Level10", 10), ("Lv_10", 10), ("Lớp 10", 10), ("010", 10),
        ("TD1", 10), ("10_RANH_THUA", 10), ("13-TD4", 13), ("2_TANG", None), ("NHA", None),
    ],
)  # fmt: skip
def test_numbers_of_levels(name: str, number: int | None) -> None:
    assert levels.number_of(name) == number


def test_the_table_of_levels_is_that_of_the_circulars(shared: Path) -> None:
    rows = (shared / "domain" / "dgn_levels.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert {int(row.split(",")[0]) for row in rows} == set(levels.known_levels())
    edges = {int(row.split(",")[0]) for row in rows if "(là ranh thửa)" in row}
    usual = {n for n, level in levels.known_levels().items() if level.role == "boundary"}
    assert usual == edges | {10}
    assert levels.known_levels()[61].regime == "2024"


def test_layers_are_known_by_their_names(tmp_path: Path) -> None:
    drawn = [polyline("RANH_THUA", points) for _level, points in grid(1, 1).lines]
    drawn += [text("SO_THUA", EAST + 5, NORTH + 5, "7"), text("Loại đất", EAST, NORTH + 5, "LUC")]
    batch, _issues = next(opened(dxf(tmp_path / "a.dxf", drawn)).read(VN))
    assert batch.columns["so_thua"].tolist() == ["7"]
    assert batch.columns["loai_dat"].tolist() == ["LUC"]


def test_names_of_people_come_into_nothing(tmp_path: Path) -> None:
    sheet = grid(1, 1)
    for level, y in (("TEN_CHU", 2), ("GHI_CHU", 4), ("13", 6), ("10", 8)):
        sheet.texts.append((level, EAST + 3, NORTH + y, "Nguyễn Văn Bình"))
        sheet.texts.append((level, EAST + 300, NORTH + y, "Ông Trần A"))
    path = sheet_dxf(tmp_path / "a.dxf", sheet)
    for chosen in (None, {"label": ["GHI_CHU", "13"], "owner": ["TEN_CHU"]}):
        source = opened(path, levels=chosen)
        batch, issues = next(source.read(VN))
        told = str([batch.columns, issues, source.notes, source.encodings])
        assert "Nguyễn" not in told
        assert "Trần" not in told
    points, _issues = next(opened(path, "point", levels={"points": ["TEN_CHU", "13"]}).read(VN))
    assert set(points.columns["van_ban"]) == {None, "1"}
    assert names_a_person("TRẦN THỊ B")
    assert not names_a_person("Nhà văn hóa ấp 3")


def test_without_a_known_boundary_the_levels_are_listed(tmp_path: Path) -> None:
    drawn = [polyline("NEN", points) for _level, points in grid(2, 1).lines]
    drawn += [text("SO", EAST + x, NORTH + 5, str(x)) for x in (5, 25)]
    path = dxf(tmp_path / "a.dxf", drawn)
    with pytest.raises(LevelsNeeded) as refusal:
        opened(path)
    rows: Any = refusal.value.extra["levels"]
    listed = {row["level"]: (row["lines"], row["texts"]) for row in rows}
    assert listed == {"NEN": (5, 0), "SO": (0, 2)}
    assert "NEN: 5 đường" in str(refusal.value.detail)
    found, issues = parcels(opened(path, levels={"boundary": ["nen", "99"], "parcel_no": ["SO"]}))
    assert set(found) == {"5", "25"}
    assert issues == []
    assert any("99" in note for note in opened(path, levels={"boundary": ["NEN", "99"]}).notes)
    with pytest.raises(LevelsNeeded):
        opened(path, levels={"roads": ["1"]})


def test_sheet_and_commune_by_frame_and_file_name(tmp_path: Path) -> None:
    sheet = grid(1, 1)
    sheet.texts.append(("63", EAST, NORTH + 50, "TỜ BẢN ĐỒ SỐ: 12"))
    path = sheet_dxf(tmp_path / "a.dxf", sheet)
    batch, _issues = next(opened(path, file_name="26506_DC12.dxf").read(VN))
    assert batch.columns["so_to"].tolist() == ["12"]
    assert batch.columns["ma_xa"].tolist() == ["26506"]
    doubtful = opened(path, file_name="to_13.dxf")
    assert "so_to" not in doubtful.fields
    assert any("12, 13" in note for note in doubtful.notes)
    assert sheet_of([], "DC07.dgn") == ("7", ["7"])
    assert commune_of("ban do 2026.dxf") is None


def test_old_fonts_become_unicode(tmp_path: Path) -> None:
    names = ["Đường Trần Hưng Đạo", "Kênh Thủy lợi số 2", "Đường Nguyễn Thị Minh Khai"]
    for encode in (encode_tcvn3, encode_vni):
        texts = [("28", EAST, NORTH + i, encode(name)) for i, name in enumerate(names)]
        source = opened(dgn(tmp_path / "a.dgn", [], texts), "point")
        batch, _issues = next(source.read(VN))
        assert batch.columns["van_ban"].tolist() == names
        raw = [text("28", EAST, NORTH, encode(name).decode("latin-1")) for name in names]
        path = dxf(tmp_path / "a.dxf", raw, encoding="latin-1")
        batch, _issues = next(opened(path, "point").read(VN))
        assert batch.columns["van_ban"].tolist() == names


def test_labels_of_a_chosen_level_are_read_and_kept(tmp_path: Path) -> None:
    drawn = [polyline("10", points) for _level, points in grid(1, 1).lines]
    drawn += [
        text("NHAN", EAST + 4, NORTH + y, words)
        for y, words in ((3, "8/300,0"), (6, "ONT"), (9, "Giếng khoan"), (12, "Bà Lê Thị C"))
    ]
    source = opened(dxf(tmp_path / "a.dxf", drawn), levels={"label": ["NHAN"]})
    columns = next(source.read(VN))[0].columns
    values = {name: column.tolist() for name, column in columns.items()}
    assert values["so_thua"] == ["8"]
    assert values["loai_dat"] == ["ONT"]
    assert values["ghi_chu"] == ["Giếng khoan"]
