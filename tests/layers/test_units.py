"""Administrative units: codes as of a date, succession, old and new names, units by place."""

import datetime as dt
import unicodedata

import pytest
from django.contrib.gis.geos import MultiPolygon, Point, Polygon
from django.core.management import CommandError, call_command
from pytest_django import DjangoAssertNumQueries
from pytest_django.plugin import DjangoDbBlocker

from layers import publish, units
from layers.errors import UnknownUnit
from layers.models import AdminUnit, UnitSuccession
from layers.units_load import REFORM, UnitSourceError, english_name, load_units
from tests.layers.rows import plots_layer, published

BEFORE, AFTER = dt.date(2025, 6, 30), dt.date(2025, 7, 1)


@pytest.fixture(scope="class")
def units_of_the_class(db_of_the_class: DjangoDbBlocker) -> None:
    """Today's TP.HCM with the three provinces that it was made of."""
    with db_of_the_class.unblock():
        load_units(["79"])


@pytest.fixture
def hcmc(units_of_the_class: None, db: None) -> None:
    """The same, for one test."""


@pytest.mark.usefixtures("hcmc")
class TestLoading:
    def test_every_unit_of_today_and_of_before_is_there(self) -> None:
        current = AdminUnit.objects.filter(valid_to=None)
        assert current.filter(level="commune").count() == 168
        assert current.filter(level="province").count() == 1
        assert not current.filter(level="district").exists()
        former = AdminUnit.objects.filter(valid_to=REFORM)
        assert set(former.filter(level="province").values_list("code", flat=True)) == {
            "74",
            "77",
            "79",
        }
        assert former.filter(level="district").count() == 38
        assert former.filter(level="commune").count() == 441

    def test_no_unit_is_without_successor_or_origin(
        self,
    ) -> None:
        assert not AdminUnit.objects.filter(
            level="commune", valid_to=REFORM, successions=None
        ).exists()
        assert not AdminUnit.objects.filter(valid_to=None, origins=None).exists()
        assert UnitSuccession.objects.filter(whole=False).count() > 0
        split = AdminUnit.objects.get(name="Xã An Phú Tây", valid_to=REFORM)
        assert {p.whole for p in split.successions.all()} == {False}
        assert split.successions.count() > 1

    def test_codes_that_were_reused_are_two_units(self) -> None:
        rows = AdminUnit.objects.filter(code="26506").order_by("valid_from")
        assert [(u.name, u.valid_to) for u in rows] == [
            ("Phường 1", REFORM),
            ("Phường Vũng Tàu", None),
        ]

    def test_names_centres_and_decree(
        self,
    ) -> None:
        for unit in AdminUnit.objects.all():
            assert unicodedata.is_normalized("NFC", unit.name)
            assert unit.name_en.isascii()
            assert unit.search.isascii()
        unit = units.resolve("26506", on=AFTER)
        assert (unit.kind, unit.short_name, unit.name_en) == ("Phường", "Vũng Tàu", "Vung Tau Ward")
        assert unit.search == "phuong vung tau, thanh pho ho chi minh"
        assert unit.decree == "NQ 202/2025/QH15; QĐ 19/2025/QĐ-TTg"
        assert not AdminUnit.objects.filter(centre=None).exists()
        assert unit.centre is not None
        assert unit.centre.distance(Point(107.076, 10.3565, srid=4326)) < 1e-6

    def test_a_second_run_keeps_ids_and_shapes(self) -> None:
        unit = units.resolve("26506")
        unit.geom = MultiPolygon(Polygon.from_bbox((107.0, 10.3, 107.1, 10.4)), srid=4326)
        unit.save()
        before = set(AdminUnit.objects.values_list("id", "level", "code", "valid_from"))
        passages = set(UnitSuccession.objects.values_list("id", "old", "new"))
        load_units(["79"])
        assert set(AdminUnit.objects.values_list("id", "level", "code", "valid_from")) == before
        assert set(UnitSuccession.objects.values_list("id", "old", "new")) == passages
        unit.refresh_from_db()
        assert unit.geom is not None


