"""A planner puts layers together, groups and fades them, measures, saves, shares and prints; who
has the link prints it, too. On a phone and on a desk.
"""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser import PHONE
from tests.e2e.conftest import DESKTOP
from tests.e2e.test_accessibility import GRAVE, axe
from tests.e2e.test_steward import sign_in
from tests.gis_portal.parcels.extract.reading import opened, squeezed
from tests.running_portal import Portal

LONG = 60_000


def row(page: Page, title: str) -> Locator:
    """The entry of a layer in the list."""
    return page.locator(".workbench-entry", has=page.locator("summary", has_text=title))


def order(page: Page) -> list[str]:
    return page.locator(".workbench-entry summary").all_inner_texts()


def touch(page: Page, *places: tuple[float, float]) -> None:
    """Shares of the map's width and height."""
    box = page.locator("#workbench-maps").bounding_box()
    assert box is not None
    for across, down in places:
        page.mouse.click(box["x"] + box["width"] * across, box["y"] + box["height"] * down)
        page.wait_for_timeout(350)


def bounds(page: Page) -> list[float]:
    """What would be printed: the form's own place, filled in when it is sent."""
    page.evaluate(
        "document.getElementById('workbench-print').addEventListener("
        "'submit', (event) => event.preventDefault(), { once: true })"
    )
    page.get_by_role("button", name="Mở bản in PDF").click()
    return [float(edge) for edge in page.locator('input[name="box"]').input_value().split(",")]


@pytest.mark.long
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_a_map_is_put_together_shared_and_printed(
    browser: Browser, portal: Portal, size: dict[str, int]
) -> None:
    page = sign_in(browser, portal, "planner", size, "/planner/")
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto("/planner/map/")
    page.wait_for_selector("#workbench-map[data-ready]", timeout=LONG)
    west, south, east, north = bounds(page)
    # Vũng Tàu, Bình Châu and Bàu Lâm are on it; Côn Đảo, at 8.7°, does not push it.
    assert west < 107.07 < 107.55 < east
    assert 9.5 < south < 10.34 < 10.75 < north
    add = page.get_by_label("Thêm lớp")
    for slug in ("road-centrelines", "telecom-stations", "public-land-parcels"):
        add.select_option(slug)
    for title in ("Tim đường", "Trạm thu phát sóng"):
        row(page, title).get_by_label("Nhóm").fill("Hạ tầng")
        row(page, title).get_by_label("Nhóm").blur()
    assert order(page) == ["Thửa đất công", "Tim đường", "Trạm thu phát sóng di động"]
    parcels = row(page, "Thửa đất công")
    parcels.get_by_role("button", name="Xuống dưới").click()
    # The group is not parted.
    assert order(page) == ["Tim đường", "Trạm thu phát sóng di động", "Thửa đất công"]
    expect(page.locator(".workbench-group")).to_have_count(1)
    parcels.get_by_label("Tô màu theo").select_option("land_use_current")
    expect(parcels.locator(".workbench-legend")).to_contain_text("ODT – Đất ở tại đô thị")
    parcels.get_by_label("Độ đậm").fill("40")
    expect(parcels.locator(".workbench-swatch > span").first).to_have_css("opacity", "0.34")
    page.get_by_role("button", name="Đo dài, đo diện tích").click()
    touch(page, (0.3, 0.3), (0.6, 0.3), (0.6, 0.6))
    expect(page.locator("#workbench-measured")).to_contain_text(re.compile(r"Chu vi .+ ha"))
    page.get_by_role("button", name="Bỏ điểm cuối").click()
    expect(page.locator("#workbench-measured")).to_contain_text("Dài")
    page.get_by_role("button", name="Xóa hết").click()
    add.select_option("land-use-plan")
    # What lies on top goes right.
    page.get_by_text("Kéo so sánh", exact=True).click()
    expect(page.locator("#workbench-hint")).to_contain_text("đã sang bên phải")
    page.get_by_label("Tên bản đồ").fill("Hạ tầng và quy hoạch")
    page.get_by_label("Ai được xem").select_option("link")
    expect(page.locator("#map-saved")).to_contain_text("Có thay đổi chưa lưu.")
    page.get_by_role("button", name="Lưu bản đồ").click()
    expect(page.locator("#map-saved")).to_contain_text("Đã lưu bản đồ.")
    link = page.locator("#map-link").inner_text()
    page.evaluate(axe())
    assert not page.evaluate(GRAVE)
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]

    _opened_and_printed(browser, page, size, link, errors)
    assert not errors
    page.context.close()


def _opened_and_printed(
    browser: Browser, page: Page, size: dict[str, int], link: str, errors: list[str]
) -> None:
    """By whoever has the link, and by the planner."""
    citizen = browser.new_context(viewport=size, locale="vi-VN").new_page()  # type: ignore[arg-type]
    citizen.on("pageerror", lambda error: errors.append(str(error)))
    citizen.goto(link)
    citizen.wait_for_selector("#workbench-map[data-ready]", timeout=LONG)
    expect(citizen.get_by_role("button", name="Lưu")).to_have_count(0)
    place = ",".join(map(str, bounds(citizen)))
    for reader, paper in ((citizen, "a4"), (page, "a3")):
        answer = reader.request.get(f"{link}map.pdf?paper={paper}&box={place}", timeout=LONG)
        left, right = (squeezed(sheet.extract_text()) for sheet in opened(answer.body()).pages)
        assert "Hạtầngvàquyhoạch·1/2,bêntrái" in left
        for words in ("Quốclộ", "Viettel", "ODT–Đấtởtạiđôthị", "Nguồndữliệu", "Tỷlệ1:"):
            assert words in left, words
        assert "Quyhoạchsửdụngđất" in right
    citizen.context.close()
