"""The page of a parcel as its readers see it: citizens, in both languages, and whoever follows an
old link. What is private is on none of it.
"""

import csv
import io
import re
from dataclasses import asdict
from typing import Any
from uuid import UUID, uuid4

import pytest
import shapely
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries
from shapely.geometry.base import BaseGeometry

from gis_portal.parcels.facts import parcel_facts
from gis_portal.parcels.overlay import overlays_of
from layers import publish
from layers.crs import VN2000, WGS84
from layers.errors import UnknownItem
from layers.models import Layer, LayerVersion
from tests.gis_portal.parcels.published import Row, commune, live

pytestmark = pytest.mark.django_db
GRID = VN2000[5899]
EAST, NORTH = 436_000.0, 1_161_000.0
HOSTILE = '<script>alert("x")</script>'
SECRETS = ("Nguyễn Bí Mật", "0900123456", "MH 999999", "HĐ-777", "1234.5", "1.234,5")
Box = tuple[float, float, float, float]
MOST_QUERIES = 12


def box(*sides: float) -> shapely.Polygon:
    """West, south, east, north in metres from a corner of the village."""
    west, south, east, north = sides
    return shapely.box(EAST + west, NORTH + south, EAST + east, NORTH + north)


def parcel(number: str, sheet: str, shape: BaseGeometry, unit: Any, **values: Any) -> Row:
    public = {
        "commune_code": "90001", "sheet_no": sheet, "parcel_no": number,
        "sheet_no_old": "31", "parcel_no_old": f"2{number}", "old_commune": "Thị trấn Cũ",
        "area_measured": 801.5, "land_use_current": "ONT+CLN", "land_use_planned": "BHK",
        "land_use_areas": "ONT:301,5; CLN:500",
        "managing_org": "UBND Xã Thử", "status": "managed_vacant", "scale": 1000,
        "allocation_doc": "12/QĐ-UBND", "allocation_date": "2020-02-01",
        **values,
    }  # fmt: skip
    private = {
        "officer": {"area_legal": "1234.5", "cert_serial": SECRETS[2], "lease_no": SECRETS[3]},
        "restricted": {"occupier": SECRETS[0], "occupier_phone": SECRETS[1]},
    }
    return Row(f"90001@2025-07-01/{sheet}/{number}", shape, public, unit, private)


@pytest.fixture
def village() -> dict[str, UUID]:
    """Parcel 1 of 40 × 20 m with its neighbours, a plan, a road and places around it."""
    cache.clear()
    unit = commune("90001", "Xã Thử")
    register = [
        parcel("1", "5", box(0, 0, 40, 20), unit),
        parcel("2", "5", box(40, 0, 60, 20), unit, name=HOSTILE),
        parcel("3", "5", box(0, 20, 40, 60), unit),
    ]
    uids = live("public-land-parcels", register, GRID, decision_no="99/QĐ-STNMT")
    plan = {"land_use": "ODT", "plan_period": "2026-2030", "decision_no": "1234/QĐ-UBND"}
    zones = [
        Row("a", box(-50, -50, 30, 100), {**plan, "decision_date": "2026-01-15"}, unit),
        Row("b", box(30, -50, 39.9, 100), {**plan, "land_use": "DGT", "decision_no": ""}, unit),
        Row("c", box(39.9, -50, 100, 100), {**plan, "land_use": "DKV"}, unit),
    ]
    live("land-use-plan", zones, GRID)
    road = shapely.LineString([(EAST - 100, NORTH - 4), (EAST + 100, NORTH - 4)])
    far = shapely.LineString([(EAST - 100, NORTH + 99), (EAST + 100, NORTH + 99)])
    roads = [
        Row("r", road, {"name": "Đường số 2", "right_of_way": 12}, unit),
        Row("f", far, {"name": "Đường xa"}, unit),
    ]
    live("road-centrelines", roads, GRID)
    live("industrial-clusters", [Row("k", box(900, 900, 999, 999), {"name": "Cụm xa"})], GRID)
    station = shapely.Point(107.41, 10.52)
    live("telecom-stations", [Row("t", station, {"station_code": "BTS-1"})], WGS84)
    return {key.rpartition("/")[2]: uid for key, uid in uids.items()}


def read(client: Client, uid: UUID, **more: Any) -> str:
    """The words of the page, spaces made one."""
    answer = client.get(reverse("parcel", args=[uid]), more)
    assert answer.status_code == 200, answer.content.decode()[:400]
    body = answer.content.decode()
    for secret in SECRETS:
        assert secret not in body
    return re.sub(r"\s+", " ", body)


