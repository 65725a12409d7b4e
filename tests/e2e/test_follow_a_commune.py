"""A citizen wants to hear of every lot in the own commune: by mail, in the calendar, by RSS."""

import re
from xml.etree import ElementTree as ET

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Watched
from tests.e2e.test_accessibility import GRAVE, axe
from tests.running_portal import Portal

WARD, ADDRESS = "Phường Phước Thắng", "CANARY.nguoidan@example.vn"


def measured(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.evaluate(axe())
    assert page.evaluate(GRAVE) == []


def link_in_mail(page: Page, portal: Portal) -> str:
    """The path that the one mail leads to, when the worker has sent it; at most a minute: in a
    new portal it prepares tiles first.
    """
    for _turn in range(600):
        if portal.mailbox.mails:
            mail = portal.mailbox.mails.pop()
            assert mail["To"] == ADDRESS
            assert WARD in mail.get_content()
            found = re.search(r"https://map\.example\.vn(/follow/confirm/\S+)", mail.get_content())
            assert found, mail.get_content()
            return found[1]
        page.wait_for_timeout(100)
    raise AssertionError("no mail came")


def test_by_mail_in_the_calendar_and_by_rss(phone: Watched, portal: Portal) -> None:
    page = phone.page
    page.goto("/layers/")
    # Mark, language and the whole navigation take two lines of a phone, not three.
    header = page.locator(".site-header").bounding_box()
    assert header
    assert header["height"] <= 2 * 44 + 24
    page.get_by_role("link", name="Đấu giá đất").first.click()
    page.get_by_role("link", name="Theo dõi").first.click()
    expect(page.locator(".page-head")).to_contain_text("Tất cả các lô")
    page.get_by_label("Xã, phường, đặc khu").select_option(label=WARD)
    page.get_by_role("button", name="Chọn xã này").click()
    expect(page.locator(".page-head")).to_contain_text(WARD)
    feed = page.request.get(str(page.locator("#feed").get_attribute("href")))
    assert WARD in ET.fromstring(feed.text()).findtext("channel/title", "")
    calendar = page.get_by_role("link", name="Tải tệp lịch (iCal)").get_attribute("href")
    answer = page.request.get(str(calendar))
    assert answer.headers["content-type"].startswith("text/calendar")
    assert answer.text().startswith("BEGIN:VCALENDAR")
    page.get_by_label("E-mail của bạn").fill("nguoidan@")
    page.get_by_role("button", name="Gửi thư xác nhận").click()
    expect(page.get_by_text("Viết địa chỉ e-mail, ví dụ")).to_be_visible()
    measured(page)
    page.get_by_label("E-mail của bạn").fill(ADDRESS)
    page.get_by_role("button", name="Gửi thư xác nhận").click()
    expect(page.locator(".notice-good")).to_contain_text("Hãy xem hộp thư của bạn.")
    assert "CANARY" not in page.content()
    measured(page)
    page.goto(link_in_mail(page, portal))
    expect(page.locator(".lead")).to_contain_text(WARD)
    page.get_by_role("button", name="Đúng, gửi tin cho tôi").click()
    expect(page.get_by_role("heading", name="Đã theo dõi")).to_be_visible()
    measured(page)
    # From a place on the map as well.
    page.goto("/panel/place/?lon=107.084&lat=10.346")
    page.get_by_role("link", name="Theo dõi đấu giá quanh đây").click()
    expect(page.locator(".page-head")).to_contain_text("trong vòng 2 km quanh 10.34600, 107.08400")
    # The form said what is wrong with 422, which the browser's console writes down.
    errors = [each for each in phone.errors if "422" not in each]
    assert (errors, phone.foreign) == ([], set())
