"""Far zooms: what is summed looks, reads and answers as a sum; one touch leads to the parcels."""

import json

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Watched, open_map, until
from tests.e2e.test_map_phone import PARCELS, parcel, touch_the_centre
from tests.running_portal import Portal

pytestmark = pytest.mark.long

STATIONS = "telecom-stations"


def zoom_of(page: Page) -> str:
    """The zoom in the address: `at=14/…`."""
    return page.url.partition("at=")[2].partition("/")[0]


def open_legend(page: Page, slug: str) -> None:
    page.locator(".sheet-size").click() if page.locator(".sheet-size").is_visible() else None
    page.locator("#tab-layers").click()
    page.locator(f'details[data-legend="{slug}"] summary').click()


def test_touching_a_cell_tells_a_sum_and_leads_to_the_parcels(
    phone: Watched, portal: Portal
) -> None:
    _uid, lon, lat = parcel(portal)
    page = phone.page
    open_map(page, f"/?layers={PARCELS}&at=8/{lat}/{lon}")
    page.wait_for_load_state("networkidle")
    touch_the_centre(page)
    panel = page.locator("article.cells-panel")
    expect(panel).to_contain_text("Số liệu gộp, không phải của một thửa")
    expect(panel).to_contain_text("Số thửa gộp lại")
    expect(panel).to_contain_text("Diện tích gộp lại")
    expect(panel.locator(".legend [data-class]").first).to_be_visible()
    assert "sel=" not in page.url
    panel.get_by_role("button", name="Phóng to để thấy từng thửa").click()
    until(page, "/at=14\\//.test(location.href)")
    expect(page.locator("#detail")).to_be_hidden()
    assert phone.errors == []


def test_escape_puts_the_sum_away(desktop: Watched, portal: Portal) -> None:
    _uid, lon, lat = parcel(portal)
    page = desktop.page
    open_map(page, f"/?layers={PARCELS}&at=8/{lat}/{lon}")
    page.wait_for_load_state("networkidle")
    box = page.locator("#map").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator("article.cells-panel")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("article.cells-panel")).to_have_count(0)


def test_by_keyboard_the_middle_of_the_map_is_touched(desktop: Watched, portal: Portal) -> None:
    _uid, lon, lat = parcel(portal)
    page = desktop.page
    open_map(page, f"/?layers={PARCELS}&at=8/{lat}/{lon}")
    page.wait_for_load_state("networkidle")
    page.locator(".maplibregl-canvas").focus()
    page.keyboard.press("Enter")
    expect(page.locator("article.cells-panel h2")).to_be_focused()


def test_the_legend_changes_its_words_at_the_working_zoom(phone: Watched, portal: Portal) -> None:
    _uid, lon, lat = parcel(portal)
    page = phone.page
    open_map(page, f"/?layers={PARCELS}&at=13.5/{lat}/{lon}")
    expect(page.locator("#detail")).to_contain_text("Ô gộp các thửa nhỏ")
    open_legend(page, PARCELS)
    legend = page.locator(f'details[data-legend="{PARCELS}"]')
    expect(legend).to_contain_text("mỗi ô gộp nhiều thửa nhỏ")
    expect(legend.locator(".detail-near")).to_be_hidden()
    open_map(page, f"/?layers={PARCELS}&at=14/{lat}/{lon}")
    expect(page.locator("#detail")).to_be_hidden()
    open_legend(page, PARCELS)
    expect(legend.locator(".detail-near")).to_contain_text("từng thửa được vẽ riêng")
    expect(legend.locator(".detail-far")).to_be_hidden()


def test_the_button_on_the_map_leads_to_the_working_zoom(desktop: Watched, portal: Portal) -> None:
    _uid, lon, lat = parcel(portal)
    page = desktop.page
    open_map(page, f"/?layers={PARCELS}&at=10/{lat}/{lon}&lang=en")
    button = page.get_by_role("button", name="Zoom in to see the parcels one by one")
    button.focus()
    page.keyboard.press("Enter")
    until(page, "/at=14\\//.test(location.href)")
    expect(button).to_be_hidden()


def test_the_button_leads_to_what_was_summed_not_straight_ahead(
    phone: Watched, portal: Portal
) -> None:
    _uid, lon, lat = parcel(portal)
    page = phone.page
    open_map(page, f"/?layers={PARCELS}&at=10/{lat + 0.1}/{lon - 0.1}")
    page.wait_for_load_state("networkidle")
    page.locator("#detail").click()
    until(page, "/at=14\\//.test(location.href)")
    # Where the map stood there is nothing within a screen.
    assert f"/{lat + 0.1:.3f}" not in page.url


def test_a_circle_says_how_many_stations(desktop: Watched, portal: Portal) -> None:
    status, _headers, body = portal.get(f"/api/collections/{STATIONS}/items?limit=1")
    assert status == 200
    lon, lat = json.loads(body)["features"][0]["geometry"]["coordinates"][:2]
    page = desktop.page
    open_map(page, f"/?layers={STATIONS}&at=8/{lat}/{lon}")
    page.wait_for_load_state("networkidle")
    box = page.locator("#map").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    panel = page.locator("article.cells-panel")
    expect(panel).to_contain_text("trạm gộp lại ở đây")
    expect(panel).not_to_contain_text("Diện tích gộp lại")


def test_without_scripts_both_states_are_in_words(portal: Portal) -> None:
    for address in ("/", f"/layers/{PARCELS}/"):
        _status, _headers, body = portal.get(address)
        text = body.decode()
        assert "mỗi ô gộp nhiều thửa nhỏ" in text
        assert "từng thửa được vẽ riêng" in text


def test_an_embedded_map_tells_sums_too(desktop: Watched) -> None:
    page = desktop.page
    page.goto(f"/layers/{STATIONS}/embed/")
    page.wait_for_load_state("networkidle")
    note = page.get_by_role("button", name="Số: nhiều trạm. Phóng to để thấy từng trạm")
    expect(note).to_be_visible()
    box = page.locator(".folium-map").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    popup = page.locator(".leaflet-popup-content")
    expect(popup).to_contain_text("trạm gộp lại ở đây")
    popup.get_by_role("button", name="Phóng to để thấy từng trạm").click()
    expect(note).to_be_hidden()
    assert desktop.errors == []
