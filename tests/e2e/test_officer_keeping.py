"""PINs that are forgotten, changed or guessed at, phones that change hands: what an officer wrote
stays theirs, comes back to them on any phone, and arrives once.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser import PHONE
from tests.e2e.officer_phone import LONG, PIN, enrol, sign_in, type_pin
from tests.e2e.test_officer_lock import stored
from tests.running_portal import Portal, owner_connection

NEW_PIN = "505172"
WRONG = "100002"
WORDS = {"line": "Hàng rào kéo qua bờ ao, chỗ giữ.", "area": "Nền nhà mới đổ, chỗ giữ."}
OTHER = "steward"


def nobody_has_devices(portal: Portal) -> None:
    """A person has five at most, and other tests of this portal had theirs."""
    with owner_connection(portal.owner_url) as connection, connection.cursor() as cursor:
        cursor.execute("UPDATE officer_devices_device SET revoked_at = now()")


def place_in_care(portal: Portal) -> tuple[float, float]:
    with portal.connect() as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT ST_X(p), ST_Y(p) FROM layers_jurisdiction j "
            "JOIN auth_user u ON u.id = j.user_id AND u.username = 'officer' "
            "JOIN layers_adminunit a ON a.id = j.unit_id, "
            "LATERAL (SELECT ST_PointOnSurface(a.geom) AS p) here ORDER BY a.code LIMIT 1"
        )
        ((lon, lat),) = cursor.fetchall()
    return float(lon), float(lat)


@contextmanager
def phone(browser: Browser, portal: Portal) -> Iterator[tuple[BrowserContext, Page]]:
    """A phone that knows where it is and says yes to every question."""
    lon, lat = place_in_care(portal)
    context = browser.new_context(
        base_url=portal.url,
        viewport=PHONE,  # type: ignore[arg-type]
        locale="vi-VN",
        permissions=["geolocation"],
        geolocation={"longitude": lon, "latitude": lat, "accuracy": 4},
        reduced_motion="reduce",
    )
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("dialog", lambda dialog: dialog.accept())
    yield context, page
    assert errors == []
    context.close()


def draw(page: Page, kind: str) -> None:
    """Three points: two by a finger on the map, one where the officer stands."""
    page.get_by_role("link", name="Vẽ trên bản đồ").click()
    page.get_by_label("Vùng" if kind == "area" else "Đường", exact=True).check(timeout=LONG)
    canvas = page.locator("canvas.maplibregl-canvas")
    expect(canvas).to_be_visible(timeout=LONG)
    for x, y in ((120, 120), (240, 160)):
        page.wait_for_timeout(400)
        page.mouse.click(x, y)
    page.get_by_role("button", name="Thêm điểm đang đứng").click()
    expect(page.get_by_text(re.compile(r"(Đường|Vùng), 3 điểm"))).to_be_visible(timeout=LONG)
    page.get_by_role("link", name="Xong").click()


def write(page: Page, kind: str, count: int) -> None:
    """A report where one stands, with a drawing."""
    page.evaluate("location.hash = '#/report/new'")
    page.get_by_label("Lấn, chiếm đất").check(timeout=LONG)
    page.get_by_label("Ghi chú").fill(WORDS[kind])
    expect(page.get_by_text("Bản nháp đã lưu")).to_be_visible(timeout=LONG)
    draw(page, kind)
    expect(page.get_by_label("Ghi chú")).to_have_value(WORDS[kind], timeout=LONG)
    page.get_by_role("button", name="Lưu để gửi").click()
    expect(page.locator(".outbox-item")).to_have_count(count, timeout=LONG)


def lock(page: Page) -> None:
    page.evaluate("location.hash = '#/device'")
    page.get_by_role("button", name="Khóa ngay").click(timeout=LONG)
    expect(page.get_by_role("heading", name="Nhập mã PIN")).to_be_visible(timeout=LONG)


def change_pin(page: Page) -> None:
    page.evaluate("location.hash = '#/device'")
    page.get_by_role("button", name="Đổi mã PIN").click(timeout=LONG)
    type_pin(page, PIN)
    for title in ("Chọn mã PIN", "Nhập lại mã PIN"):
        expect(page.get_by_role("heading", name=title)).to_be_visible(timeout=LONG)
        type_pin(page, NEW_PIN)
    expect(page.get_by_text("Đã đổi mã PIN")).to_be_visible(timeout=LONG)


def readable(page: Page) -> None:
    page.evaluate("location.hash = '#/outbox'")
    for words in WORDS.values():
        expect(page.get_by_text(words)).to_be_visible(timeout=LONG)


def save_sealed(page: Page, path: Path) -> Path:
    with page.expect_download() as download:
        page.get_by_role("button", name="Lưu tệp có khóa").click()
    download.value.save_as(path)
    expect(page.get_by_text("Đã lưu tệp có khóa")).to_be_visible(timeout=LONG)
    assert path.read_bytes().startswith(b"officer-sealed-1")
    assert not any(words.encode() in path.read_bytes() for words in WORDS.values())
    return path


def guess(page: Page) -> None:
    """Five wrong ones: each says how many are left, the fourth what the last one will cost."""
    for left in (4, 3, 2, 1):
        type_pin(page, WRONG)
        expect(page.locator(".lock-problem")).to_contain_text(f"Còn {left} lần", timeout=LONG)
    expect(page.locator(".lock-problem")).to_contain_text("dữ liệu tải về sẽ bị xóa")
    expect(page.locator(".lock-problem")).to_contain_text("Báo cáo chưa gửi không mất")
    type_pin(page, WRONG)
    expect(page.get_by_text("Sai mã PIN quá số lần cho phép")).to_be_visible(timeout=LONG)
    expect(page.get_by_text("Còn 2 báo cáo, bản nháp chưa gửi")).to_be_visible()


def choose_pin(page: Page, pin: str) -> None:
    for title in ("Chọn mã PIN", "Nhập lại mã PIN"):
        expect(page.get_by_role("heading", name=title)).to_be_visible(timeout=LONG)
        type_pin(page, pin)
    expect(page.locator("body[data-state=ready]")).to_be_attached(timeout=LONG)


def open_file(page: Page, path: Path, said: str) -> None:
    page.evaluate("location.hash = '#/outbox'")
    page.locator("input[type=file]").set_input_files(path)
    expect(page.locator(".outbox-file-said")).to_contain_text(said, timeout=LONG)


def arrived(portal: Portal) -> dict[str, str]:
    """Note → kind of drawing, of what the server has; each once."""
    with portal.connect() as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT o.payload_bytes, o.state, u.username, GeometryType(r.sketch) "
            "FROM officer_field_operation o JOIN auth_user u ON u.id = o.user_id "
            "LEFT JOIN officer_field_fieldreport r ON r.operation_id = o.id"
        )
        rows = cursor.fetchall()
    said: list[tuple[Any, ...]] = [(json.loads(bytes(text)), *rest) for text, *rest in rows]
    mine = [one for one in said if one[0].get("note") in WORDS.values()]
    assert {(state, name) for _payload, state, name, _sketch in mine} <= {("received", "officer")}
    found = {payload["note"]: sketch for payload, _state, _name, sketch in mine}
    assert len(found) == len(mine), "twice"
    return found


@pytest.mark.long
def test_what_was_written_stays_its_authors(
    browser: Browser, portal: Portal, tmp_path: Path
) -> None:
    nobody_has_devices(portal)
    with phone(browser, portal) as (context, page):
        enrol(page, portal, portal.url)
        expect(page.locator("body[data-state=ready]")).to_be_attached(timeout=LONG)
        page.evaluate("navigator.serviceWorker.ready.then(() => null)")
        context.set_offline(True)
        write(page, "line", 1)
        write(page, "area", 2)
        change_pin(page)
        lock(page)
        type_pin(page, NEW_PIN)
        readable(page)
        lock(page)
        locked = save_sealed(page, tmp_path / "locked.sotay")
        guess(page)
        context.set_offline(False)
        # Who found the phone is nobody to the portal: no session of the owner is left.
        page.goto("/accounts/devices/")
        assert "/accounts/login/" in page.url
        page.goto("/officer/")
        somebody_else(page, portal, tmp_path)
        elsewhere(browser, portal, locked)
        # The same person on the first phone again: sealed reports open, and go nowhere twice.
        page.goto("/officer/")
        sign_in(page, portal)
        choose_pin(page, NEW_PIN)
        readable(page)
        expect(page.get_by_text("Mọi báo cáo đã được máy chủ nhận")).to_be_visible(timeout=LONG)
        assert arrived(portal) == {WORDS["line"]: "LINESTRING", WORDS["area"]: "POLYGON"}


def somebody_else(page: Page, portal: Portal, folder: Path) -> None:
    """A colleague signs in on that phone: nothing of it opens, nothing is sent in their name."""
    sign_in(page, portal, OTHER)
    expect(page.get_by_text("là của tài khoản khác")).to_be_visible(timeout=LONG)
    save_sealed(page, folder / "for-the-owner.sotay")
    page.get_by_role("button", name="Thôi").click()
    expect(page.get_by_text("Còn 2 báo cáo, bản nháp chưa gửi")).to_be_visible(timeout=LONG)
    assert not any(page.get_by_text(words).count() for words in WORDS.values())
    assert stored(page, "outbox") == 2
    assert arrived(portal) == {}


def elsewhere(browser: Browser, portal: Portal, locked: Path) -> None:
    """Another phone: the file opens for its author only; then the PIN is forgotten."""
    with phone(browser, portal) as (context, page):
        enrol(page, portal, portal.url)
        expect(page.locator("body[data-state=ready]")).to_be_attached(timeout=LONG)
        page.evaluate("location.hash = '#/outbox'")
        page.locator("input[type=file]").wait_for(state="attached", timeout=LONG)
        context.set_offline(True)
        open_file(page, locked, "cần mạng một lần")
        context.set_offline(False)
        open_file(page, locked, "Từ tệp: 2 báo cáo")
        readable(page)
        expect(page.get_by_text("Mọi báo cáo đã được máy chủ nhận")).to_be_visible(timeout=LONG)
        assert arrived(portal) == {WORDS["line"]: "LINESTRING", WORDS["area"]: "POLYGON"}
        open_file(page, locked, "2 mục đã có trên máy")
        lock(page)
        page.get_by_role("button", name="Quên mã PIN").click()
        expect(page.get_by_text("Trên máy không có báo cáo nào chưa gửi")).to_be_visible()
        page.get_by_role("button", name="Thôi").click()
        type_pin(page)
        expect(page.locator("body[data-state=ready]")).to_be_attached(timeout=LONG)
        lock(page)
        page.get_by_role("button", name="Quên mã PIN").click()
        page.get_by_role("button", name="Xóa và đăng nhập lại").click()
        expect(page.get_by_text("Dữ liệu tải về đã bị xóa")).to_be_visible(timeout=LONG)
        assert stored(page, "outbox") == 0
    with phone(browser, portal) as (context, page):
        page.goto("/officer/")
        sign_in(page, portal, OTHER)
        choose_pin(page, PIN)
        open_file(page, locked, "do tài khoản khác lưu")
        assert stored(page, "outbox") == 0