def words(body: str) -> str:
    """Without the marks of HTML."""
    text = re.sub(r"<(script|style).*?</\1>", " ", body)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def test_a_citizen_reads_what_the_parcel_is(client: Client, village: dict[str, UUID]) -> None:
    body = read(client, village["1"])
    said = words(body)
    assert "<h1>Thửa 1, tờ 5</h1>" in body
    for told in (
        "Xã Thử (mã 90001)", "thửa 21, tờ 31, Thị trấn Cũ", "801,5 m²", "800,0 m²",
        "−1,5 m² (0,2 %)", "ONT Đất ở tại nông thôn · 301,5 m² (37,6 %)",
        "CLN Đất trồng cây lâu năm · 500,0 m² (62,4 %)",
        "hồ sơ ghi BHK", "UBND Xã Thử", "Đất trống đang quản lý", "12/QĐ-UBND (01/02/2020)",
        "99/QĐ-STNMT", "30/06/2026", "không thay thế trích lục", "Văn phòng đăng ký đất đai",
    ):  # fmt: skip
        assert told in said, told
    assert "không công bố diện tích từng loại" not in said
    assert "chênh lệch" in said.lower()
    assert not re.search(r"\bsai\b(?! sót)", said)
    assert "VN-2000 107°45′ (EPSG:5899)" in said


def test_the_corner_table_and_the_plan_show_every_edge(
    client: Client, village: dict[str, UUID]
) -> None:
    body = read(client, village["1"])
    said = words(body)
    assert "1.161.000,00 436.040,00 20,00" in said
    plan = body[body.index('<svg viewBox="0 0 360') :]
    plan = plan[: plan.index("</svg>")]
    assert re.findall(r'class="plan-edge"[^>]*>([^<]+)<', plan) == [
        "40,00",
        "40,00",
        "20,00",
        "20,00",
    ]
    assert set(re.findall(r'class="plan-number"[^>]*>([^<]+)<', plan)) == {"1", "2", "3", "4"}
    assert re.search(r'class="plan-north"', plan)
    assert re.search(r">10 m<", plan)
    answer = client.get(reverse("parcel-corners", args=[village["1"]]))
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert (rows[0]["x_north_m"], rows[0]["y_east_m"]) == ("1161000.000", "436040.000")
    assert {row["crs"] for row in rows} == {"EPSG:5899"}
    assert [float(row["edge_m"]) for row in rows] == [20, 40, 20, 40]


def test_each_layer_gives_one_of_three_answers_and_what_is_around(
    client: Client, village: dict[str, UUID]
) -> None:
    body = read(client, village["1"])
    said = words(body)
    overlay = said[said.index("Mỗi lớp trả lời") : said.index("Lưới VN-2000")]
    plan = overlay[overlay.index("Quy hoạch sử dụng đất Có liên quan") :]
    # The third zone is a strip of 0.1 m: told apart, not counted.
    assert "798,0 m² · 99,8 % diện tích thửa" in plan
    assert "600,0 m² · 75,0 %" in plan
    assert "198,0 m² · 24,8 %" in plan
    assert "Quyết định 1234/QĐ-UBND (15/01/2026)" in plan
    assert "Quyết định: không có dữ liệu công bố" in plan
    assert "Không tính 1 phần chạm mép, cộng 2,00 m²" in plan
    assert "Tim đường Có liên quan 80,0 m² · 10,0 %" in overlay
    assert "Khu, cụm công nghiệp Đã đối chiếu, không liên quan" in overlay
    assert "Quy hoạch xây dựng Chưa công bố ở đây nên chưa biết Lớp này chưa có dữ liệu" in overlay

    # Neighbours, and what is near.
    assert reverse("parcel", args=[village["2"]]) in body
    assert "Thửa 2, tờ 5 phía Đông · cạnh chung 20,0 m" in said
    assert "Thửa 3, tờ 5 phía Bắc · cạnh chung 40,0 m" in said
    assert "Đường số 2 Tim đường · cách ranh thửa 4,0 m" in said
    assert re.search(r"Trạm BTS-1 .* cách ranh thửa [\d.,]+ k?m", said)


