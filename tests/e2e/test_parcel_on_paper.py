"""The corner coordinates of a parcel on paper, and whether the paper still holds a year later."""

from playwright.sync_api import Browser

from tests.e2e.conftest import Watched
from tests.e2e.test_accessibility import GRAVE, axe
from tests.e2e.test_map_phone import parcel
from tests.gis_portal.parcels.extract import reading
from tests.running_portal import Portal


def test_print_the_corners_and_check_the_print(
    phone: Watched, browser: Browser, portal: Portal
) -> None:
    page = phone.page
    page.goto(f"/parcels/{parcel(portal)[0]}/")
    corner = page.locator(".corner-table tbody tr").first.locator("td").all_inner_texts()
    link = page.get_by_role("link", name="Bản in A4 (PDF)").get_attribute("href")
    assert link
    answer = page.request.get(link)
    pdf = answer.body()
    assert answer.headers["content-type"] == "application/pdf"
    assert len(reading.opened(pdf).pages) <= 2
    assert reading.squeezed("".join(corner[-3:])) in reading.words(pdf)

    code = reading.qr_path(pdf)
    for language, words in (("vi", "Bản in này còn hiện hành"), ("en", "This print is current")):
        page.goto(f"{code}?lang={language}")
        assert words in page.locator("[role=status]").first.inner_text()
        page.evaluate(axe())
        assert page.evaluate(GRAVE) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert phone.errors == []
    assert phone.foreign == set()

    plain = browser.new_context(base_url=portal.url, java_script_enabled=False).new_page()
    plain.goto(code)
    assert plain.get_by_text("Bản in này còn hiện hành").is_visible()
    plain.context.close()
