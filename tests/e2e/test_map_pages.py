"""The side panel of wide screens, pages without scripts, and the embedded map of a layer."""

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import Watched
from tests.running_portal import Portal


def test_wide_screens_have_a_side_panel(desktop: Watched) -> None:
    desktop.page.goto("/")
    desktop.page.wait_for_selector('body[data-map="ready"]', timeout=30_000)
    sheet = desktop.page.locator("#sheet").bounding_box()
    assert sheet
    assert sheet["x"] == 0
    assert sheet["width"] < 480
    assert sheet["height"] > 600
    expect(desktop.page.locator(".sheet-handle")).to_be_hidden()
    assert desktop.errors == []
    assert desktop.foreign == set()


def test_the_pointer_shows_its_coordinates(desktop: Watched) -> None:
    desktop.page.goto("/")
    desktop.page.wait_for_selector('body[data-map="ready"]', timeout=30_000)
    desktop.page.mouse.move(800, 300)
    expect(desktop.page.locator("#readout")).to_contain_text("tại con trỏ")


def test_without_javascript_there_are_lists(browser: Browser, portal: Portal) -> None:
    context = browser.new_context(
        base_url=portal.url, java_script_enabled=False, viewport={"width": 360, "height": 740}
    )
    page = context.new_page()
    page.goto("/")
    expect(page.locator(".map-noscript")).to_be_visible()
    expect(page.get_by_text("Thửa đất công").first).to_be_visible()
    page.goto("/?q=vung+tau")
    expect(page.get_by_role("link", name="Vũng Tàu").first).to_be_visible()
    context.close()


@pytest.mark.parametrize("slug", ["public-land-parcels", "tourism-points", "road-centrelines"])
def test_embedded_map_draws_the_layer_and_asks_nobody_else(desktop: Watched, slug: str) -> None:
    desktop.page.goto(f"/layers/{slug}/embed/")
    desktop.page.wait_for_selector("canvas.leaflet-tile", state="attached")
    desktop.page.wait_for_load_state("networkidle")
    drawn = desktop.page.evaluate(
        """[...document.querySelectorAll('canvas')].some((c) => c.getContext('2d')
        .getImageData(0, 0, c.width, c.height).data.some((value) => value))"""
    )
    assert drawn
    inset = desktop.page.get_by_role("button", name="Quần đảo Hoàng Sa (Việt Nam)")
    expect(inset).to_be_visible()
    expect(inset).to_contain_text("Quần đảo Trường Sa (Việt Nam)")
    assert desktop.errors == []
    assert desktop.foreign == set()


def test_small_map_of_a_layer_page(desktop: Watched) -> None:
    desktop.page.goto("/layers/public-land-parcels/")
    desktop.page.wait_for_selector("#small-map[data-ready]", timeout=30_000)
    assert desktop.errors == []
    assert desktop.foreign == set()
