"""Reading what people type: parcels and coordinates in many spellings. No database."""

import string
import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from layers.search.coordinates import Degrees, GridPair, read_coordinates
from layers.search.fold import fold_aligned, folded, words
from layers.search.parcel_query import ParcelQuery, number_variants, read_parcel


@pytest.mark.parametrize(
    ("text", "sheet", "parcel", "place"),
    [
        ("tờ 5 thửa 12 Long Điền", "5", "12", "Long Điền"),
        ("thửa 12 tờ 5", "5", "12", ""),
        ("thửa 12, tờ 5, phường Bà Rịa", "5", "12", "phường Bà Rịa"),
        ("Thửa đất số 12, tờ bản đồ số 05, phường Bà Rịa", "05", "12", "phường Bà Rịa"),
        ("THỬA ĐẤT SỐ: 12; TỜ BẢN ĐỒ SỐ: 5", "5", "12", ""),
        ("to 5 thua 12 long dien", "5", "12", "long dien"),
        ("tờ5 thửa12", "5", "12", ""),
        ("số tờ: 5; số thửa: 12", "5", "12", ""),
        ("số hiệu tờ bản đồ 5, số thửa 12 ở Vũng Tàu", "5", "12", "Vũng Tàu"),
        ("xã Long Điền tờ 5 thửa 12", "5", "12", "xã Long Điền"),
        ("tờ TĐ03-2014 thửa 7", "TĐ03-2014", "7", ""),
        ("thửa 12a tờ 5", "5", "12a", ""),
        ("thửa 12 Long Điền", "", "12", "Long Điền"),
        ("sheet 5 parcel 12", "5", "12", ""),
        ("5/12 Bà Rịa", "5", "12", "Bà Rịa"),
        ("Bà Rịa 5 / 12", "5", "12", "Bà Rịa"),
    ],
)
def test_spellings_of_a_parcel(text: str, sheet: str, parcel: str, place: str) -> None:
    found = read_parcel(text)
    assert found is not None
    assert (found.sheet, found.parcel, found.place) == (sheet, parcel, place)


@pytest.mark.parametrize(
    "text", ["tờ cũ 5 thửa cũ 12 xã Tam Phước", "tờ 5 cũ, thửa 12 cũ tại xã Tam Phước"]
)
def test_old_numbers_are_recognised(text: str) -> None:
    assert read_parcel(text) == ParcelQuery("5", "12", "xã Tam Phước", prefers_old=True)


@pytest.mark.parametrize(
    "text", ["Vũng Tàu", "22/11/2026", "Tô Hiệu", "thừa thiên huế", "", "1/", "//"]
)
def test_what_names_no_parcel(text: str) -> None:
    assert read_parcel(text) is None


def test_numbers_are_looked_for_as_registers_write_them() -> None:
    assert set(number_variants("05")) == {"5", "05", "005"}
    assert set(number_variants("tđ03-2014")) == {"tđ03-2014", "TĐ03-2014"}


@pytest.mark.parametrize(
    "text",
    [
        "10.346, 107.084",
        "107.084 10.346",
        "10,346 107,084",
        "10,346, 107,084",
        "10.346,107.084",
        "10.346N 107.084E",
        "10.346° B, 107.084° Đ",
        "lat 10.346 lon 107.084",
        "vĩ độ 10.346 kinh độ 107.084",
        "10°20'45.6\"N 107°05'02.4\"E",
        "10°20′45,6″ B 107°5′2,4″ Đ",
        "(10.346; 107.084)",
    ],
)
def test_spellings_of_degrees(text: str) -> None:
    found = read_coordinates(text)
    assert isinstance(found, Degrees)
    assert (found.lat, found.lon) == pytest.approx((10.346, 107.084))


@pytest.mark.parametrize(
    ("text", "swapped"),
    [
        ("X 1144200 Y 426902", False),
        ("1144200 426902", False),
        ("1144200, 426902", False),
        ("x=1144200; y=426902", False),
        ("X: 1.144.200,0 Y: 426.902,0", False),
        ("1.144.200 426.902", False),
        ("N 1144200 E 426902", False),
        ("Y 426902 X 1144200", False),
        ("426902 1144200", True),
        ("X 426902 Y 1144200", True),
    ],
)
def test_spellings_of_grid_coordinates(text: str, swapped: bool) -> None:
    assert read_coordinates(text) == GridPair(1144200, 426902, swapped=swapped)


def test_a_zone_in_the_text_is_kept() -> None:
    by_number = read_coordinates("1144200 645936 EPSG:9210")
    by_meridian = read_coordinates("X 1144200 Y 645936 kinh tuyến trục 105°45'")
    assert isinstance(by_number, GridPair)
    assert isinstance(by_meridian, GridPair)
    assert (by_number.zone_epsg, by_meridian.meridian) == (9210, 105.75)


@pytest.mark.parametrize(
    "text", ["5/12", "5 12", "12 Trần Phú 5", "91 181", "1e5 3", "", "10°75'00\" 107°5'3\"", "°"]
)
def test_what_is_no_coordinate(text: str) -> None:
    assert read_coordinates(text) is None


def test_a_place_far_from_here_is_read_and_marked() -> None:
    assert read_coordinates("48.85, 2.35") == Degrees(lon=2.35, lat=48.85, in_region=False)


@given(st.floats(8.0, 12.0), st.floats(105.0, 110.0))
def test_degrees_come_back_whatever_the_order(lat: float, lon: float) -> None:
    for text in (
        f"{lat:.6f}, {lon:.6f}",
        f"{lon:.6f} {lat:.6f}",
        f"{lat:.6f}".replace(".", ",") + f" {lon:.6f}",
    ):
        found = read_coordinates(text)
        assert isinstance(found, Degrees)
        assert (found.lat, found.lon) == pytest.approx((round(lat, 6), round(lon, 6)))


@given(st.integers(900_000, 1_300_000), st.integers(300_000, 700_000))
def test_grid_pairs_come_back_with_x_as_north(north: int, east: int) -> None:
    for text in (
        f"{north} {east}",
        f"X {north} Y {east}",
        f"X={north}, Y={east}",
        f"{north}.5; {east}.25",
    ):
        found = read_coordinates(text)
        assert isinstance(found, GridPair)
        assert (int(found.northing), int(found.easting), found.swapped) == (north, east, False)


@given(
    st.text(alphabet=string.ascii_letters, min_size=1, max_size=4),
    st.integers(1, 999),
    st.integers(1, 9999),
)
def test_any_sheet_and_number_come_back(prefix: str, sheet: int, parcel: int) -> None:
    assume(prefix.lower() != "so")  # "tờ so5" is sheet number 5
    found = read_parcel(f"tờ {prefix}{sheet} thửa {parcel}")
    assert found is not None
    assert (found.sheet, found.parcel, found.place) == (f"{prefix}{sheet}", str(parcel), "")


@given(st.text(max_size=200))
def test_no_text_breaks_the_readers(text: str) -> None:
    read_coordinates(text)
    read_parcel(text)
    words(text)
    assert len(fold_aligned(text)) == len(unicodedata.normalize("NFC", text))


def test_folding_forgets_accents_and_how_they_are_composed() -> None:
    assert folded("  Phường   BÀ RỊA ") == folded("Phường Bà Rịa") == "phuong ba ria"
    assert folded("Đất Đỏ") == "dat do"
