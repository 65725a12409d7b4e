"""An officer in the field without a network: opens the handbook, finds a parcel by its old number,
walks to a corner, asks which side of the boundary this is.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pyproj import Transformer

from layers.crs import WGS84, by_code
from tests.browser import PHONE
from tests.e2e.officer_phone import LONG, enrol, type_pin
from tests.e2e.test_accessibility import GRAVE, axe
from tests.running_portal import Portal

UNIT, CODE, GRID = "Phường Vũng Tàu", "26506", "EPSG:5899"
TABLET = {"width": 820, "height": 1180}
ITEMS = f"/api/collections/public-land-parcels/items?commune_code={CODE}&limit=1000"
KEPT = """async () => {
  const found = [];
  for (const name of await caches.keys())
    for (const { url } of await (await caches.open(name)).keys()) found.push(new URL(url).pathname);
  return found;
}"""
# Colours on their way from one theme to the other are nobody's contrast.
SETTLED = """() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() =>
  Promise.allSettled(document.getAnimations().map((each) => each.finished)).then(() => done()))))"""
SMALL = """[...document.querySelectorAll('#app :is(a, button, select, input)')]
  .filter((e) => !e.matches('[type=checkbox], [type=radio]'))
  .filter((e) => e.offsetParent && e.getBoundingClientRect().height < 55.5)
  .map((e) => e.textContent || e.className)"""


@pytest.fixture
def context(browser: Browser, portal: Portal) -> Iterator[BrowserContext]:
    """A phone that may know where it is."""
    made = browser.new_context(
        base_url=portal.url,
        viewport=PHONE,  # type: ignore[arg-type]
        locale="vi-VN",
        has_touch=True,
        permissions=["geolocation"],
        reduced_motion="reduce",
    )
    yield made
    made.close()


def parcel_with_an_old_number(portal: Portal) -> dict[str, Any]:
    """Of the unit; large enough to stand in."""
    for item in json.loads(portal.get(ITEMS)[2])["features"]:
        found: dict[str, Any] = item["properties"]
        if (
            found.get("sheet_no_old")
            and found.get("parcel_no_old")
            and found["area_measured"] > 900
        ):
            return found
    pytest.fail("the demo has no such parcel", pytrace=False)


def stand(context: BrowserContext, east: float, north: float, accuracy: float) -> None:
    """Put the phone on a place of the grid."""
    to_degrees = Transformer.from_crs(by_code(GRID).pyproj, WGS84.pyproj, always_xy=True)
    lon, lat = to_degrees.transform(east, north)
    context.set_geolocation({"longitude": lon, "latitude": lat, "accuracy": accuracy})


def sound(page: Page) -> None:
    """Nothing wider than the screen, grave for axe, or too small for a glove."""
    width = page.viewport_size["width"] if page.viewport_size else 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url
    page.evaluate(axe())
    assert page.evaluate(GRAVE) == [], page.url
    assert page.evaluate(SMALL) == [], page.url


def take_the_pack(page: Page) -> None:
    """As soon as the worker has made all of it."""
    card = page.locator(".officer-pack", has=page.get_by_role("heading", name=UNIT))
    expect(card).to_be_visible(timeout=LONG)
    for _ in range(40):
        if not card.get_by_text("Máy chủ đang chuẩn bị").count():
            break
        page.goto("/officer/#/more")
        page.wait_for_timeout(500)
        page.goto("/officer/#/packs")
        expect(card).to_be_visible(timeout=LONG)
    expect(card).to_contain_text(re.compile(r"Bản đồ: \d+ kB"))
    card.get_by_role("button", name=re.compile("Tải về")).click()
    expect(card.get_by_text("Đã là bản mới nhất")).to_be_visible(timeout=LONG)
    expect(card).to_contain_text(re.compile(r"Dữ liệu ngày \d\d/\d\d/\d{4}"))
    sound(page)


def without_a_network(context: BrowserContext, page: Page) -> None:
    """Loaded anew from what is on the phone; nothing of the server's answers is in the cache."""
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    context.set_offline(True)
    page.goto("/officer/")
    page.reload()
    type_pin(page)
    expect(page.locator("body[data-state=ready]")).to_be_attached(timeout=LONG)
    kept = page.evaluate(KEPT)
    assert "/officer/" in kept
    assert not [path for path in kept if path.startswith("/officer/api/")]
    expect(page.locator("#officer-map canvas")).to_be_visible(timeout=LONG)
    sound(page)


