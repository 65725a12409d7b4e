"""A planner's whole task in a browser: ask, wait, read, share, take away; and the citizen who is
shown the result. The map of two sides is `make long`, as are the ready questions one by one
(`test_planner_questions.py`).
"""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import PHONE
from tests.e2e.conftest import DESKTOP
from tests.e2e.test_accessibility import GRAVE, axe
from tests.e2e.test_steward import sign_in
from tests.running_portal import Portal

# A run of some thousand parcels, on a machine that does other things too.
LONG = 60_000
RUN = re.compile(r"/planner/runs/[0-9a-f-]{36}/$")


def asked(page: Page, slug: str) -> None:
    """A ready question, as it stands, until its result is there."""
    page.goto(f"/planner/new/?ready={slug}")
    page.get_by_role("button", name="Tính ngay").click()
    expect(page).to_have_url(RUN)
    expect(page.get_by_role("heading", name="Bảng số")).to_be_visible(timeout=LONG)


def shared_link(page: Page) -> str:
    """The address that the page of the question hands out for whoever has it."""
    page.get_by_role("link", name="Sửa câu hỏi, chia sẻ").click()
    page.get_by_label("ai có đường dẫn").check()
    page.get_by_role("button", name="Đổi người được xem").click()
    return page.locator("#share-link").inner_text()


def grave(page: Page) -> list[str]:
    """What bars somebody from this page."""
    page.evaluate(axe())
    found: list[str] = page.evaluate(GRAVE)
    return found


def test_a_planner_asks_and_a_citizen_reads(browser: Browser, portal: Portal) -> None:
    page = sign_in(browser, portal, "planner", DESKTOP, "/planner/")
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    expect(page.get_by_role("navigation", name="Trang chính")).to_contain_text("Bàn quy hoạch")
    asked(page, "public-land-by-plan")
    expect(page.locator("#result-map[data-ready]")).to_be_visible(timeout=LONG)
    expect(page.locator(".planner-table tfoot")).to_contain_text("ha")
    expect(page.get_by_role("heading", name="Mảnh vụn, tính riêng")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    assert download.value.path().read_bytes().startswith(b"\xef\xbb\xbfkind,")
    result = page.url.removeprefix(portal.url)
    link = shared_link(page).removeprefix(portal.url)
    citizen = browser.new_context(base_url=portal.url, viewport=PHONE, locale="vi-VN").new_page()  # type: ignore[arg-type]
    answer = citizen.goto(result)
    assert answer is not None
    assert answer.status == 404
    citizen.goto(link)
    expect(citizen.locator(".planner-table tfoot")).to_contain_text("ha")
    expect(citizen.get_by_role("link", name="Bàn quy hoạch")).to_have_count(0)
    assert citizen.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert not errors
    citizen.context.close()
    page.context.close()


@pytest.mark.long
def test_two_sides_are_coloured_saved_and_opened_again(browser: Browser, portal: Portal) -> None:
    page = sign_in(browser, portal, "planner", DESKTOP, "/planner/")
    page.goto("/planner/map/")
    page.wait_for_selector("#workbench-map[data-ready]", timeout=LONG)
    page.get_by_label("Thêm lớp").select_option("public-land-parcels")
    page.get_by_label("Tô màu theo").select_option("area_measured")
    expect(page.locator(".workbench-legend li")).to_have_count(6)
    page.get_by_label("Kéo so sánh").check()
    # What lies on top goes right; with one map again it comes back.
    expect(page.locator("#workbench-hint")).to_contain_text("“Thửa đất công” đã sang bên phải")
    expect(page.locator(".workbench-entry")).to_have_count(0)
    page.get_by_label("Một bản đồ").check()
    expect(page.locator(".workbench-legend li")).to_have_count(6)
    page.get_by_label("Thêm lớp").select_option("land-use-plan")
    page.get_by_label("Kéo so sánh").check()
    page.get_by_label("Tên bản đồ").fill("Đất công và quy hoạch")
    page.get_by_label("Ai được xem").select_option("link")
    page.get_by_role("button", name="Lưu bản đồ").click()
    expect(page.locator("#map-saved")).to_contain_text("Đã lưu bản đồ.")
    assert not grave(page)
    citizen = browser.new_context(viewport=PHONE, locale="vi-VN").new_page()  # type: ignore[arg-type]
    citizen.goto(page.url)
    citizen.wait_for_selector("#workbench-map[data-ready]", timeout=LONG)
    expect(citizen.locator("#workbench-map")).to_have_attribute("data-mode", "swipe")
    expect(citizen.locator(".workbench-legend li")).to_have_count(6)
    citizen.context.close()
    page.context.close()
