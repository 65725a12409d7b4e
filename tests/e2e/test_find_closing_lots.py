"""A citizen looks for lots that close within 14 days and start below 2 billion đồng."""

import datetime as dt
import json

from playwright.sync_api import expect

from layers.values import LOCAL_TIME
from tests.e2e.conftest import Watched
from tests.e2e.test_accessibility import GRAVE, axe
from tests.running_portal import Portal

MOST, DAYS = 2_000_000_000, 14


def wanted(portal: Portal) -> set[str]:
    """Counted by hand out of all lots."""
    lots = json.loads(portal.get("/auctions/lots.geojson")[2])["features"]
    last = dt.datetime.now(LOCAL_TIME).date() + dt.timedelta(days=DAYS)

    def is_wanted(lot: dict[str, object]) -> bool:
        ends, price = lot["reg_end"], lot["start_price"]
        return (
            lot["stage"] == "registration"
            and isinstance(ends, str)
            and dt.datetime.fromisoformat(ends).astimezone(LOCAL_TIME).date() <= last
            and isinstance(price, float)
            and price <= MOST
        )

    return {lot["id"] for lot in lots if is_wanted(lot["properties"])}


def test_from_the_front_page_to_what_a_lot_asks_for(phone: Watched, portal: Portal) -> None:
    found = wanted(portal)
    assert found, "the demo province has such lots every day"
    page = phone.page
    page.goto("/layers/")
    page.get_by_role("link", name="Đấu giá đất").first.click()
    page.get_by_text("Lọc và sắp xếp").click()
    page.get_by_label("Hạn nộp hồ sơ").select_option(label="trong 14 ngày tới")
    page.get_by_label("Giá đến", exact=True).fill("2 tỷ")
    page.get_by_label("Sắp xếp").select_option(label="Giá khởi điểm, thấp nhất trước")
    page.get_by_role("button", name="Xem", exact=True).click()
    expect(page.locator("#found")).to_contain_text(f"{len(found)} lô")
    cards = page.locator(".lot-card")
    assert {each.get_attribute("data-uid") for each in cards.all()} == found
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.evaluate(axe())
    assert page.evaluate(GRAVE) == []
    price = cards.first.locator(".figure-number").inner_text()
    cards.first.get_by_role("link").first.click()
    main = page.locator("main")
    for words in (price, "Tiền đặt trước", "Bước giá", "Nhận hồ sơ"):
        expect(main).to_contain_text(words)
    expect(main.locator("[data-countdown]").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.evaluate(axe())
    assert page.evaluate(GRAVE) == []
    page.go_back()
    expect(page.locator("#found")).to_contain_text(f"{len(found)} lô")
    assert (phone.errors, phone.foreign) == ([], set())
