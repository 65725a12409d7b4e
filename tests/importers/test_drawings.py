"""Drawings as cadastral offices send them: loose lines on levels, texts in the parcels."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.conf import settings

from importers.models import ImportRun
from importers.refusals import (
    BlockRecursion,
    BrokenFile,
    DrawingTooLarge,
    ImportRefused,
    LevelsNeeded,
)
from importers.run import run_import
from tests.importers.drawings import (
    VN,
    Sheet,
    dgn,
    dxf,
    grid,
    insert,
    opened,
    parcels,
    polyline,
    sheet_dxf,
    text,
    there,
)
from tests.importers.made import EAST, NORTH, planner_layer


def as_dgn(path: Path, sheet: Sheet) -> Path:
    return dgn(path, sheet.lines, [(lv, x, y, words.encode()) for lv, x, y, words in sheet.texts])


@pytest.mark.parametrize("suffix", ["dxf", "dgn"])
def test_a_sheet_of_sixty_parcels(tmp_path: Path, suffix: str) -> None:
    """Neighbours share their lines, and lines run over many parcels."""
    sheet = grid()
    make = sheet_dxf if suffix == "dxf" else as_dgn
    source = opened(make(tmp_path / f"a.{suffix}", sheet))
    found, issues = parcels(source)
    assert issues == []
    assert source.crs_text is None
    assert set(found) == set(sheet.parcels)
    for number, shape in sheet.parcels.items():
        assert found[number].equals(shape)
        assert found[number].area == pytest.approx(300, abs=0.01)
    batch, _issues = next(source.read(VN))
    assert set(batch.columns["loai_dat"]) == {"ONT", "CLN"}
    assert set(batch.columns["dien_tich"]) == {"300,0"}


def test_ends_that_nearly_meet_are_joined_and_counted(tmp_path: Path) -> None:
    sheet = grid(4, 3)
    rng = np.random.default_rng(3)
    sheet.lines = [
        (level, points + rng.uniform(-0.003, 0.003, points.shape)) for level, points in sheet.lines
    ]
    source = opened(sheet_dxf(tmp_path / "a.dxf", sheet))
    found, issues = parcels(source)
    assert len(found) == 12
    assert not [issue for issue in issues if issue.code == "open-line"]
    assert any("dung sai 0,01 m" in note for note in source.notes)
    # A line that moved by 3 mm along 20 m.
    assert max(abs(shape.area - 300) for shape in found.values()) < 0.3


def test_an_open_corner_is_told_with_its_place(tmp_path: Path) -> None:
    """The right edge stops 0.40 m before the top: two ends, and the corner parcel stays open."""
    sheet = grid(3, 2)
    place = next(i for i, (_lv, xy) in enumerate(sheet.lines) if xy[0, 0] == xy[1, 0] == EAST + 60)
    level, points = sheet.lines[place]
    sheet.lines[place] = (level, points - [(0, 0), (0, 0.4)])
    found, issues = parcels(opened(sheet_dxf(tmp_path / "a.dxf", sheet)))
    assert set(found) == {"1", "2", "3", "4", "5"}
    ends = [issue for issue in issues if issue.code == "open-line"]
    assert [(i.x, i.y) for i in ends if i.y == NORTH + 29.6] == [(EAST + 60, NORTH + 29.6)]
    assert {i.value for i in ends} == {"cách đường gần nhất 0,40 m"}
    assert {i.severity for i in issues} == {"warning"}
    assert {i.value for i in issues if i.code == "text-outside"} == {"6", "300,0", "CLN"}


def test_an_island_is_a_hole_and_a_parcel(tmp_path: Path) -> None:
    sheet = grid(2, 1)
    island = there((12, 10), (18, 10), (18, 14), (12, 14))
    drawn = [polyline(level, points) for level, points in sheet.lines]
    drawn += [polyline("10", island, closed=True), text("13", EAST + 14, NORTH + 12, "99")]
    drawn += [text(*one) for one in sheet.texts]
    found, issues = parcels(opened(dxf(tmp_path / "a.dxf", drawn)))
    assert issues == []
    assert found["99"].area == pytest.approx(24)
    assert found["1"].area == pytest.approx(300 - 24)
    assert len(found["1"].interiors) == 1


def test_a_closed_outline_is_divided_by_the_lines_in_it(tmp_path: Path) -> None:
    outline = there((0, 0), (40, 0), (40, 15), (0, 15))
    inner = there((20, 0), (20, 15))
    drawn = [polyline("10", outline, closed=True), polyline("10", inner)]
    drawn += [text("13", EAST + x, NORTH + 5, str(x)) for x in (5, 25)]
    found, issues = parcels(opened(dxf(tmp_path / "a.dxf", drawn)))
    assert issues == []
    assert {number: shape.area for number, shape in found.items()} == {"5": 300, "25": 300}


def test_closed_shapes_stay_as_they_are_drawn(tmp_path: Path) -> None:
    """Overlapping plots stay overlapping, for the check of overlaps; one drawn twice is one."""
    one = there((0, 0), (20, 0), (20, 15), (0, 15))
    drawn = [polyline("10", xy, closed=True) for xy in (one, one, one + np.array([18, 0]))]
    drawn += [text("13", EAST + x, NORTH + 5, str(x)) for x in (5, 25)]
    found, issues = parcels(opened(dxf(tmp_path / "a.dxf", drawn)))
    assert issues == []
    assert [shape.area for shape in found.values()] == [300, 300]


def test_two_numbers_in_a_parcel_are_no_number(tmp_path: Path) -> None:
    sheet = grid(2, 1)
    sheet.texts += [("13", EAST + 4, NORTH + 2, "77"), ("13", EAST + 28, NORTH + 2, "2")]
    batch, issues = next(opened(sheet_dxf(tmp_path / "a.dxf", sheet)).read(VN))
    assert sorted(batch.columns["so_thua"], key=str) == ["2", None]
    assert [(i.code, i.field, i.value) for i in issues] == [("ambiguous-text", "so_thua", "1; 77")]
    row = int(issues[0].row)
    assert batch.columns["so_thua"][batch.rows.tolist().index(row)] is None


def test_a_text_whose_corner_lies_next_door(tmp_path: Path) -> None:
    """A number that begins left of its narrow parcel: the neighbour has one of its own."""
    drawn = [polyline(level, points) for level, points in grid(2, 1).lines]
    drawn.append(text("13", EAST + 5, NORTH + 5, "1"))
    drawn.append(text("13", EAST + 19, NORTH + 5, "222222", height=2))
    found, issues = parcels(opened(dxf(tmp_path / "a.dxf", drawn)))
    assert issues == []
    assert found["222222"].centroid.x == EAST + 30


def test_fraction_blocks_on_a_layer_of_any_name(tmp_path: Path) -> None:
    drawn = [polyline("Lv_10", points) for _level, points in grid(2, 1).lines]
    drawn.append(text("NHAN", EAST + 5, NORTH + 5, "123/300,5 ONT"))
    # Two whole numbers: the one that fits the shape is the area.
    drawn += [text("NHAN", EAST + 25, NORTH + y, words) for y, words in ((3, "124"), (8, "298"))]
    batch, issues = next(opened(dxf(tmp_path / "a.dxf", drawn)).read(VN))
    assert issues == []
    found = {
        number: (code, area)
        for number, code, area in zip(
            *(batch.columns[name].tolist() for name in ("so_thua", "loai_dat", "dien_tich")),
            strict=True,
        )
    }
    assert found == {"123": ("ONT", "300,5"), "124": (None, "298")}


def test_lines_and_points_of_chosen_levels(tmp_path: Path) -> None:
    drawn = [polyline("22", there((0, 0), (50, 0)))]
    drawn += [polyline("10", there((0, 9), (50, 9)))]
    drawn += [insert("55", "COT"), insert("55", "COT", EAST + 30)]
    pole = [polyline("0", np.array([(0, 0), (1, 1)])), polyline("0", np.array([(0, 1), (1, 0)]))]
    path = dxf(tmp_path / "a.dxf", drawn, blocks={"COT": pole})
    with pytest.raises(LevelsNeeded):
        opened(path, "line")
    lines, _issues = next(opened(path, "line", levels={"lines": ["22"]}).read(VN))
    assert [shape.length for shape in lines.geometry] == [50]
    points, _issues = next(opened(path, "point").read(VN))
    assert [shape.x for shape in points.geometry] == [EAST, EAST + 30]
    assert points.columns["ten_khoi"].tolist() == ["COT", "COT"]


def test_arcs_stay_within_four_centimetres(tmp_path: Path) -> None:
    """A half circle of 100 m radius: the area's error is that of a strip of 0.04 m at most."""
    half = there((0, 0), (200, 0), (100, -50))
    path = dxf(tmp_path / "a.dxf", [polyline("10", half, closed=True, bulge=-1.0)])
    source = opened(path)
    shape = next(source.read(VN))[0].geometry[0]
    exact = np.pi * 100**2 / 2 + 200 * 50 / 2
    assert 0 < exact - shape.area < 0.04 * np.pi * 100
    assert any("0,2 mm trên bản đồ 1:200" in note for note in source.notes)


