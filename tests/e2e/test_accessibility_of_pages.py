"""The citizen's pages, all of them: axe in both languages, light and dark; as narrow as 320 px; by
keyboard; with motion at rest; printed from a dark screen; and no colour alone.
"""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.conftest import DESKTOP, Watched, until
from tests.e2e.test_accessibility import GRAVE, axe
from tests.e2e.test_map_phone import PARCELS, parcel
from tests.running_portal import Portal

NARROW = {"width": 320, "height": 640}
CONTRAST = """async () => (await axe.run(document, {runOnly: ['color-contrast']})).violations
  .flatMap((v) => v.nodes.map((n) => n.html.slice(0, 160)))"""
# What stands beside a colour that means something: words, in the same line.
COLOUR_ALONE = """[...document.querySelectorAll(
    '.stage, .badge, .colour-chip, .legend li, .figures-ramp li, .steps > li, .use, .answer')]
  .filter((found) => found.checkVisibility() && !found.textContent.trim())
  .map((found) => found.outerHTML.slice(0, 160))"""
MOVING = """[...document.querySelectorAll('*')].filter((found) => {
    const style = getComputedStyle(found);
    return [style.transitionDuration, style.animationDuration].some((spans) =>
      spans.split(',').some((span) => parseFloat(span) * (span.endsWith('ms') ? 1 : 1000) > 10));
  }).map((found) => found.outerHTML.slice(0, 160))"""
# Of what has the focus: whether it can be seen, and where it stands in the page.
FOCUSED = """(() => {
    const found = document.activeElement, style = getComputedStyle(found);
    const box = found.getBoundingClientRect();
    return {
      seen: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
      within: box.bottom > 0 && box.top < innerHeight && box.width > 0,
      place: [...document.querySelectorAll('*')].indexOf(found),
      html: found.outerHTML.slice(0, 160),
    };
  })()"""
# On paper: nothing to press, no box of a map, nothing left folded.
LEFT_ON_PAPER = """[
    ...[...document.querySelectorAll('button, .button, canvas, .small-map, .map-canvas')]
      .filter((found) => found.checkVisibility()),
    ...[...document.querySelectorAll('.page details > :not(summary, form)')]
      .filter((found) => !found.checkVisibility()),
  ].map((found) => found.outerHTML.slice(0, 160))"""


def lot(portal: Portal) -> str:
    """The page of a lot, the first of the list."""
    found = json.loads(portal.get("/auctions/lots.geojson")[2])["features"][0]["properties"]
    return str(found["page"]).removeprefix(portal.url)


def pages(portal: Portal) -> list[str]:
    """One of each kind that a citizen comes to; map, layer and panel are in the neighbour file."""
    own, uid = lot(portal), parcel(portal)[0]
    return [
        "/auctions/",
        own,
        f"/parcels/{uid}/",
        "/figures/",
        "/figures/public-land-status/",
        f"/follow/new/?lot={own.strip('/').rpartition('/')[2]}",
        "/follow/new/",
        "/reports/",
        f"/reports/new/?layer={PARCELS}&uid={uid}",
        "/layers/tourism-points/places/",
        "/layers/telecom-stations/coverage/",
        f"/layers/{PARCELS}/exports/",
        f"/layers/{PARCELS}/compare/",
        f"/panel/place/?lon={107.084}&lat={10.346}",
    ]


@pytest.fixture
def narrow(browser: Browser, portal: Portal) -> Iterator[Page]:
    """The narrowest phone, motion at rest."""
    context = browser.new_context(
        base_url=portal.url,
        viewport=NARROW,  # type: ignore[arg-type]
        reduced_motion="reduce",
    )
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_page_has_a_grave_barrier(narrow: Page, portal: Portal, language: str) -> None:
    narrow.context.add_cookies([{"name": "django_language", "value": language, "url": portal.url}])
    # Words do not change with the theme, nor colours with the language.
    narrow.emulate_media(color_scheme="light" if language == "vi" else "dark")
    script = axe()
    for address in pages(portal):
        narrow.goto(address)
        assert narrow.locator("html").get_attribute("lang") == language
        narrow.evaluate(script)
        assert narrow.evaluate(GRAVE) == [], address
        assert narrow.evaluate("document.documentElement.scrollWidth") <= NARROW["width"], address
        assert narrow.evaluate(COLOUR_ALONE) == [], address
        assert narrow.evaluate(MOVING) == [], address


def test_the_keyboard_goes_through_a_page_in_order(desktop: Watched, portal: Portal) -> None:
    page = desktop.page
    for address in (lot(portal), "/follow/new/", "/reports/new/"):
        page.goto(address)
        assert page.locator("[tabindex]:not([tabindex='0']):not([tabindex='-1'])").count() == 0
        places = []
        for turn in range(12):
            page.keyboard.press("Tab")
            found = page.evaluate(FOCUSED)
            assert found["seen"], (address, found)
            assert found["within"] or turn == 0, (address, found)
            places.append(found["place"])
        assert places == sorted(places), address
        page.goto(address)
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        until(page, "location.hash === '#content'")


@pytest.mark.long
def test_paper_is_white_and_holds_no_map(desktop: Watched, portal: Portal) -> None:
    page, script = desktop.page, axe()
    uid = parcel(portal)[0]
    for address in (f"/parcels/{uid}/", lot(portal), "/figures/", "/reports/", "/auctions/", "/"):
        page.emulate_media(media="screen", color_scheme="dark")
        page.goto(address)
        page.emulate_media(media="print", color_scheme="dark")
        page.evaluate(script)
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") in (
            "rgb(255, 255, 255)",
            "rgba(0, 0, 0, 0)",
        )
        assert page.evaluate(CONTRAST) == [], address
        assert page.evaluate(LEFT_ON_PAPER) == [], address
        assert page.evaluate("document.documentElement.scrollWidth") <= DESKTOP["width"], address
