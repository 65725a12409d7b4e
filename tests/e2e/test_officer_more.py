"""Two things that an officer does now and then: takes pictures of the ground along and sees them
without a network; answers the office, there and then, and the desk reads it.
"""

import re
import uuid
from collections.abc import Callable, Iterator
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser import PHONE
from tests.e2e.conftest import DESKTOP
from tests.e2e.officer_phone import LONG, enrol, type_pin
from tests.e2e.test_officer_field import UNIT, sound
from tests.e2e.test_steward import sign_in
from tests.running_portal import Portal

pytestmark = pytest.mark.long
QUESTION = "Hàng rào dài bao nhiêu mét?"
STORED = """const asked = (request) =>
    new Promise((done) => { request.onsuccess = () => done(request.result); });
  const database = await asked(indexedDB.open('officer'));
  const parts = await asked(database.transaction('parts').objectStore('parts').getAll());"""
# The middle of the pictures that lie on the device, as their archive's head says it.
MIDDLE = f"""async () => {{ {STORED}
  const pictures = parts.find(({{ kind }}) => kind === 'imagery').data;
  const head = new DataView(await pictures.slice(0, 127).arrayBuffer());
  const at = [102, 106, 110, 114].map((place) => head.getInt32(place, true) / 1e7);
  return [(at[0] + at[2]) / 2, (at[1] + at[3]) / 2];
}}"""
PARTS = f"async () => {{ {STORED} return parts.length; }}"


@pytest.fixture
def context(browser: Browser, portal: Portal) -> Iterator[BrowserContext]:
    """A phone."""
    made = browser.new_context(base_url=portal.url, viewport=PHONE, locale="vi-VN")  # type: ignore[arg-type]
    yield made
    made.close()


def colours(page: Page) -> int:
    """How many colours the map shows: a drawing has hundreds, a photograph thousands."""
    box = page.locator("#officer-map").bounding_box()
    assert box
    size = {"x": box["x"], "y": box["y"] + 60, "width": 280, "height": box["height"] - 160}
    with Image.open(BytesIO(page.screenshot(clip=size))) as seen:  # type: ignore[arg-type]
        return len(seen.convert("RGB").getcolors(1 << 24) or [])


def comes_to(page: Page, is_right: Callable[[int], bool]) -> int:
    """Tiles come when they come."""
    seen = 0
    for _ in range(60):
        seen = colours(page)
        if is_right(seen):
            return seen
        page.wait_for_timeout(250)
    pytest.fail(f"the map shows {seen} colours", pytrace=False)


def opened_offline(context: BrowserContext, page: Page) -> None:
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    context.set_offline(True)
    page.goto("/officer/")
    page.reload()
    type_pin(page)
    expect(page.locator("body[data-state=ready]")).to_be_attached(timeout=LONG)


def test_pictures_of_the_ground_are_taken_along(context: BrowserContext, portal: Portal) -> None:
    page = context.new_page()
    page.on("dialog", lambda dialog: dialog.accept())
    enrol(page, portal, portal.url)
    card = page.locator(".officer-pack", has=page.get_by_role("heading", name=UNIT))
    extra = card.get_by_label(re.compile(r"Tải thêm: Ảnh chụp từ trên cao \(\d+ kB\)"))
    for _ in range(40):
        expect(card).to_be_visible(timeout=LONG)
        if extra.count() and not card.get_by_text("Máy chủ đang chuẩn bị").count():
            break
        page.wait_for_timeout(500)
        page.goto("/officer/#/more")
        page.goto("/officer/#/packs")
    without = card.get_by_role("button", name=re.compile("Tải về")).inner_text()
    extra.check()
    expect(card.get_by_role("button", name=re.compile("Tải về"))).not_to_have_text(without)
    card.get_by_role("button", name=re.compile("Tải về")).click()
    expect(card.get_by_text("Đã là bản mới nhất")).to_be_visible(timeout=LONG)
    expect(page.get_by_text(re.compile(r"Đang dùng [\d,]+ MB trong"))).to_be_visible()
    opened_offline(context, page)

    lon, lat = page.evaluate(MIDDLE)
    page.goto(f"/officer/#/there/{lon}/{lat}")
    expect(page.locator("#officer-map canvas")).to_be_visible()
    page.goto("/officer/#/map")
    switch = page.get_by_role("button", name="Ảnh chụp từ trên cao")
    expect(switch).to_have_attribute("aria-pressed", "true")
    seen = comes_to(page, lambda count: count > 1500)
    sound(page)
    switch.click()
    comes_to(page, lambda count: count < seen / 2)

    page.goto("/officer/#/packs")
    card.get_by_role("button", name="Xóa khỏi máy").click()
    expect(card).to_have_count(0)
    assert page.evaluate(PARTS) == 0


def asked_by_the_office(browser: Browser, portal: Portal) -> Page:
    """The desk at a report of the officer, with a question put to them."""
    desk = sign_in(browser, portal, "steward", DESKTOP, "/officer/desk/")
    desk.locator(".run-name").first.click()
    desk.get_by_label("Hiện trong sổ tay trên máy của cán bộ").fill(QUESTION)
    desk.get_by_role("button", name="Gửi trả lời").click()
    expect(desk.get_by_role("status").filter(has_text="Đã gửi trả lời")).to_be_visible()
    return desk


def test_the_office_asks_and_is_answered(
    browser: Browser, context: BrowserContext, portal: Portal
) -> None:
    desk = asked_by_the_office(browser, portal)
    words = f"Đo được 12,4 mét. {uuid.uuid4()}"
    page = context.new_page()
    enrol(page, portal, portal.url)
    expect(page.locator(".officer-pack").first).to_be_visible(timeout=LONG)
    note = page.locator("[data-note=answers]")
    expect(note).to_contain_text("Văn phòng có ý kiến mới", timeout=LONG)
    note.get_by_role("button", name="Xem").click()
    expect(note).to_have_count(0)
    said = page.locator("section", has_text=QUESTION).last
    expect(said).to_contain_text("steward")
    opened_offline(context, page)

    page.goto("/officer/#/outbox")
    said.get_by_role("link", name="Trả lời văn phòng").click()
    expect(page.get_by_text(QUESTION)).to_be_visible()
    page.get_by_role("button", name="Lưu để gửi").click()
    expect(page.get_by_role("alert").filter(has_text="Ghi ít nhất một dòng")).to_be_visible()
    page.get_by_label("Trả lời của bạn").fill(words)
    expect(page.get_by_text("Bản nháp đã lưu trên máy.")).to_be_visible()
    sound(page)
    # Killed in between: the same draft goes on.
    page.reload()
    type_pin(page)
    expect(page.get_by_label("Trả lời của bạn")).to_have_value(words, timeout=LONG)
    page.get_by_role("button", name="Lưu để gửi").click()
    item = page.locator(".outbox-item", has_text=words)
    expect(item).to_contain_text("Chờ gửi")
    context.set_offline(False)
    expect(item).to_have_attribute("data-state", "received", timeout=LONG)
    desk.reload()
    expect(desk.get_by_text(words)).to_be_visible()
    desk.context.close()