def test_blocks_that_explode_are_refused_before_they_do(tmp_path: Path) -> None:
    line = polyline("10", np.array([(0, 0), (1, 1)]))
    blocks = {"B0": [line] * 10}
    blocks |= {f"B{i}": [insert("10", f"B{i - 1}")] * 10 for i in range(1, 9)}
    with pytest.raises(DrawingTooLarge):
        opened(dxf(tmp_path / "a.dxf", [insert("10", "B8")], blocks=blocks))
    rows = insert("10", "B0") + "\n 70\n30000\n 71\n30000"
    with pytest.raises(DrawingTooLarge):
        opened(dxf(tmp_path / "b.dxf", [rows], blocks={"B0": [line]}))
    with pytest.raises(BlockRecursion):
        opened(dxf(tmp_path / "c.dxf", [insert("10", "A")], blocks={"A": [insert("10", "A")]}))


def test_lines_over_and_over_one_another_are_refused(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    drawn = [polyline("10", there(*rng.uniform(0, 1000, (200, 2)))) for _ in range(50)]
    with pytest.raises(DrawingTooLarge):
        opened(dxf(tmp_path / "a.dxf", drawn))


@pytest.mark.parametrize("suffix", ["dxf", "dgn"])
def test_limits_and_files_cut_off(
    tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = sheet_dxf if suffix == "dxf" else as_dgn
    path = make(tmp_path / f"a.{suffix}", grid(4, 3))
    cut = tmp_path / f"cut.{suffix}"
    cut.write_bytes(path.read_bytes()[:-150])
    with pytest.raises(BrokenFile):
        opened(cut)
    for limit in ("drawing_entities", "drawing_vertices", "drawing_bytes"):
        monkeypatch.setattr(settings, "PORTAL_IMPORT_LIMITS", {limit: 5})
        with pytest.raises(DrawingTooLarge):
            opened(path)


def test_coordinates_that_are_none(tmp_path: Path) -> None:
    sheet = grid(2, 1)
    drawn = [polyline(level, points) for level, points in sheet.lines]
    for bad in ("1e308", "nan", "inf"):
        drawn.append(f"  0\nLINE\n  8\n10\n 10\n{bad}\n 20\n0\n 11\n0\n 21\n{bad}")
    drawn += [text(*one) for one in sheet.texts]
    source = opened(dxf(tmp_path / "a.dxf", drawn))
    found, issues = parcels(source)
    assert set(found) == {"1", "2"}
    assert not [issue for issue in issues if issue.code != "open-line"]


# What each file of GDAL's own tests ends in as a layer of areas; with a level chosen, how many.
OUTCOMES: dict[str, tuple[str, str, int]] = {
    "assorted.dxf": ("levels-needed", "0", 7),
    "closed_polyline_with_bulge.dxf": ("levels-needed", "test", 1),
    "hatch_as_multipolygon.dxf": ("levels-needed", "Строения", 1),
    "insert-recursive-pair.dxf": ("block-recursion", "", 0),
    "3dface.dxf": ("levels-needed", "0", 2),
    "utf-8.dxf": ("levels-needed", "", 0),
    "bin_dxf_r2000.dxf": ("levels-needed", "", 0),
    "smalltest.dgn": ("levels-needed", "2", 2),
    "test_dgnv8.dgn": ("unsupported-format", "", 0),
    "line_r2000.dwg": ("unsupported-format", "", 0),
}


@pytest.mark.parametrize("name", OUTCOMES)
def test_shared_drawings(shared: Path, tmp_path: Path, name: str) -> None:
    code, level, count = OUTCOMES[name]
    path = tmp_path / name
    path.write_bytes((shared / "data" / "formats" / name).read_bytes())
    with pytest.raises(ImportRefused) as refusal:
        opened(path)
    assert refusal.value.code == code
    if level:
        source = opened(path, levels={"boundary": [level]})
        assert source.feature_count == count


@pytest.mark.parametrize(
    ("name", "words"), [("bin_dxf_r2000.dxf", "ezdxf"), ("smalltest.dgn", "Demo Text")]
)
def test_shared_texts_as_points(shared: Path, tmp_path: Path, name: str, words: str) -> None:
    path = tmp_path / name
    path.write_bytes((shared / "data" / "formats" / name).read_bytes())
    batch, _issues = next(opened(path, "point").read(VN))
    assert batch.columns["van_ban"].tolist() == [words]


@pytest.mark.django_db
def test_a_drawing_becomes_a_version(tmp_path: Path) -> None:
    """Without a system it is refused with candidates; with one every parcel comes in."""
    fields: list[dict[str, Any]] = [
        {"name": "sheet_no", "type": "text", "required": True, "aliases": ["SOTO"]},
        {"name": "parcel_no", "type": "text", "required": True, "aliases": ["SOTHUA"]},
        {"name": "land_use", "type": "land_use", "aliases": ["LOAIDAT"]},
        {"name": "area", "type": "decimal", "digits": 1, "aliases": ["DIENTICH"], "role": "area"},
    ]
    layer = planner_layer("test-drawing", fields, key=("sheet_no", "parcel_no"))
    sheet = grid()
    sheet.texts[0] = (*sheet.texts[0][:3], "2")
    sheet.texts.append(("13", EAST - 9, NORTH - 9, "900"))
    path = sheet_dxf(tmp_path / "DC_5.dxf", sheet)
    refused = run_import(path, layer)
    assert (refused.state, refused.error_code) == (ImportRun.REFUSED, "crs-missing")
    assert refused.report["error"]["candidates"]
    run = run_import(path, layer, crs="EPSG:9210", dry_run=False)
    assert run.error_code == ""
    assert (run.rows_read, run.rows_loaded) == (60, 60)
    assert run.version is not None
    assert run.version.source_format == "DXF"
    codes = {issue.code for issue in run.issues.all()}
    assert codes >= {"text-outside", "duplicate-key"}
    lost = run.issues.get(code="text-outside")
    assert (lost.value, lost.x, lost.y) == ("900", EAST - 9, NORTH - 9)
