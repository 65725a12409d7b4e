"""The API's pages for people on a phone: reading, filtering, paging, with and without scripts."""

import json

import pytest
from playwright.sync_api import Browser

from tests.browser import PHONE
from tests.e2e.conftest import Watched, until
from tests.e2e.test_accessibility import GRAVE, axe
from tests.e2e.test_map_phone import PARCELS, parcel
from tests.running_portal import Portal

COLLECTION = f"/api/collections/{PARCELS}"
PAGES = (
    "/api/",
    "/api/conformance",
    "/api/collections",
    COLLECTION,
    f"{COLLECTION}/queryables",
    f"{COLLECTION}/items",
    f"{COLLECTION}/items?status=in_use",
    f"{COLLECTION}/changes?since=2020-01-01",
    f"{COLLECTION}/items?limit=0",
    f"{COLLECTION}/tiles",
    "/api/docs",
    "/api/docs/errors",
    "/api/docs/examples",
)


@pytest.mark.parametrize("language", ["vi", pytest.param("en", marks=pytest.mark.long)])
def test_pages_have_no_grave_barriers_and_fit_a_phone(
    phone: Watched, portal: Portal, language: str
) -> None:
    for address in PAGES:
        phone.page.goto(f"{address}{'&' if '?' in address else '?'}lang={language}")
        if address == "/api/docs":
            phone.page.wait_for_selector(".opblock-summary")
        phone.page.evaluate(axe())
        assert phone.page.locator("html").get_attribute("lang") == language, address
        assert phone.page.evaluate(GRAVE) == [], address
        width = phone.page.evaluate("document.documentElement.scrollWidth")
        assert width <= PHONE["width"], address
    assert phone.foreign == set()
    # The browser writes a line for the 400 that was asked for; nothing else.
    assert all("400" in said for said in phone.errors), phone.errors


def test_a_page_of_features_has_them_on_its_map(phone: Watched, portal: Portal) -> None:
    phone.page.goto(f"{COLLECTION}/items?limit=5")
    phone.page.locator("#features-map").scroll_into_view_if_needed()
    until(phone.page, "document.querySelector('#features-map')?.dataset.ready === ''")
    assert phone.page.locator("tbody tr").count() == 5
    assert phone.errors == []
    phone.page.get_by_role("link", name="Trang sau").click()
    assert "after=" in phone.page.url
    assert phone.page.locator("tbody tr").count() == 5
    phone.page.locator("tbody a").first.click()
    phone.page.locator("#features-map").scroll_into_view_if_needed()
    until(phone.page, "document.querySelector('#features-map')?.dataset.ready === ''")
    assert phone.page.locator("dl.facts").first.is_visible()


def test_the_chosen_language_stays(phone: Watched, portal: Portal) -> None:
    phone.page.goto("/api/")
    phone.page.get_by_role("link", name="EN – English").click()
    phone.page.get_by_role("link", name="Open data layers").first.click()
    assert phone.page.url == f"{portal.url}/api/collections"
    assert phone.page.locator("html").get_attribute("lang") == "en"


def test_without_scripts_the_table_filters_and_pages(browser: Browser, portal: Portal) -> None:
    context = browser.new_context(
        base_url=portal.url,
        viewport=PHONE,  # type: ignore[arg-type]
        java_script_enabled=False,
    )
    page = context.new_page()
    page.goto(f"{COLLECTION}/items")
    assert page.locator("tbody tr").count() == 25
    page.locator("summary", has_text="Lọc").click()
    page.locator("#filter-status").select_option("in_use")
    page.get_by_role("button", name="Lọc").click()
    assert "status=in_use" in page.url
    assert page.get_by_text("Chỉ những đối tượng:").is_visible()
    page.get_by_role("link", name="Trang sau").click()
    page.locator("tbody tr").first.wait_for()
    assert "status=in_use" in page.url
    page.goto("/api/docs")
    assert page.locator("tbody tr").count() > 10
    context.close()


def test_swagger_ui_is_ours_and_speaks_english(desktop: Watched, portal: Portal) -> None:
    desktop.page.goto("/api/docs?lang=en")
    desktop.page.wait_for_selector(".opblock-summary")
    assert desktop.page.get_by_text("The features of a layer (GeoJSON)").first.is_visible()
    assert desktop.foreign == set()
    assert desktop.errors == []


def test_an_address_that_is_copied_from_the_browser_serves_programs(
    phone: Watched, portal: Portal
) -> None:
    phone.page.goto(f"{COLLECTION}/items/{parcel(portal)[0]}")
    _status, headers, body = portal.get(phone.page.url.removeprefix(portal.url))
    assert headers["content-type"].startswith("application/geo+json")
    assert json.loads(body)["type"] == "Feature"
