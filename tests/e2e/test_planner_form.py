"""The form of a question in a browser: values are ticked, the keyboard stays where it is, a refusal
leads to its box, a preview of small layers is the answer; a cancelled run is in the history once.
"""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import DESKTOP
from tests.e2e.test_planner import LONG, grave
from tests.e2e.test_steward import sign_in
from tests.running_portal import Portal

pytestmark = pytest.mark.long


def press(page: Page, name: str, place: int = 0) -> None:
    """By keyboard."""
    page.get_by_role("button", name=name, exact=True).nth(place).focus()
    page.keyboard.press("Enter")


def test_a_question_is_made_by_keyboard(browser: Browser, portal: Portal) -> None:
    page = sign_in(browser, portal, "planner", DESKTOP, "/planner/")
    page.goto("/planner/new/")
    press(page, "Thêm lớp dữ liệu")
    layer = page.get_by_label("Lớp dữ liệu", exact=True).nth(1)
    expect(layer).to_be_focused()
    layer.select_option("road-centrelines")
    expect(layer).to_be_focused()
    press(page, "Thêm điều kiện lọc", 1)
    field = page.get_by_label("Trường", exact=True)
    expect(field).to_be_focused()
    field.select_option("class")
    page.get_by_label("Quốc lộ", exact=True).focus()
    page.keyboard.press("Space")
    expect(page.get_by_label("Quốc lộ", exact=True)).to_be_focused()
    expect(page.locator(".planner-cql")).to_contain_text("class IN ('national')")
    press(page, "Thêm thao tác")
    page.get_by_label("Làm gì").select_option("buffer")
    page.get_by_label("Của", exact=True).select_option("layer2")
    page.get_by_label("Mét", exact=True).fill("1000000000")
    page.keyboard.press("Tab")
    said = page.locator("#said-error")
    expect(said).to_contain_text("Bước 1, bề rộng mỗi bên: Tối đa 50.000 m.")
    said.get_by_role("button", name="Đến ô này").click()
    expect(page.get_by_label("Mét", exact=True)).to_be_focused()
    page.get_by_label("Mét", exact=True).fill("100")
    page.keyboard.press("Tab")
    expect(said).to_be_empty()
    page.get_by_label("Tên câu hỏi").fill(" ")
    expect(said).to_contain_text("Câu hỏi chưa có tên.")
    page.get_by_role("button", name="Xem thử").click()
    expect(page.locator("#preview-note")).to_contain_text("Câu hỏi chưa có tên", timeout=LONG)
    page.get_by_label("Tên câu hỏi").fill("Hành lang quốc lộ")
    page.get_by_role("button", name="Xem thử").click()
    expect(page.locator("#preview-note")).to_contain_text("toàn bộ dữ liệu", timeout=LONG)
    expect(page.locator("#preview-table")).to_contain_text("ha")
    assert not grave(page)
    page.context.close()


def test_a_cancelled_run_stands_in_the_history_once(browser: Browser, portal: Portal) -> None:
    page = sign_in(browser, portal, "planner", DESKTOP, "/planner/")
    page.goto("/planner/new/?ready=public-land-by-plan")
    # Held back, so that the run is still open on this page whatever the worker has done.
    page.route("**/api/runs/**", lambda route: route.abort())
    page.get_by_role("button", name="Tính ngay").click()
    expect(page).to_have_url(re.compile("/planner/runs/"))
    page.get_by_role("button", name="Hủy lần tính này").click()
    page.unroute("**/api/runs/**")
    expect(page.get_by_role("button", name="Hủy lần tính này")).to_have_count(0, timeout=LONG)
    page.go_back()
    expect(page).to_have_url(re.compile(r"\?ready=public-land-by-plan"))
    page.context.close()
