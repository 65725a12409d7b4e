"""Every kind of page in both languages, measured by axe: nothing serious, nothing critical."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser import PHONE
from tests.e2e.conftest import Watched, open_map
from tests.e2e.test_map_phone import PARCELS, parcel
from tests.e2e.test_steward import sign_in
from tests.running_portal import ROOT, Portal

AXE = ROOT / "gis_portal" / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
GRAVE = """async () => (await axe.run(document, {resultTypes: ['violations'],
    rules: {'label-content-name-mismatch': {enabled: true}}})).violations
  .filter((v) => ['serious', 'critical'].includes(v.impact))
  .map((v) => [v.id, v.nodes.map((n) => n.html.slice(0, 160))])"""


def axe(path: Path = AXE) -> str:
    """The measuring script, from the front end's own packages."""
    if not path.exists():
        pytest.skip("NO AXE: the front end's packages are not installed, run `make build`")
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize(
    "page", ["/", "/layers/", f"/layers/{PARCELS}/", "panel", "parcel", "/no-such-page"]
)
def test_pages_have_no_grave_barriers(
    phone: Watched, portal: Portal, page: str, language: str
) -> None:
    made = {"panel": f"/panel/{PARCELS}/", "parcel": "/parcels/"}
    address = f"{made[page]}{parcel(portal)[0]}/" if page in made else page
    phone.page.context.add_cookies(
        [{"name": "django_language", "value": language, "url": portal.url}]
    )
    if page == "/":
        open_map(phone.page)
    else:
        phone.page.goto(address)
    phone.page.evaluate(axe())
    assert phone.page.locator("html").get_attribute("lang") == language
    assert phone.page.evaluate(GRAVE) == []


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_steward_s_pages_have_no_grave_barriers(
    browser: Browser, portal: Portal, language: str
) -> None:
    page = sign_in(browser, portal, "steward", PHONE)
    page.context.add_cookies([{"name": "django_language", "value": language, "url": portal.url}])
    page.goto("/steward/")
    imported = page.locator(".run-name").first.get_attribute("href")
    assert imported
    pages = ("/steward/", "/steward/upload/", "/steward/keys/", f"/steward/layers/{PARCELS}/")
    for address in (*pages, imported, f"{imported}issues/"):
        page.goto(address)
        page.evaluate(axe())
        assert page.locator("html").get_attribute("lang") == language
        assert page.evaluate(GRAVE) == [], address
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], address
    page.context.close()
