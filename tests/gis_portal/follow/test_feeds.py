"""The feed and the calendar of lots, read by other people's parsers, hour by hour."""

import datetime as dt
from typing import Any
from uuid import UUID

import feedparser
import pytest
from django.conf import LazySettings
from django.test import Client
from icalendar import Calendar

from gis_portal.auctions.models import StageEntry
from gis_portal.follow.changes import notice
from gis_portal.follow.models import Change
from layers.models import Layer, LayerVersion
from layers.permissions import STEWARD
from tests.gis_portal.auctions.made import NOW, at, lots_live, person
from tests.gis_portal.parcels.published import commune

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script>]]>\x01"
PUBLISHED = at("2026-06-01 08:00")
CLOCK = {"now": NOW}


@pytest.fixture
def uids(monkeypatch: pytest.MonkeyPatch) -> dict[str, UUID]:
    """Three lots 40 m apart in two communes; the portal's clock stands at NOW."""
    CLOCK["now"] = NOW
    monkeypatch.setattr("django.utils.timezone.now", lambda: CLOCK["now"])
    here, there = commune("99901", "Xã Mới"), commune("99902", "Xã Khác")
    made = lots_live(
        {
            "A": {"unit": here, "private": {"restricted": {"winner": "Nguyễn Văn Kín"}}},
            "B": {"unit": there, "reg_end": "2026-07-20T00:00:00+07:00",
                  "auction_time": "2026-07-25T08:30:00+07:00"},
            "C": {"unit": there, "status": "planned", "title": HOSTILE, "place": HOSTILE,
                  "reg_start": None, "reg_end": None, "auction_time": None},
        }
    )  # fmt: skip
    LayerVersion.objects.update(first_public_at=PUBLISHED)
    return made


def items(query: str = "") -> list[Any]:
    answer = Client().get(f"/auctions/feed.rss?{query}")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("application/rss+xml")
    found = feedparser.parse(answer.content)
    assert not found.bozo, found
    assert found.version == "rss20"
    entries: list[Any] = found.entries
    return entries


def events(query: str = "") -> dict[str, Any]:
    answer = Client().get(f"/auctions/calendar.ics?{query}")
    assert answer.status_code == 200
    book = Calendar.from_ical(answer.content)
    assert isinstance(book, Calendar)
    assert {str(zone["tzid"]) for zone in book.walk("VTIMEZONE")} <= {"Asia/Ho_Chi_Minh"}
    return {str(event["summary"]): event for event in book.walk("VEVENT")}


def test_an_item_for_each_lot_and_each_change(uids: dict[str, UUID]) -> None:
    first = items()
    assert {each.title for each in first} == {
        "Lô mới: Lô A, Xã Mới",
        "Lô mới: Lô B, Xã Khác",
        "Lô mới: Lô C, Xã Khác",
    }
    assert {each.published for each in first} == {"Mon, 01 Jun 2026 08:00:00 +0700"}
    # The worker comes now and then: what it has written down and what it has not are one feed.
    assert notice() == 3
    assert {each.id for each in items()} == {each.id for each in first}
    CLOCK["now"] = at("2026-07-09 10:00")
    passed = [(each.title, each.published, each.id) for each in items()[:3]]
    assert [each[:2] for each in passed] == [
        ("Lô A, Xã Mới: Đã qua phiên, chờ kết quả", "Thu, 09 Jul 2026 00:00:00 +0700"),
        ("Lô A, Xã Mới: Đang đấu giá", "Wed, 08 Jul 2026 08:30:00 +0700"),
        ("Lô A, Xã Mới: Hết hạn đăng ký", "Sun, 05 Jul 2026 17:00:00 +0700"),
    ]
    assert notice() == 3
    assert notice() == 0
    assert [(each.title, each.published, each.id) for each in items()[:3]] == passed
    assert len({each.id for each in items()}) == 6
    assert first[0].link.startswith("http://testserver/auctions/")
    english = items(f"lang=en&lot={uids['A']}")[0]
    assert english.title == "Lot A, Xã Mới: Session over, result awaited"
    assert "Kín" not in str(items())


