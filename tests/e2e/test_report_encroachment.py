"""A citizen reports an encroachment from the street; the ward's officer handles it; everybody reads
what came of it. Once on a phone with scripts, once without.
"""

import io
import json
import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser import PHONE
from tests.e2e.conftest import DESKTOP, Watched
from tests.e2e.test_accessibility import GRAVE, axe
from tests.e2e.test_steward import sign_in
from tests.running_portal import Portal

LONG = 30_000
# In Phường Vũng Tàu, one of the demo officer's communes.
LON, LAT = 107.084, 10.346
WORDS = "CANARY-words Hàng rào lưới B40 dựng ra bãi biển, chắn lối đi."
ANSWER, SUMMARY = "Tổ công tác phường đã tháo dỡ hàng rào.", "Hàng rào chắn lối xuống bãi biển."


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    """A photo as a phone writes it: large, turned, with its maker."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "CANARY-maker"
    path = tmp_path / "IMG_0001.jpg"
    Image.effect_noise((3000, 2000), 60).convert("RGB").save(path, quality=90, exif=exif)
    return path


def measured(page: Page) -> None:
    """Nothing wider than the phone, nothing that axe calls serious."""
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], page.url
    page.evaluate(axe())
    assert page.evaluate(GRAVE) == [], page.url


def number_of(page: Page) -> str:
    page.wait_for_url(re.compile(r"\?sent$"))
    number = page.locator("h1").inner_text()
    assert re.fullmatch(r"\d{4} \d{4} \d{4} \d{4}", number)
    return number


def test_from_a_touch_on_the_map_to_the_public_answer(
    phone: Watched, browser: Browser, portal: Portal, snapshot: Path
) -> None:
    page = phone.page
    page.goto(f"/panel/place/?lon={LON}&lat={LAT}")
    page.get_by_role("link", name="Báo sai sót, sự việc").click()
    page.get_by_label("Lấn chiếm đất công").check()
    page.get_by_label("Chuyện thế nào?").fill(WORDS)
    page.get_by_label("Ảnh chụp").set_input_files(snapshot)
    expect(page.locator("#photos-said")).to_contain_text("sau khi thu nhỏ", timeout=LONG)
    sizes = page.evaluate("[...document.getElementById('id_photos').files].map((f) => f.size)")
    assert sizes[0] < snapshot.stat().st_size
    where = page.locator("#report-map")
    where.scroll_into_view_if_needed()
    expect(page.locator("#report-map[data-ready]")).to_be_visible(timeout=LONG)
    box = where.bounding_box()
    assert box
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator("#where-said")).to_contain_text("chỗ bạn chạm")
    lat, lon = map(float, page.get_by_label("Tọa độ").input_value().split(","))
    assert abs(lon - LON) + abs(lat - LAT) < 0.01
    page.get_by_label("Điện thoại").fill("0912 345 678")
    measured(page)
    page.get_by_role("button", name="Gửi phản ánh").click()
    number = number_of(page)
    measured(page)

    officer = sign_in(browser, portal, "officer", DESKTOP, "/steward/reports/")
    row = officer.locator(".run-row", has_text=number)
    expect(row).to_contain_text(WORDS)
    row.get_by_role("link").click()
    officer.get_by_role("button", name="Nhận kiểm tra").click()
    officer.get_by_label("Trả lời người phản ánh").fill(ANSWER)
    officer.get_by_role("button", name="Trả lời và đóng").click()
    officer.get_by_label("Tóm tắt cho mọi người").fill(SUMMARY)
    officer.get_by_label("Kèm câu trả lời").check()
    officer.get_by_label("Kèm ảnh 1").check()
    officer.get_by_role("button", name="Đưa lên trang công khai").click()
    expect(officer.get_by_text("Đã đưa lên trang công khai.")).to_be_visible()
    officer.set_viewport_size(PHONE)  # type: ignore[arg-type]
    measured(officer)
    officer.context.close()

    page.reload()
    expect(page.get_by_text(ANSWER)).to_be_visible()
    page.goto("/reports/")
    expect(page.get_by_text(SUMMARY)).to_be_visible()
    expect(page.locator("#handled-map[data-ready]")).to_be_visible(timeout=LONG)
    measured(page)
    picture = page.request.get(str(page.locator(".report-photos img").get_attribute("src"))).body()
    assert b"CANARY" not in picture
    with Image.open(io.BytesIO(picture)) as shown:
        assert shown.size == (1067, 1600), "upright"
    assert "CANARY" not in page.content()
    points = json.loads(portal.get("/reports/handled.geojson")[2])["features"]
    assert points[0]["geometry"]["coordinates"] != [lon, lat]
    assert (phone.errors, phone.foreign) == ([], set())


def test_the_same_form_without_scripts(browser: Browser, portal: Portal, snapshot: Path) -> None:
    context = browser.new_context(
        base_url=portal.url,
        viewport=PHONE,  # type: ignore[arg-type]
        java_script_enabled=False,
    )
    page = context.new_page()
    page.goto("/reports/new/")
    expect(page.locator("#report-map")).to_be_hidden()
    page.get_by_label("Chuyện thế nào?").fill(WORDS)
    page.get_by_label("Ảnh chụp").set_input_files(
        {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"GIF89a" + bytes(20)}
    )
    page.get_by_label("Chỗ đó ở đâu, nói bằng lời").fill("cuối đường số 5")
    page.get_by_role("button", name="Gửi phản ánh").click()
    expect(page.get_by_text("Chọn một việc trong danh sách.").first).to_be_visible()
    page.get_by_label("Việc khác").check()
    page.get_by_label("Ảnh chụp").set_input_files(
        {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"GIF89a" + bytes(20)}
    )
    page.get_by_role("button", name="Gửi phản ánh").click()
    expect(page.get_by_text("Ảnh thứ 1: ảnh GIF").first).to_be_visible()
    expect(page.get_by_label("Chuyện thế nào?")).to_have_value(WORDS)
    page.get_by_label("Ảnh chụp").set_input_files(snapshot)
    page.get_by_role("button", name="Gửi phản ánh").click()
    number_of(page)
    context.close()