def test_the_page_in_english(client: Client, village: dict[str, UUID]) -> None:
    said = words(read(client, village["1"], lang="en"))
    for told in (
        "Parcel 1, sheet 5", "Corner coordinates", "What lies on this parcel", "Concerned",
        "Checked, not concerned", "Not published here, so not known", "801.5 m²", "to the north",
        "Land Registration Office",
    ):  # fmt: skip
        assert told in said, told
    # Texts of the register are never markup.
    body = read(client, village["2"])
    assert HOSTILE not in body
    assert "&lt;script&gt;" in body


def test_few_queries_and_every_fact_is_plain_data(
    client: Client,
    village: dict[str, UUID],
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_max_num_queries(MOST_QUERIES):
        read(client, village["1"])
    facts = asdict(parcel_facts(village["1"], user=None, lang="vi"))
    assert facts["areas"]["computed"] == pytest.approx(800)
    assert not any(secret in repr(facts) for secret in SECRETS)


def test_a_parcel_that_never_was(client: Client, village: dict[str, UUID]) -> None:
    for name in ("parcel", "parcel-corners"):
        assert client.get(reverse(name, args=[uuid4()])).status_code == 404
    Layer.objects.filter(slug="public-land-parcels").update(visibility=Layer.INTERNAL)
    assert client.get(reverse("parcel", args=[village["1"]])).status_code == 404


def test_a_split_parcel_leads_to_its_pieces_and_back(
    client: Client,
    village: dict[str, UUID],
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    first = LayerVersion.objects.get(layer__slug="public-land-parcels")
    unit = commune("90002", "Xã Thử Hai")
    register = [
        parcel("11", "5", box(0, 0, 20, 20), unit),
        parcel("12", "5", box(20, 0, 40, 20), unit),
        # Renumbered: the same place under another number keeps its address.
        parcel("9", "6", box(40, 0, 60, 20), unit),
        parcel("3", "5", box(0, 20, 40, 60), unit),
    ]
    uids = live("public-land-parcels", register, GRID)
    gone = client.get(reverse("parcel", args=[village["1"]]))
    assert gone.status_code == 410
    said = words(gone.content.decode())
    assert "Thửa 1, tờ 5" in said
    assert "Tách thửa" in said
    assert "Thửa 11, tờ 5" in said
    assert "Thửa 12, tờ 5" in said
    piece = uids["90001@2025-07-01/5/11"]
    assert reverse("parcel", args=[piece]) in gone.content.decode()
    read(client, piece)
    with django_assert_max_num_queries(MOST_QUERIES):
        body = read(client, piece)
    assert "Tách thửa" in body
    assert "Trước: Thửa 1, tờ 5 . Sau:" in words(body)
    renumbered = words(read(client, village["2"]))
    assert "Thửa 9, tờ 6" in renumbered
    assert "Đổi số thửa" in renumbered
    publish.publish(first, as_operator=True)
    assert client.get(reverse("parcel", args=[village["1"]])).status_code == 200
    assert client.get(reverse("parcel", args=[piece])).status_code == 410


def test_map_and_search_lead_to_the_page(client: Client, village: dict[str, UUID]) -> None:
    address = reverse("parcel", args=[village["1"]])
    slug = "public-land-parcels"
    panel = client.get(reverse("panel", args=[slug, village["1"]]), {"fragment": "1"})
    assert address in panel.content.decode()
    found = client.get(reverse("home"), {"q": "thửa cũ 21 tờ cũ 31"}).content.decode()
    assert address in found


def test_a_lot_is_answered_as_a_parcel_is(village: dict[str, UUID]) -> None:
    lots = live("auction-lots", [Row("lot", box(0, 0, 40, 20), {"lot_code": "L1"})], GRID)
    version = Layer.objects.get(slug="auction-lots").live_version
    assert version is not None
    found = overlays_of(version.pk, lots["lot"], None, lang="en")
    plan = next(overlay for overlay in found if overlay.kind == "plan")
    assert (plan.layer_title, plan.answer) == ("Land-use plan", "concerned")
    assert plan.area == pytest.approx(798, abs=0.1)
    Layer.objects.filter(slug="land-use-plan").update(visibility=Layer.INTERNAL)
    assert "land-use-plan" not in {o.layer_slug for o in overlays_of(version.pk, lots["lot"], None)}
    Layer.objects.filter(slug="auction-lots").update(visibility=Layer.INTERNAL)
    with pytest.raises(UnknownItem):
        overlays_of(version.pk, lots["lot"], None)