def test_a_steward_moves_a_lot(uids: dict[str, UUID]) -> None:
    notice()
    user, _client = person("steward", STEWARD)
    entered: dict[str, Any] = {
        "uid": uids["A"], "happened_on": NOW.date(), "document": "1", "by": user,
    }  # fmt: skip
    before = events()["Đấu giá: Lô A, Xã Mới"]
    CLOCK["now"] = NOW + dt.timedelta(hours=1)
    StageEntry.objects.create(**entered, auction_time=at("2026-07-09 08:30"))
    moved = items()[0]
    assert (moved.title, moved.published) == (
        "Lô A, Xã Mới: đổi lịch",
        "Wed, 01 Jul 2026 11:00:00 +0700",
    )
    assert "Đấu giá 08:30 Thứ 5 09/07/2026" in moved.summary
    after = events()["Đấu giá: Lô A, Xã Mới"]
    assert after["uid"] == before["uid"]
    assert after["sequence"] == before["sequence"] + 1
    assert after["last-modified"].dt == CLOCK["now"]
    assert after["dtstart"].dt == at("2026-07-09 08:30")
    assert after["dtstart"].params["TZID"] == "Asia/Ho_Chi_Minh"
    CLOCK["now"] = at("2026-07-09 09:00")
    StageEntry.objects.create(**entered, stage="suspended")
    suspended = events()
    assert items()[0].title == "Lô A, Xã Mới: Tạm dừng"
    # Dossiers were taken; the session had begun.
    assert suspended["Hết hạn nộp hồ sơ: Lô A, Xã Mới"]["status"] == "CONFIRMED"
    assert suspended["Đấu giá: Lô A, Xã Mới"]["status"] == "CONFIRMED"
    StageEntry.objects.create(**{**entered, "uid": uids["B"]}, stage="cancelled")
    stopped = events("unit=99902")
    assert {each["status"] for each in stopped.values()} == {"CANCELLED"}
    # A deadline without an hour is a whole day.
    assert stopped["Hết hạn nộp hồ sơ: Lô B, Xã Khác"]["dtstart"].dt == dt.date(2026, 7, 20)
    assert len(stopped) == 2


def test_narrowed_as_the_list_is(uids: dict[str, UUID], settings: LazySettings) -> None:
    settings.PORTAL_EXTENT = (106.0, 8.0, 109.0, 12.0)

    def lots(query: str) -> set[str]:
        return {each.title.split(",")[0][-1] for each in items(query)}

    row = Client().get("/auctions/lots.geojson?code=DG-1").json()["features"][0]
    lon, lat = row["geometry"]["coordinates"][0][0]
    assert lots(f"lot={uids['B']}") == {"B"}
    assert lots("unit=99902") == {"B", "C"}
    assert lots("stage=open&closing=7") == {"A"}
    assert lots("unit=99902&stage=open") == {"B"}
    assert lots(f"lon={lon}&lat={lat}&radius=100") == {"A", "B", "C"}
    assert lots(f"lon={lon + 0.01}&lat={lat}&radius=500") == set()
    assert len(events(f"lot={uids['A']}")) == 2
    for query in (
        "lot=x", "lon=1&lat=2&radius=500", "lon=107.1&lat=10.4", "lon=nan&lat=nan&radius=nan",
        "unit=nowhere", "price_min=many", f"lon={lon}&lat={lat}&radius=1e9",
    ):  # fmt: skip
        for address in ("/auctions/feed.rss", "/auctions/calendar.ics"):
            assert Client().get(f"{address}?{query}").status_code == 400, query
    assert Client().get(f"/auctions/feed.rss?lot={UUID(int=7)}").status_code == 404


def test_what_is_not_public_is_in_no_feed(uids: dict[str, UUID]) -> None:
    answer = Client().get("/auctions/feed.rss")
    tag = answer.headers["ETag"]
    assert Client().get("/auctions/feed.rss", headers={"if-none-match": tag}).status_code == 304
    assert "<script" not in answer.content.decode()
    notice()
    Layer.objects.filter(slug="auction-lots").update(visibility=Layer.INTERNAL)
    for address in ("/auctions/feed.rss", "/auctions/calendar.ics"):
        assert Client().get(address).status_code == 404
        # Feeds are everybody's: for a steward, too.
        assert person(f"steward{address}", STEWARD)[1].get(address).status_code == 404
    assert Change.objects.count() == 3
