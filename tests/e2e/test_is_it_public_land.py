"""A citizen stands somewhere and asks: is this public land? Yes with the parcel, no with what was
looked at.
"""

from playwright.sync_api import expect

from tests.e2e.conftest import Watched, open_map
from tests.e2e.test_map_phone import PARCELS, parcel
from tests.running_portal import Portal

LONG = 30_000
# On the province's land, in nobody's public parcel.
PRIVATE = "10.4600, 107.2000"


def test_coordinates_from_a_phone_answer_yes_or_no(phone: Watched, portal: Portal) -> None:
    uid, lon, lat = parcel(portal)
    page = phone.page
    open_map(page)
    box = page.get_by_role("combobox")
    box.fill(f"{lat:.6f}, {lon:.6f}")
    page.get_by_role("option").first.click(timeout=LONG)
    panel = page.locator("article.panel")
    expect(panel).to_contain_text("Ở đây có gì?", timeout=LONG)
    here = panel.locator(f'[data-select="{PARCELS}/{uid}"]')
    expect(here).to_contain_text("Thửa đất công")
    here.click()
    panel.get_by_role("link", name="Trang của thửa").click()
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Trên thửa đất này có gì")

    open_map(page)
    page.get_by_role("combobox").fill(PRIVATE)
    page.get_by_role("option").first.click(timeout=LONG)
    expect(panel).to_contain_text("Ở đây có gì?", timeout=LONG)
    expect(panel.locator(f'[data-select^="{PARCELS}/"]')).to_have_count(0)
    looked_at = panel.locator("details", has_text="không có")
    looked_at.locator("summary").click()
    expect(looked_at.get_by_text("Thửa đất công")).to_be_visible()
    assert (phone.errors, phone.foreign) == ([], set())
