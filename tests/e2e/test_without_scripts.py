"""A citizen whose browser runs no scripts reads the portal: home, search, lots, parcel, figures."""

import re

from playwright.sync_api import Browser, expect

from tests.browser import PHONE
from tests.running_portal import Portal


def test_every_way_can_be_gone(browser: Browser, portal: Portal) -> None:
    context = browser.new_context(
        base_url=portal.url,
        viewport=PHONE,  # type: ignore[arg-type]
        java_script_enabled=False,
        locale="vi-VN",
    )
    page = context.new_page()
    page.goto("/")
    expect(page.locator(".map-noscript")).to_be_visible()
    expect(page.get_by_role("heading", name="Hết hạn nộp hồ sơ")).to_be_visible()
    page.get_by_label("Tìm thửa đất").fill("tờ 5 thửa 12")
    page.get_by_role("button", name="Tìm", exact=True).click()
    found = page.get_by_role("link", name=re.compile("Thửa 12, tờ 5")).first
    found.click()
    expect(page.locator("h1")).to_contain_text("Thửa 12")
    expect(page.locator("#corners")).to_be_visible()
    page.get_by_role("link", name="Đấu giá đất").first.click()
    page.locator(".lot-card h3 a").first.click()
    expect(page.locator("main")).to_contain_text("Giá khởi điểm")
    page.get_by_role("link", name="Số liệu").first.click()
    expect(page.locator(".figures-table").first).to_be_visible()
    page.get_by_role("link", name="Phản ánh của người dân").click()
    expect(page.locator("h1")).to_be_visible()
    context.close()