def corners(page: Page) -> list[tuple[float, float]]:
    """(X north, Y east) as the sheet's table says them."""
    expect(page.get_by_role("columnheader", name="X – Bắc (m)")).to_be_attached()
    rows = page.locator(".officer-corners tbody tr").all()
    cells = [row.locator("td").all_inner_texts()[:2] for row in rows]
    return [(number(x), number(y)) for x, y in cells]


def number(text: str) -> float:
    return float(text.replace(".", "").replace(",", "."))


def walk(context: BrowserContext, page: Page, x: float, y: float) -> None:
    """To corner 1: far off it is led there, near it nothing is claimed."""
    page.get_by_role("link", name="Tìm góc ranh").click()
    answer = page.locator(".officer-answer")
    stand(context, y, x - 30, 4)
    expect(answer).to_have_attribute("data-state", "go", timeout=LONG)
    expect(answer).to_contain_text("30,0 m")
    expect(answer).to_contain_text("hướng 0° (bắc)")
    expect(page.locator(".officer-arrow")).to_be_visible()
    sound(page)
    stand(context, y + 2, x, 4)
    expect(answer).to_contain_text("Không thể khẳng định", timeout=LONG)
    expect(answer).to_contain_text("GPS ±4,0 m")
    expect(page.locator(".officer-arrow")).not_to_be_visible()


def which_side(context: BrowserContext, page: Page, ring: list[tuple[float, float]]) -> None:
    answer = page.locator(".officer-answer")
    north, east = max(x for x, _y in ring), max(y for _x, y in ring)
    stand(context, east + 40, north + 40, 5)
    expect(answer).to_have_attribute("data-state", "outside", timeout=LONG)
    expect(answer).to_contain_text("NGOÀI thửa")
    stand(context, ring[0][1] + 1, ring[0][0], 5)
    expect(answer).to_have_attribute("data-state", "unknown", timeout=LONG)
    expect(answer).to_contain_text("Không thể khẳng định")
    sound(page)


def test_a_parcel_is_found_and_walked_to_without_a_network(
    context: BrowserContext, portal: Portal
) -> None:
    wanted = parcel_with_an_old_number(portal)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    enrol(page, portal, portal.url)
    take_the_pack(page)
    without_a_network(context, page)

    page.goto("/officer/#/search")
    old = f"tờ {wanted['sheet_no_old']} thửa {wanted['parcel_no_old']}"
    page.get_by_label("Tờ, thửa").fill(old)
    name = f"Thửa {wanted['parcel_no']}, tờ {wanted['sheet_no']}"
    row = page.locator(".officer-row", has_text=re.compile(re.escape(name) + r"(?!\d)"))
    expect(row.first).to_contain_text("số cũ")
    sound(page)
    row.first.click()
    expect(page.locator(".officer-bar h1")).to_have_text(name)
    expect(page.locator(".officer-asof")).to_contain_text("Dữ liệu ngày")
    ring = corners(page)
    assert len(ring) >= 3
    uid = page.url.rsplit("/", 1)[1]
    for size, scheme in ((PHONE, "dark"), (TABLET, "dark"), (TABLET, "light"), (PHONE, "light")):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        page.evaluate(SETTLED)
        sound(page)
    walk(context, page, *ring[0])
    page.goto(f"/officer/#/check/{uid}")
    which_side(context, page, ring)
    page.goto("/officer/#/handbook/codes")
    expect(page.get_by_text("Đất chuyên trồng lúa")).to_be_visible()
    page.goto("/officer/#/goto")
    page.get_by_label("X – Bắc").fill(f"{ring[0][0]:.2f}".replace(".", ","))
    page.get_by_label("Y – Đông").fill(f"{ring[0][1]:.2f}")
    page.get_by_role("button", name="Xem trên bản đồ").click()
    expect(page).to_have_url(re.compile("#/there/107"))
    assert not errors
