"""The list of lots and a lot's page as a reader meets them, at a moment that the test chooses."""

import datetime as dt
import json
import re
from html import unescape
from uuid import UUID

import pytest
from django.conf import LazySettings
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from gis_portal.auctions.lots import Filter, lot, lots
from gis_portal.auctions.models import StageEntry
from layers.models import AdminUnit, Layer, UnitSuccession
from layers.permissions import STEWARD
from layers.values import fold
from tests.gis_portal.auctions.made import DAY, NOW, at, lots_live, person
from tests.gis_portal.parcels.published import commune

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script>"
SECRET = {
    "restricted": {"winner": "Nguyễn Văn Kín", "contact_person": "Trần Thị Kín"},
    "officer": {"internal_note": "Ghi chú kín"},
}


@pytest.fixture
def moment(monkeypatch: pytest.MonkeyPatch) -> "Moment":
    return Moment(monkeypatch)


class Moment:
    """The portal's clock; NOW at first."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = NOW
        monkeypatch.setattr("django.utils.timezone.now", lambda: self.now)


def text(path: str, client: Client | None = None, status: int = 200) -> str:
    """What a reader sees of a page: words, without the markup and without scripts."""
    answer = (client or Client()).get(path)
    assert answer.status_code == status, path
    page = re.sub(r"<script.*?</script>", " ", answer.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))


def codes(query: str) -> list[str]:
    """The lots of the list in order, by the links of its cards."""
    page = Client().get(f"/auctions/?{query}").content.decode()
    return re.findall(r"<h3><a[^>]*>Lô ([^<,]+)", page)


@pytest.fixture
def uids(moment: Moment) -> dict[str, UUID]:
    """Six lots in two communes; one of them was made of former ones."""
    here, there = commune("99901", "Xã Mới"), commune("99902", "Xã Khác")
    old = commune("99903", "Xã Cũ")
    old.valid_to = "2025-07-01"
    old.search = fold("Xã Cũ")
    old.save()
    for unit in (here, there):
        unit.search = fold(unit.name)
        unit.save()
    UnitSuccession.objects.create(old=old, new=here)
    return lots_live(
        {
            "A": {"unit": here, "private": SECRET},
            "B": {"unit": here, "reg_end": "2026-07-20T17:00:00+07:00", "start_price": 500_000_000,
                  "auction_time": "2026-07-25T08:30:00+07:00"},
            "C": {"unit": there, "status": "recognised", "winning_price": 4_000_000_000,
                  "private": SECRET, "land_use": "ONT"},
            "D": {"unit": there, "status": "failed", "area": 90},
            "E": {"status": "planned", "reg_start": None, "reg_end": None, "auction_time": None},
            "F": {"unit": there, "reg_start": "2026-07-02T00:00:00+07:00", "auction_code": "DG-2"},
        }
    )  # fmt: skip


def test_the_list_reads_without_scripts(uids: dict[str, UUID]) -> None:
    page = text("/auctions/")
    assert "Tất cả 6 Đang nhận hồ sơ 2 Sắp tới 2 Đã đóng hồ sơ 0 Có kết quả 1" in page
    assert "Lô A, Xã Mới Đang bán và tiếp nhận hồ sơ 3,62 tỷ đồng 120,5 m²" in page
    assert "Nhận hồ sơ đến 17:00 Chủ nhật 05/07/2026 còn 4 ngày" in page
    assert "Nhận hồ sơ từ Thứ 5 02/07/2026 còn 14 giờ" in page
    assert codes("") == ["A", "B", "F", "E", "C", "D"]
    english = text("/auctions/?lang=en&stage=open")
    assert "2 lots of 6 published lots" in english
    assert "Dossiers until 17:00 Sunday 5 July 2026 4 days left" in english


# The address → the lots of the list, in order.
EVERY = ["A", "B", "F", "E", "C", "D"]
FILTERS = [
    ("stage=open", ["A", "B"]),
    ("stage=failed", ["D"]),
    ("stage=nonsense", EVERY),
    ("closing=3", []),
    ("closing=4", ["A"]),
    ("closing=30&price_max=2+t%E1%BB%B7", ["B"]),
    ("price_min=3,6+tỷ&price_max=3.619.200.000&stage=open", ["A"]),
    ("area_max=100", ["D"]),
    ("land_use=ONT", ["C"]),
    ("from=25/07/2026", ["B"]),
    ("to=2026-07-08&stage=open", ["A"]),
    ("code=DG-2", ["F"]),
    ("place=xa+moi", ["A", "B"]),
    ("place=xã cũ", ["A", "B"]),
    ("unit=99902", ["F", "C", "D"]),
    ("unit=99903", ["A", "B"]),
    ("place=nowhere+at+all", []),
    ("sort=price&stage=open", ["B", "A"]),
    ("sort=-price&stage=open", ["A", "B"]),
    ("sort=-session", ["B", "A", "C", "D", "F", "E"]),
    ("sort=closing&stage=open", ["A", "B"]),
    ("sort=nonsense&page=99&closing=30", ["A", "B"]),
    ("page=x&price_min=%00&area_min=1e999&from=31/02/2026&closing=-1", EVERY),
]


def test_filters(uids: dict[str, UUID]) -> None:
    assert {query: codes(query) for query, _found in FILTERS} == dict(FILTERS)


def test_a_filter_says_what_it_understood(uids: dict[str, UUID]) -> None:
    page = text("/auctions/?place=xa+cu&price_min=nhiều&closing=14")
    assert "Ở: Xã Cũ, nay thuộc Xã Mới" in page
    assert "Viết số tiền, ví dụ 500 triệu hoặc 2 tỷ." in page
    assert "đang lọc theo 3 điều kiện" in page
    markup = Client().get("/auctions/?place=xa+cu&stage=open&sort=price").content.decode()
    assert 'href="?stage=coming&amp;place=xa+cu&amp;sort=price"' in markup
    sent = Client().get("/auctions/?place=&stage=open&price_min=&to=&sort=urgent&lang=en")
    assert sent.headers["Location"] == "/auctions/?stage=open&lang=en"
    nothing = text("/auctions/?place=chốn+nào")
    assert "Không có xã, phường, huyện nào, cũ hay mới, tên là “chốn nào”" in nothing
    assert "Xem tất cả các lô" in nothing


def test_a_lot_at_each_hour(uids: dict[str, UUID], moment: Moment) -> None:
    address = f"/auctions/{uids['A']}/"
    for when, words in [
        ("2026-06-10 07:29", "Đã niêm yết, thông báo công khai Nhận hồ sơ từ 07:30"),
        ("2026-06-10 07:30", "Đang bán và tiếp nhận hồ sơ Nhận hồ sơ đến 17:00"),
        ("2026-07-05 16:59", "còn 1 phút"),
        ("2026-07-05 17:00", "Hết hạn đăng ký Đấu giá 08:30 Thứ 4 08/07/2026 còn 2 ngày"),
        ("2026-07-08 08:30", "Đang đấu giá Đấu giá 08:30"),
        ("2026-07-08 23:59", "Đang đấu giá Đấu giá 08:30"),
        ("2026-07-09 00:00", "Đã qua phiên, chờ kết quả"),
    ]:
        moment.now = at(when)
        assert words in text(address), when
        assert lot(uids["A"]).stage.label("vi") in text("/auctions/"), when
    assert "Tệp số liệu ngày 30/06/2026 ghi “Đã niêm yết" in text(address)


def test_a_lots_page_tells_all_that_is_public(uids: dict[str, UUID], moment: Moment) -> None:
    page = text(f"/auctions/{uids['A']}/")
    for words in (
        "3.619.200.000 đồng Ba tỷ sáu trăm mười chín triệu hai trăm nghìn đồng",
        "Mỗi m² 30.034.855 đồng/m²",
        "Bán và nhận hồ sơ từ 07:30 Thứ 4 10/06/2026 đến 17:00 Chủ nhật 05/07/2026 đang diễn ra",
        "Phiên đấu giá 08:30 Thứ 4 08/07/2026",
        "Đơn vị hành chính Xã Mới",
        "Tên cũ Xã Cũ",
        "Những gì nằm trên lô",
        "Các lô gần đây Lô B",
        "Cổng không giữ và không công bố tên người đăng ký",
    ):
        assert words in page, words
    english = text(f"/auctions/{uids['A']}/?lang=en")
    assert "Three billion six hundred and nineteen million two hundred thousand đồng" in english
    assert "Kín" not in page + english
    gone = UUID(int=7)
    assert Client().get(f"/auctions/{gone}/").status_code == 404


def test_results_as_published(uids: dict[str, UUID], settings: LazySettings) -> None:
    address = f"/auctions/{uids['C']}/"
    page = text(address)
    assert "Giá trúng 4.000.000.000 đồng Bốn tỷ đồng Cao hơn giá khởi điểm 10,5 %" in page
    assert "Kín" not in page
    settings.PORTAL_AUCTION_WINNERS = True
    page = text(address)
    assert "Người trúng đấu giá (theo thông báo): Nguyễn Văn Kín" in page
    assert "Trần Thị Kín" not in page
    assert "Nguyễn Văn Kín" not in text(f"/auctions/{uids['A']}/")


def test_for_programs(uids: dict[str, UUID], moment: Moment) -> None:
    answer = Client().get("/auctions/lots.geojson?stage=open&sort=price")
    found = answer.json()
    assert answer.headers["Content-Type"] == "application/geo+json"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert (found["numberMatched"], found["numberReturned"]) == (2, 2)
    first = found["features"][0]
    assert first["id"] == str(uids["B"])
    assert first["geometry"]["type"] == "Polygon"
    assert first["properties"]["stage"] == "registration"
    assert first["properties"]["stage_until"] == "2026-07-20T17:00:00+07:00"
    assert first["properties"]["page"].endswith(f"/auctions/{uids['B']}/")
    assert "Kín" not in json.dumps(found, ensure_ascii=False)
    user, _client = person("steward", STEWARD)
    StageEntry.objects.create(
        uid=uids["A"], stage="suspended", happened_on=NOW.date(), document="1", by=user
    )
    entered = Client().get("/auctions/stages.json").json()
    assert [each["uid"] for each in entered["lots"]] == [str(uids["A"])]
    assert entered["lots"][0]["stage"] == "suspended"
    assert entered["next_change"] == "2026-07-02T00:00:00+07:00"


def test_whose_lots_are_not_public_has_no_pages(uids: dict[str, UUID]) -> None:
    Layer.objects.filter(slug="auction-lots").update(visibility=Layer.INTERNAL)
    for path in (f"/auctions/{uids['A']}/", "/auctions/lots.geojson"):
        assert Client().get(path).status_code == 404
    assert "Tỉnh chưa công bố lô đất đấu giá nào" in text("/auctions/")
    assert person("steward", STEWARD)[1].get("/auctions/").status_code == 200


def test_what_a_file_says_is_text(moment: Moment) -> None:
    said = dict.fromkeys(("title", "place", "auction_code", "quality", "reg_condition"), HOSTILE)
    uid = lots_live({HOSTILE: {**said, "notice_url": "javascript:alert(1)"}})[HOSTILE]
    for path in ("/auctions/", f"/auctions/{uid}/", f"/auctions/?code={HOSTILE}&place={HOSTILE}"):
        page = Client().get(path).content.decode()
        assert HOSTILE not in page
        assert "<script>alert" not in page
    assert 'href="javascript:' not in page


def test_what_others_read(uids: dict[str, UUID]) -> None:
    closing = lots(Filter(closing_days=7), now=NOW)
    assert [each.row.lot_code for each in closing] == ["A"]
    assert closing[0].next is not None
    assert closing[0].next.at == at("2026-07-05 17:00")
    unit = AdminUnit.objects.get(code="99902")
    of_unit = lots(Filter(unit_ids=frozenset({unit.pk})), "price", NOW + 2 * DAY)
    assert [each.stage.value for each in of_unit] == ["recognised", "failed", "registration"]
    panel = Client().get(f"/panel/auction-lots/{uids['A']}/").content.decode()
    assert f'href="/auctions/{uids["A"]}/"' in panel
    assert "Đang bán và tiếp nhận hồ sơ" in panel
    assert NOW.utcoffset() == dt.timedelta(hours=7)


def test_queries_of_both_pages(
    uids: dict[str, UUID], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for path, most in (("/auctions/", 8), (f"/auctions/{uids['A']}/", 16)):
        text(path)
        with django_assert_max_num_queries(most):
            text(path)