@pytest.mark.django_db
def test_loading_takes_few_statements(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_max_num_queries(8):
        load_units(["79"])


@pytest.mark.django_db
def test_a_province_that_does_not_exist_writes_nothing() -> None:
    with pytest.raises(UnitSourceError):
        load_units(["79", "77"])
    assert not AdminUnit.objects.exists()
    with pytest.raises(CommandError):
        call_command("load_units", province=["77"])


@pytest.mark.parametrize(
    ("short_name", "kind", "expected"),
    [
        ("Côn Đảo", "Đặc khu", "Con Dao Special Zone"),
        ("1", "Phường", "Ward 1"),
        ("Long Điền", "Xã", "Long Dien Commune"),
        ("Hồ Chí Minh", "Thành phố", "Ho Chi Minh City"),
    ],
)
def test_english_names(short_name: str, kind: str, expected: str) -> None:
    assert english_name(short_name, kind) == expected


@pytest.mark.usefixtures("hcmc")
class TestLookUps:
    @pytest.mark.parametrize(
        ("code", "on", "name"),
        [
            ("26506", BEFORE, "Phường 1"),
            ("26506", AFTER, "Phường Vũng Tàu"),
            ("25747", BEFORE, "Phường Phú Cường"),
            ("25747", AFTER, "Phường Thủ Dầu Một"),
            ("79", BEFORE, "Thành phố Hồ Chí Minh"),
            ("77", BEFORE, "Tỉnh Bà Rịa - Vũng Tàu"),
        ],
    )
    def test_a_code_is_read_as_of_a_date(self, code: str, on: dt.date, name: str) -> None:
        assert units.resolve(code, on=on).name == name

    @pytest.mark.parametrize(("code", "on"), [("77", AFTER), ("99999", AFTER), ("755", AFTER)])
    def test_a_code_without_meaning_at_that_date_is_unknown(self, code: str, on: dt.date) -> None:
        with pytest.raises(UnknownUnit):
            units.resolve(code, on=on)

    def test_succession_both_ways(self) -> None:
        former = units.resolve("26506", on=BEFORE)
        assert [u.name for u in units.successors(former)] == ["Phường Vũng Tàu"]
        now = units.resolve("26506", on=AFTER)
        assert former in units.predecessors(now)
        assert "Phường 1 (Thành phố Vũng Tàu)" in units.former_names(now)

    def test_a_district_passes_to_the_units_of_its_communes(self) -> None:
        con_dao = AdminUnit.objects.get(level="district", name="Huyện Côn Đảo")
        assert [u.name for u in units.successors(con_dao)] == ["Đặc khu Côn Đảo"]
        long_dien = AdminUnit.objects.get(level="district", name="Huyện Long Đất")
        names = [u.name for u in units.successors(long_dien)]
        assert "Xã Long Điền" in names
        assert len(names) > 1

    def test_a_unit_that_came_in_part_says_so(self) -> None:
        part = UnitSuccession.objects.filter(whole=False).select_related("new").first()
        assert part is not None
        assert any(name.endswith("một phần)") for name in units.former_names(part.new))


@pytest.mark.usefixtures("hcmc")
class TestSearch:
    @pytest.mark.parametrize(
        ("text", "name"),
        [
            ("Phường Vũng Tàu", "Phường Vũng Tàu"),
            ("vung tau", "Phường Vũng Tàu"),
            ("VŨNG TÀU", "Phường Vũng Tàu"),
            ("p. vung tau", "Phường Vũng Tàu"),
            ("con dao", "Đặc khu Côn Đảo"),
            ("xuyen moc", "Xã Xuyên Mộc"),
            ("ba ria", "Phường Bà Rịa"),
            ("tp hcm", "Thành phố Hồ Chí Minh"),
        ],
    )
    def test_the_best_answer_comes_first(self, text: str, name: str) -> None:
        assert units.search_units(text)[0].unit.name == name

    @pytest.mark.parametrize("text", ["phường 1 vũng tàu", "p1, tp vung tau", "Phuong 1 Vung Tau"])
    def test_a_former_name_leads_to_the_unit_of_today(self, text: str) -> None:
        best = units.search_units(text)[0]
        assert best.unit.name == "Phường Vũng Tàu"
        assert best.via is not None
        assert best.via.name == "Phường 1"

    def test_a_former_district_and_province_lead_to_units_of_today(self) -> None:
        assert {f.unit.is_current for f in units.search_units("huyen chau duc")} == {True}
        found = units.search_units("huyen chau duc", limit=20)
        assert found[0].via is not None
        assert found[0].via.name == "Huyện Châu Đức"
        assert units.search_units("tinh binh duong")[0].unit.name == "Thành phố Hồ Chí Minh"

    def test_a_split_commune_names_every_successor(self) -> None:
        found = units.search_units("an phu tay binh chanh")
        parts = {f.unit.name for f in found if f.via and f.via.name == "Xã An Phú Tây"}
        assert len(parts) > 1
        assert {f.whole for f in found if f.via and f.via.name == "Xã An Phú Tây"} == {False}

    def test_decomposed_letters_find_the_same(self) -> None:
        typed = unicodedata.normalize("NFD", "Vũng Tàu")
        assert units.search_units(typed) == units.search_units("Vũng Tàu")

    @pytest.mark.parametrize("text", ["", "   ", "!!!", "%", "'; drop table"])
    def test_nothing_to_find(self, text: str) -> None:
        assert units.search_units(text) == []

    def test_limit_and_query_count(
        self, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        with django_assert_max_num_queries(4):
            assert len(units.search_units("long", limit=4)) == 4


@pytest.fixture
def two_squares(hcmc: None) -> tuple[AdminUnit, AdminUnit]:
    """Two units of today with neighbouring one-degree squares."""
    west, east = units.resolve("26506"), units.resolve("26560")
    west.geom = MultiPolygon(Polygon.from_bbox((107.0, 10.0, 108.0, 11.0)), srid=4326)
    east.geom = MultiPolygon(Polygon.from_bbox((108.0, 10.0, 109.0, 11.0)), srid=4326)
    west.save()
    east.save()
    return west, east


def test_unit_at_a_place(two_squares: tuple[AdminUnit, AdminUnit]) -> None:
    west, east = two_squares
    assert units.unit_at(Point(107.5, 10.5, srid=4326)) == west
    assert units.unit_at(Point(108.5, 10.5, srid=4326)) == east
    assert units.unit_at(Point(108.0, 10.5, srid=4326)) in two_squares
    assert units.unit_at(Point(100.0, 10.5, srid=4326)) is None


@pytest.mark.usefixtures("hcmc")
def test_publishing_the_units_layer_gives_units_of_today_their_shapes() -> None:
    layer = plots_layer(feeds="units")
    published(layer, ["26506", "26560", "99999"])
    with_shape = AdminUnit.objects.filter(geom__isnull=False)
    assert sorted(with_shape.values_list("code", flat=True)) == ["26506", "26560"]
    assert set(with_shape.values_list("valid_to", flat=True)) == {None}
    first = units.resolve("26506").geom
    assert first is not None
    assert units.unit_at(first.point_on_surface) == units.resolve("26506")
    published(layer, ["26560"])
    assert [unit.code for unit in with_shape.all()] == ["26560"]
    publish.roll_back(layer, as_operator=True)
    assert with_shape.all().count() == 2
