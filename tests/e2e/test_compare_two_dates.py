"""A citizen wants to see what a new version of a layer changed: counts, lists, and a slider."""

import json

from playwright.sync_api import expect

from tests.e2e.conftest import Watched
from tests.e2e.test_accessibility import GRAVE, axe
from tests.running_portal import Portal, manage

LAYER, LONG = "industrial-clusters", 30_000
CHANGED, GONE, ADDED = "KCN Cái Mép", "CCN Bình Châu", "KCN Mới (minh họa)"


def publish_newer(portal: Portal) -> None:
    """The demo's own file with one park moved and fuller, one gone and one more, imported as an
    office does.
    """
    file = portal.local / "demo" / "khu-cum-cong-nghiep.geojson"
    data = json.loads(file.read_text(encoding="utf-8"))
    rows = {row["properties"]["ten"]: row for row in data["features"]}
    data["features"].remove(rows[GONE])
    rows[CHANGED]["properties"]["tyLeLapDay"] = 99.5
    for position in rows[CHANGED]["geometry"]["coordinates"][0]:
        position[0] += 0.002
    new = json.loads(json.dumps(rows["KCN Đá Bạc"]))
    new["properties"] |= {"ten": ADDED, "maKCN": "KCN-99"}
    for position in new["geometry"]["coordinates"][0]:
        position[1] += 0.05
    data["features"].append(new)
    newer = portal.local / "newer.geojson"
    newer.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    words = ("import_layer", str(newer), "--layer", LAYER, "--publish", "--illustrative")
    manage(portal.environment, *words, "--data-date", "2026-10-31")


def test_what_the_new_version_changed(phone: Watched, portal: Portal) -> None:
    publish_newer(portal)
    page = phone.page
    page.goto(f"/layers/{LAYER}/")
    page.get_by_role("link", name="so với bản trước").first.click()
    counts = page.locator(".compare-counts")
    for words in ("1 thêm mới", "1 thay đổi", "1 không còn"):
        expect(counts).to_contain_text(words)
    for words in (f"{CHANGED} · đổi hình", "→ 99,5 %", ADDED, GONE):
        expect(page.locator("main")).to_contain_text(words)
    box = page.locator("#compare-map")
    box.scroll_into_view_if_needed()
    expect(page.locator("#compare-map[data-ready]")).to_be_visible(timeout=LONG)
    expect(page.locator("#swipe-left")).to_contain_text("30/06/2026")
    expect(page.locator("#swipe-right")).to_contain_text("31/10/2026")
    expect(page.locator("#compare-note")).to_be_empty()
    slider = page.locator("#swipe-input")
    slider.focus()
    page.keyboard.press("Home")
    expect(slider).to_have_attribute(
        "aria-valuetext", "Bên trái 30/06/2026, bên phải 31/10/2026, vạch ở 0 %"
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.evaluate(axe())
    assert page.evaluate(GRAVE) == []
    page.get_by_role("link", name=ADDED).click()
    expect(page.locator("main")).to_contain_text(ADDED)
    assert (phone.errors, phone.foreign) == ([], set())
