"""Signing in, one's own account and the desk's rooms, measured by axe on a phone: in Vietnamese and
light, in English and dark.
"""

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import PHONE
from tests.e2e.test_accessibility import GRAVE, axe
from tests.e2e.test_officer_desk import ROOMS
from tests.e2e.test_steward import sign_in
from tests.running_portal import Portal

OUTSIDE = ("login/", "password/reset/", "password/reset/key/1-x/")
ACCOUNT = ("", "devices/", "2fa/webauthn/", "password/change/")
DESK = ("packs/", "handbook/encroachment/", "handbook/encroachment/edit/", "refused/")


def measured(page: Page, address: str) -> None:
    """Nothing that axe calls serious, nothing wider than the phone."""
    page.goto(address)
    page.evaluate(axe())
    assert page.evaluate(GRAVE) == [], address
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], address


@pytest.mark.parametrize(
    ("language", "theme"), [("vi", "light"), pytest.param("en", "dark", marks=pytest.mark.long)]
)
def test_pages_of_staff_have_no_grave_barriers(
    browser: Browser, portal: Portal, language: str, theme: str
) -> None:
    page = sign_in(browser, portal, "steward", PHONE)
    page.context.add_cookies([{"name": "django_language", "value": language, "url": portal.url}])
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    # In Vietnamese the other rooms are measured where they are used.
    for room in DESK if language == "vi" else DESK + ROOMS:
        measured(page, f"/officer/desk/{room}")
    for room in ACCOUNT:
        measured(page, f"/accounts/{room}")
    page.context.clear_cookies(name="sessionid")
    for room in OUTSIDE:
        measured(page, f"/accounts/{room}")
    assert page.locator("html").get_attribute("lang") == language
    page.context.close()
