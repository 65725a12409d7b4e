"""A citizen has an old paper: sheet and parcel of a commune that was merged since."""

import json
from typing import Any
from urllib.parse import quote

from playwright.sync_api import expect

from tests.e2e.conftest import Watched, open_map
from tests.e2e.test_map_phone import PARCELS
from tests.running_portal import Portal

LONG = 30_000


def renumbered(portal: Portal) -> dict[str, Any]:
    """A parcel of a town merged since, whose number of before differs from today's."""
    asked = quote("old_commune = 'Thị trấn Long Điền' AND sheet_no_old IS NOT NULL")
    path = f"/api/collections/{PARCELS}/items?filter={asked}&limit=50"
    features = json.loads(portal.get(path)[2])["features"]
    return next(
        f for f in features if f["properties"]["sheet_no_old"] != f["properties"]["sheet_no"]
    )


def test_the_old_number_leads_to_the_parcel_of_today(phone: Watched, portal: Portal) -> None:
    feature = renumbered(portal)
    said = feature["properties"]
    old = f"tờ {said['sheet_no_old']} thửa {said['parcel_no_old']}"
    page = phone.page
    open_map(page)
    page.get_by_role("combobox").fill(f"{old} {said['old_commune']}")
    first = page.get_by_role("option").first
    expect(first).to_contain_text(f"Thửa {said['parcel_no']}, tờ {said['sheet_no']}", timeout=LONG)
    expect(first).to_contain_text(f"số cũ: {old} ({said['old_commune']})")
    first.click()
    page.get_by_role("link", name="Trang của thửa").click(timeout=LONG)
    page.wait_for_url(f"**/parcels/{feature['id']}/")
    expect(page.locator("h1")).to_contain_text(f"Thửa {said['parcel_no']}")
    main = page.locator("main")
    expect(main).to_contain_text(said["unit_name"])
    expect(main).to_contain_text(said["old_commune"])
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert (phone.errors, phone.foreign) == ([], set())
