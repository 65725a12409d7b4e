"""The dashboard in a real browser: a number leads to as many features; no grave barriers."""

from tests.browser import PHONE
from tests.e2e.conftest import Watched
from tests.e2e.test_accessibility import GRAVE, axe


def test_a_number_leads_to_as_many_features(phone: Watched) -> None:
    """From the dashboard to one status of one commune, and to the list of exactly these parcels."""
    page = phone.page
    page.goto("/figures/")
    assert page.locator(".figures-headlines .display").first.inner_text().endswith("thửa")
    page.locator("#public-land-status").get_by_text("Theo xã, phường và bản đồ").click()
    page.get_by_role("link", name="Đang cho thuê").click()
    assert page.locator(".figures-map path").count() > 20
    row = page.locator("tr", has=page.get_by_role("link", name="Phường Vũng Tàu"))
    number = row.locator("td a").first
    said = number.inner_text()
    number.click()
    page.wait_for_url("**/items?**")
    assert f"trong {said} " in page.locator("main").inner_text()
    assert not phone.errors
    assert not phone.foreign


def test_pages_of_figures_have_no_grave_barriers(phone: Watched) -> None:
    pages = ("/figures/", "/figures/public-land-status/?units=district", "/layers/")
    places = ("/layers/telecom-stations/coverage/", "/layers/tourism-points/places/")
    compared = "/layers/public-land-parcels/compare/"
    for address in (*pages, *places, compared):
        phone.page.goto(f"{address}{'&' if '?' in address else '?'}lang=en")
        phone.page.evaluate(axe())
        assert phone.page.evaluate(GRAVE) == [], address
        assert phone.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert not phone.errors
