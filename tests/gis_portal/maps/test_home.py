"""What the home page opens with: figures with their query, lots that close soon, what is new."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from tests.gis_portal.auctions.made import lots_live

pytestmark = pytest.mark.django_db


def soon(days: int) -> str:
    return (timezone.now() + dt.timedelta(days=days)).isoformat(timespec="seconds")


def test_it_opens_with_what_counts_today(client: Client) -> None:
    began = {"reg_start": soon(-5), "auction_time": soon(40)}
    uids = lots_live({
        "L1": {**began, "reg_end": soon(2)},
        "L2": {**began, "reg_end": soon(30)},
        **{f"S{n}": {**began, "reg_end": soon(5)} for n in range(3)},
    })  # fmt: skip
    page = client.get("/", headers={"accept-language": "vi"}).content.decode()
    assert page.index(f"/auctions/{uids['L1']}/") < page.index(f"/auctions/{uids['S0']}/")
    assert str(uids["L2"]) not in page
    assert "3,62 tỷ đồng" in page
    assert "Xem cả 4 lô sắp hết hạn" in page
    assert '<a href="/api/collections/auction-lots/items"><b class="numeric">5</b>' in page
    assert "Mới công bố" in page
    assert 'href="/auctions/?closing=7"' in page
    listed = client.get("/auctions/?closing=7").content.decode()
    assert {code for code, uid in uids.items() if str(uid) in listed} == {"L1", "S0", "S1", "S2"}


def test_without_lots_it_is_whole(client: Client) -> None:
    page = client.get("/").content.decode()
    assert "Hết hạn nộp hồ sơ" not in page
    assert 'href="/auctions/"' in page
