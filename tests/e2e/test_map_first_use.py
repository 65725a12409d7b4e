"""What a first-time user met: a held finger, a phone on its side, a place far away, keys."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import Watched, open_map, until, watch
from tests.e2e.test_map_phone import PARCELS, parcel
from tests.running_portal import Portal

pytestmark = pytest.mark.long

ON_ITS_SIDE = {"width": 740, "height": 360}
HANOI = {"longitude": 105.85, "latitude": 21.03, "accuracy": 30}


def test_a_held_finger_presses_nothing_when_it_lets_go(phone: Watched) -> None:
    open_map(phone.page)
    page, wire = phone.page, phone.page.context.new_cdp_session(phone.page)
    before = page.locator('[data-part="system"]').inner_text()
    at = {"x": 90, "y": 290}
    wire.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [at]})
    expect(page.locator("article.panel")).to_contain_text("Ở đây có gì?")
    under = "document.elementFromPoint(90, 290)?.closest('#readout') !== null"
    until(page, under)
    wire.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.evaluate("document.elementFromPoint(90, 290).closest('#readout').click()")
    assert page.locator('[data-part="system"]').inner_text() == before
    assert page.evaluate("localStorage.getItem('portal.grid')") is None


def test_a_phone_on_its_side_keeps_its_map(browser: Browser, portal: Portal) -> None:
    uid, lon, lat = parcel(portal)
    for watched in watch(browser, portal, ON_ITS_SIDE, 2):
        open_map(watched.page, f"/?layers={PARCELS}&at=17/{lat}/{lon}&sel={PARCELS}/{uid}")
        sheet = watched.page.locator("#sheet").bounding_box()
        assert sheet
        assert sheet["width"] <= 340
        lost = watched.page.evaluate(
            """[...document.querySelectorAll(`.map-tools button, #islands, .tab, #readout,
            .search-field button:not([hidden]), .map-brand .language button`)].filter((b) => {
              const r = b.getBoundingClientRect();
              const top = document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2);
              return !b.contains(top);
            }).map((b) => b.id || b.className || b.textContent)"""
        )
        assert lost == []


def test_far_from_the_province_there_is_a_way_back(phone: Watched) -> None:
    phone.page.context.grant_permissions(["geolocation"])
    phone.page.context.set_geolocation(HANOI)  # type: ignore[arg-type]
    open_map(phone.page)
    phone.page.locator("#locate").click()
    expect(phone.page.locator("#outside")).to_contain_text("Bạn đang ở ngoài phạm vi bản đồ")
    phone.page.get_by_role("button", name="Về bản đồ tỉnh").click()
    expect(phone.page.locator("#outside")).to_be_hidden()


def test_a_commune_by_keyboard_opens_its_panel_and_escape_closes_it(desktop: Watched) -> None:
    open_map(desktop.page)
    desktop.page.get_by_role("combobox").fill("vung tau")
    expect(desktop.page.get_by_role("option").first).to_be_visible()
    desktop.page.keyboard.press("Enter")
    expect(desktop.page.locator("#tab-here")).to_have_attribute("aria-selected", "true")
    heading = desktop.page.locator("article.panel h2")
    expect(heading).to_contain_text("Vũng Tàu")
    expect(heading).to_be_focused()
    expect(desktop.page.locator("article.panel")).to_contain_text("Tên cũ")
    assert "sel=administrative-units/" in desktop.page.url
    desktop.page.keyboard.press("Escape")
    expect(desktop.page.locator("article.panel")).to_have_count(0)


@pytest.mark.parametrize("slug", ["telecom-stations", "public-wifi"])
def test_maps_of_one_layer_never_open_below_its_first_zoom(desktop: Watched, slug: str) -> None:
    tile = re.compile(rf"/tiles/{slug}/.*\.mvt")
    for address in (f"/layers/{slug}/embed/", f"/layers/{slug}/"):
        # 204 is an empty tile.
        with desktop.page.expect_response(lambda r: bool(tile.search(r.url)) and r.status == 200):
            desktop.page.goto(address)
    assert desktop.errors == []
