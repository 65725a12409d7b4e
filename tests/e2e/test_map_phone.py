"""A citizen with a cheap phone: opens the map, touches a parcel, searches, shares, goes back."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Watched, open_map, until
from tests.running_portal import Portal

MEGABYTE = 1_000_000
PARCELS = "public-land-parcels"


def parcel(portal: Portal) -> tuple[str, float, float]:
    """(uid, lon, lat) of a parcel, in the middle of its box."""
    status, _headers, body = portal.get(f"/api/collections/{PARCELS}/items?limit=1")
    assert status == 200
    feature = json.loads(body)["features"][0]
    numbers = [float(n) for n in re.findall(r"-?\d+\.\d+", json.dumps(feature["geometry"]))]
    lons, lats = numbers[0::2], numbers[1::2]
    return feature["id"], (min(lons) + max(lons)) / 2, (min(lats) + max(lats)) / 2


def touch_the_centre(page: Page) -> None:
    """The crosshair marks the middle of what the folded sheet leaves free."""
    box = page.locator(".cross").bounding_box()
    assert box
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def test_first_view_is_light_quiet_and_asks_nobody_else(phone: Watched) -> None:
    open_map(phone.page)
    phone.page.wait_for_load_state("networkidle")
    assert phone.errors == []
    assert phone.foreign == set()
    assert phone.bytes <= MEGABYTE, f"{phone.bytes:,} bytes over the wire"


def test_the_home_view_is_a_still_picture_until_somebody_wants_the_map(phone: Watched) -> None:
    page = phone.page
    page.goto("/")
    still = page.locator("#map-open img")
    expect(still).to_be_visible()
    assert still.evaluate("(image) => image.naturalWidth") > 0
    assert page.locator("canvas").count() == 0
    # A button on the map is pressed once the map is there.
    page.locator("#zoom-in").tap()
    page.wait_for_selector('body[data-map="ready"]', timeout=30_000)
    until(page, "location.search.startsWith('?at=10.4/')")
    expect(still).to_be_hidden()
    assert phone.errors == []


def test_nothing_is_wider_than_the_phone(phone: Watched) -> None:
    for address in ("/", "/layers/", f"/layers/{PARCELS}/", "/design/"):
        phone.page.goto(address)
        width = phone.page.evaluate("document.documentElement.scrollWidth")
        assert width <= 360, (address, width)


def test_buttons_on_the_map_are_large_enough_for_a_thumb(phone: Watched) -> None:
    open_map(phone.page)
    small = phone.page.evaluate(
        """[...document.querySelectorAll('.map-tools button, .tab, .search-field button, #readout')]
        .map((b) => [b.id || b.ariaLabel || b.textContent, b.getBoundingClientRect()])
        .filter(([, r]) => r.width && (r.width < 44 || r.height < 44)).map(([name]) => name)"""
    )
    assert small == []


def test_touching_a_parcel_shows_its_panel_and_back_closes_it(
    phone: Watched, portal: Portal
) -> None:
    _uid, lon, lat = parcel(portal)
    open_map(phone.page, f"/?layers={PARCELS}&at=17/{lat}/{lon}")
    touch_the_centre(phone.page)
    panel = phone.page.locator("article.panel")
    expect(panel).to_contain_text("X (Bắc)")
    expect(panel).to_contain_text("Bản tham khảo")
    expect(panel).to_contain_text("Dữ liệu minh họa")
    expect(phone.page.locator("body")).to_have_attribute("data-sheet", "half")
    assert f"sel={PARCELS}/" in phone.page.url
    phone.page.go_back()
    expect(panel).to_have_count(0)
    assert "sel=" not in phone.page.url
    assert phone.errors == []


def test_a_permalink_opens_the_same_feature(phone: Watched, portal: Portal) -> None:
    uid, lon, lat = parcel(portal)
    open_map(phone.page, f"/?layers={PARCELS}&at=17/{lat}/{lon}&sel={PARCELS}/{uid}")
    expect(phone.page.locator("article.panel")).to_have_attribute("data-uid", uid)
    expect(phone.page.locator("#tab-here")).to_have_attribute("aria-selected", "true")


def test_a_long_touch_asks_what_is_here(phone: Watched, portal: Portal) -> None:
    _uid, lon, lat = parcel(portal)
    open_map(phone.page, f"/?layers={PARCELS}&at=17/{lat}/{lon}")
    box = phone.page.locator(".cross").bounding_box()
    assert box
    phone.page.mouse.click(box["x"] + 12, box["y"] + 12, button="right")
    panel = phone.page.locator("article.panel")
    expect(panel).to_contain_text("Ở đây có gì?")
    expect(panel).to_contain_text("VN-2000 107°45′")
    expect(panel).to_contain_text("WGS 84")


def test_searching_coordinates_by_keyboard_drops_a_marker(phone: Watched) -> None:
    open_map(phone.page)
    box = phone.page.get_by_role("combobox")
    box.fill("10.346, 107.0843")
    expect(phone.page.get_by_role("option").first).to_be_visible()
    box.press("ArrowDown")
    expect(box).to_have_attribute("aria-activedescendant", "result-0")
    box.press("Enter")
    expect(phone.page.locator(".map-marker")).to_be_visible()
    expect(phone.page.locator("article.panel")).to_contain_text("Ở đây có gì?")


@pytest.mark.long
def test_searching_a_layer_drops_no_marker(phone: Watched) -> None:
    """The middle of its box is a place of nothing, often the open sea."""
    open_map(phone.page)
    box = phone.page.get_by_role("combobox")
    box.fill("đấu giá")
    expect(phone.page.get_by_role("option").first).to_be_visible()
    box.press("Enter")
    until(phone.page, "location.search.includes('layers=')")
    expect(phone.page.locator(".map-marker")).to_have_count(0)


def test_searching_a_commune_without_accents(phone: Watched) -> None:
    open_map(phone.page)
    phone.page.get_by_role("combobox").fill("vung tau")
    expect(phone.page.get_by_role("option", name="Vũng Tàu").first).to_be_visible()
    phone.page.keyboard.press("Escape")
    expect(phone.page.get_by_role("listbox")).to_be_hidden()


def test_switching_a_layer_is_kept_in_the_address(phone: Watched) -> None:
    open_map(phone.page)
    phone.page.locator("#tab-layers").click()
    phone.page.locator('input[data-layer="tourism-points"]').check()
    expect(phone.page).to_have_url(re.compile("layers=.*tourism-points"))
    phone.page.reload()
    expect(phone.page.locator('input[data-layer="tourism-points"]')).to_be_checked()


@pytest.mark.long
def test_the_sheet_moves_by_keyboard(phone: Watched) -> None:
    open_map(phone.page)
    handle, body = phone.page.locator(".sheet-handle"), phone.page.locator("body")
    handle.focus()
    for key, height in (
        ("ArrowUp", "half"),
        ("ArrowUp", "full"),
        ("ArrowDown", "half"),
        ("End", "peek"),
        ("Home", "full"),
    ):
        handle.press(key)
        expect(body).to_have_attribute("data-sheet", height)


@pytest.mark.long
def test_coordinates_change_their_system(phone: Watched) -> None:
    open_map(phone.page)
    readout = phone.page.locator("#readout")
    for system in ("VN-2000 107°45′", "VN-2000 105°45′", "WGS 84", "VN-2000 107°45′"):
        expect(readout).to_contain_text(system)
        readout.click()


def test_english_by_switch(phone: Watched) -> None:
    open_map(phone.page, "/?at=11/10.45/107.2")
    phone.page.locator("#tab-about").click()
    phone.page.get_by_role("button", name="Switch to English").last.click()
    expect(phone.page.locator("#tab-layers")).to_have_text("Layers")
    assert "at=11/10.45/107.2" in phone.page.url


@pytest.mark.long
def test_lost_network_is_said_in_plain_words(phone: Watched) -> None:
    open_map(phone.page)
    phone.page.context.set_offline(True)
    expect(phone.page.locator("#offline")).to_be_visible()
    phone.page.context.set_offline(False)
    expect(phone.page.locator("#offline")).to_be_hidden()


@pytest.mark.long
def test_a_refused_position_is_explained(phone: Watched) -> None:
    open_map(phone.page)
    phone.page.locator("#locate").click()
    expect(phone.page.locator("#toast")).to_contain_text("vị trí", ignore_case=True)


@pytest.mark.long
def test_islands_are_one_touch_away(phone: Watched) -> None:
    open_map(phone.page)
    phone.page.get_by_role("button", name="Hoàng Sa").click()
    expect(phone.page.locator("body")).to_have_attribute("data-islands", "seen", timeout=15_000)


def test_a_retired_version_is_noticed(phone: Watched) -> None:
    """Old tile addresses answer 404 version-retired: the map reads the TileJSON and moves on."""
    asked: list[str] = []
    page = phone.page

    def style(route) -> None:  # type: ignore[no-untyped-def]  # Playwright's Route
        text = route.fetch().text()
        route.fulfill(
            body=re.sub(rf"/tiles/{PARCELS}/\d+/", f"/tiles/{PARCELS}/999999/", text),
            content_type="application/json",
        )

    page.route("**/style.json*", style)
    page.on("request", lambda r: asked.append(r.url) if "/tiles/" in r.url else None)
    open_map(page)
    expect(page.locator("#toast")).to_contain_text("vừa có dữ liệu mới", timeout=20_000)
    assert any(f"/tiles/{PARCELS}/tilejson.json" in url for url in asked)
