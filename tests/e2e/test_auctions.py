"""A lot from the list to its page on a phone, a steward's step, and the same lot a moment later."""

import re

from playwright.sync_api import Browser, expect

from tests.e2e.conftest import DESKTOP, Watched, until
from tests.e2e.test_accessibility import GRAVE, axe
from tests.e2e.test_steward import sign_in
from tests.running_portal import Portal

TOO_WIDE = "document.documentElement.scrollWidth > innerWidth"
TARGETS = """[...document.querySelectorAll('main a.button, main button, main .chip, main input, '
  + 'main select, main summary')].filter((e) => e.checkVisibility())
  .map((e) => e.getBoundingClientRect()).filter((b) => b.height > 0 && b.height < 43.5).length"""


def test_a_lot_is_found_read_and_carried_on(
    browser: Browser, portal: Portal, phone: Watched
) -> None:
    page = phone.page
    page.goto("/auctions/")
    page.get_by_role("link", name="Đang nhận hồ sơ").click()
    page.get_by_text("Lọc và sắp xếp").click()
    page.get_by_label("Hạn nộp hồ sơ").select_option("14")
    page.get_by_label("Giá đến", exact=True).fill("900 tỷ")
    page.get_by_role("button", name="Xem", exact=True).click()
    expect(page).to_have_url(re.compile(r"stage=open&price_max=900.*&closing=14$"))
    assert page.locator(".lot-card").count() > 0
    expect(page.locator("time[data-countdown]").first).to_have_text(re.compile(r"còn \d+"))
    page.locator(".lots-map").scroll_into_view_if_needed()
    until(page, "document.getElementById('features-map').dataset.ready !== undefined")
    _sound(phone)
    page.locator(".lot-card a").first.click()
    expect(page.get_by_role("heading", name="Lịch", exact=True)).to_be_visible()
    expect(page.get_by_text("Đang bán và tiếp nhận hồ sơ").first).to_be_visible()
    _sound(phone)

    lot = re.sub(r"^.*/auctions/", "/steward/auctions/", page.url)
    desk = sign_in(browser, portal, "steward", DESKTOP, lot)
    assert desk.get_by_label("Việc gì đã xảy ra").locator("option").count() == 3
    desk.get_by_label("Việc gì đã xảy ra").select_option("failed")
    desk.get_by_label("Số quyết định, thông báo").fill("15/BB-ĐG")
    desk.get_by_label("Ngày của văn bản").fill("2026-01-31")
    paper = {"name": "bien-ban.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%%EOF"}
    desk.get_by_label("Tệp văn bản").set_input_files(paper)  # type: ignore[arg-type]
    desk.evaluate(axe())
    assert desk.evaluate(GRAVE) == []
    desk.get_by_role("button", name="Nhập bước này").click()
    expect(desk.get_by_role("status").first).to_contain_text("Đã nhập cho 1 lô")

    page.reload()
    expect(page.locator(".page-head .stage")).to_have_text("Đấu giá không thành")
    with page.expect_download() as saved:
        page.get_by_role("link", name="bien-ban.pdf").click()
    assert saved.value.suggested_filename == "bien-ban.pdf"
    with page.expect_request("**/auctions/stages.json"):
        page.get_by_role("link", name="Xem trên bản đồ").first.click()
    expect(page.locator("#panel-box")).to_contain_text("Đấu giá không thành")
    expect(page.get_by_role("link", name=re.compile("Trang của lô"))).to_be_visible()
    assert (phone.errors, phone.foreign) == ([], set())
    desk.get_by_role("link", name=re.compile("Đính chính bước số")).click()
    desk.get_by_label("Việc gì đã xảy ra").select_option("take-back")
    desk.get_by_label("Vì sao đính chính").fill("nhầm lô")
    desk.get_by_role("button", name="Đính chính").click()
    expect(desk.locator(".page-head .stage")).to_have_text("Đang bán và tiếp nhận hồ sơ")
    desk.context.close()


def _sound(watched: Watched) -> None:
    """Fits the phone, is large enough for a thumb, and axe calls nothing serious."""
    assert not watched.page.evaluate(TOO_WIDE)
    assert watched.page.evaluate(TARGETS) == 0
    watched.page.evaluate(axe())
    assert watched.page.evaluate(GRAVE) == []
