"""The sheet itself, of facts made by hand: what fits on a page, what goes to a second one."""

import dataclasses
import datetime as dt
import math
import uuid

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis_portal.parcels.extract import document
from gis_portal.parcels.extract.around import paths_of
from gis_portal.parcels.extract.content import content_of, ring_rows
from gis_portal.parcels.extract.plan import SCALES, frame_of, plan_of
from gis_portal.parcels.parts import (
    Areas,
    Corner,
    Identity,
    LandUse,
    Neighbour,
    Overlay,
    OverlayPart,
    ParcelFacts,
    Ring,
    UnitName,
)
from tests.gis_portal.parcels.extract import reading

CHECK = "https://bando.example.vn/check/" + "x" * 100 + "/"


def ring(path: list[tuple[float, float]]) -> Ring:
    """x east, y north."""
    ends = [*path[1:], path[0]]
    corners = (
        Corner(number, y, x, math.dist((x, y), end))
        for number, ((x, y), end) in enumerate(zip(path, ends, strict=True), 1)
    )
    return Ring(1, False, tuple(corners))


def circle(corners: int, radius: float = 60) -> Ring:
    steps = (2 * math.pi * n / corners for n in range(corners))
    return ring([(436_000 + radius * math.cos(a), 1_161_000 + radius * math.sin(a)) for a in steps])


def facts(shape: Ring, **more: object) -> ParcelFacts:
    known = ParcelFacts(
        uid=uuid.UUID(int=7),
        layer_slug="public-land-parcels",
        layer_title="Thửa đất công",
        version_id=1,
        version_number=3,
        published_at=None,
        data_date=dt.date(2026, 6, 30),
        source="Sở Nông nghiệp và Môi trường",
        decision="12/QĐ-UBND",
        licence="CC-BY-4.0",
        illustrative=True,
        identity=Identity(
            "Thửa 12, tờ 5",
            UnitName("26560", "Phường Bà Rịa", "Thành phố Hồ Chí Minh"),
            *("5", "12", "Phường Phước Trung", "46", "247", "Trường học", "ấp Giữa", None),
        ),
        areas=Areas(None, 400.2, 399.8, -0.4, -0.001, "VN-2000 107°45′", "EPSG:5899"),
        uses=(LandUse("DGD", "Đất xây dựng cơ sở giáo dục và đào tạo", "#ffaaa0", 399.8, 1.0),),
        planned_uses=(),
        manager="Uỷ ban nhân dân phường Bà Rịa",
        status=None,
        lon=107.17,
        lat=10.5,
        bbox=(107.1, 10.4, 107.2, 10.6),
        corners=(shape,),
        neighbours=(),
        overlays=(),
        nearest=(),
        lineage=(),
        imagery=(),
    )
    return dataclasses.replace(known, **more)  # type: ignore[arg-type]  # any field


@pytest.fixture(autouse=True)
def _no_parcels_around(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "parcels_within", lambda *_asked: [])


def made(known: ParcelFacts) -> bytes:
    return document.pdf_of(known, content_of(known), address="https://x.vn/p/", check=CHECK)


@pytest.mark.parametrize(("corners", "pages"), [(4, 1), (24, 1), (60, 2), (220, 2)])
def test_a_second_page_only_for_the_corner_table(corners: int, pages: int) -> None:
    known = facts(circle(corners))
    pdf = made(known)
    assert len(reading.opened(pdf).pages) == pages
    assert len(pdf) < 300_000
    words = reading.words(pdf)
    for row in ring_rows(known.corners[0])[2]:
        assert reading.squeezed("".join(row)) in words


def test_beyond_two_pages_it_says_where_the_rest_is() -> None:
    pdf = made(facts(circle(2000)))
    assert len(reading.opened(pdf).pages) == 2
    assert len(pdf) < 300_000
    assert "…https://x.vn/p/" in reading.words(pdf)


def test_much_to_say_still_fits_on_the_page() -> None:
    part = OverlayPart(
        uuid.UUID(int=1),
        "ODT: Đất ở tại đô thị",
        ("Kỳ quy hoạch: 2026-2030", "Tên công trình, dự án: " + "Khu dân cư phía Đông " * 3),
        "1234/QĐ-UBND",
        "15/01/2026",
        123.4,
        0.05,
    )
    overlays = tuple(
        Overlay(
            f"layer-{n}", f"Lớp quy hoạch thứ {n}", "use", "concerned", "", 400, 1, (part,) * 12
        )
        for n in range(8)
    )
    neighbours = (
        Neighbour(uuid.UUID(int=2), "Thửa 13, tờ 5", "13", "CLN: Đất trồng cây", 20, 300),
    )
    known = facts(circle(4), overlays=overlays, neighbours=neighbours * 12)
    pdf = made(known)
    assert len(reading.opened(pdf).pages) == 1
    words = reading.words(pdf)
    for overlay in overlays:
        assert reading.squeezed(overlay.layer_title) in words
    assert reading.squeezed("phần nữa, xem trang của thửa") in words
    # The foot is where it belongs, and nothing lies on it.
    assert content_of(known).sha256.hex() in words


def test_parcels_cut_off_at_the_frame_are_left_out() -> None:
    cut = shapely.from_wkt("MULTIPOLYGON (EMPTY, ((0 0, 9 0, 9 9, 0 0), (6 1, 8 1, 8 3, 6 1)))")
    assert [len(path) for path in paths_of(cut)] == [3, 3]
    assert paths_of(shapely.from_wkt("POLYGON EMPTY")) == ()


radii = st.lists(st.floats(1, 3000), min_size=3, max_size=30)


@given(radii=radii, scale=st.floats(0.5, 500))
@settings(max_examples=40, deadline=None)
def test_a_plan_is_true_to_scale(radii: list[float], scale: float) -> None:
    corners = [
        (436_000 + r * scale / 500 * math.cos(a), 1_161_000 + r * scale / 500 * math.sin(a))
        for n, r in enumerate(radii)
        for a in [2 * math.pi * n / len(radii)]
    ]
    known = facts(ring(corners))
    frame = frame_of(known.corners, 116, 90)
    plan = plan_of(known, frame, [])
    (drawn,) = plan["rings"]
    inside = shapely.box(7.4, 7.4, 108.6, 82.6)
    assert all(inside.covers(shapely.Point(at)) for at in drawn)
    assert frame.scale in SCALES
    # A millimetre of paper is as many metres as the scale says, north is up.
    for n in range(len(corners)):
        east, north = (corners[n][axis] - corners[n - 1][axis] for axis in (0, 1))
        right, down = (drawn[n][axis] - drawn[n - 1][axis] for axis in (0, 1))
        assert right * frame.scale / 1000 == pytest.approx(east, abs=0.0011 * frame.scale / 1000)
        assert -down * frame.scale / 1000 == pytest.approx(north, abs=0.0011 * frame.scale / 1000)
    for x, text in plan["grid"]["y"]:
        metres = 436_000 + (x - drawn[0][0]) * frame.scale / 1000 + corners[0][0] - 436_000
        assert int(text.replace(".", "")) == pytest.approx(metres, abs=0.002 * frame.scale / 1000)
