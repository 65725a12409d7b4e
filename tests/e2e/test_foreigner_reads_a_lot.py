"""A foreigner reads a lot in English: price, deadline, a link for a friend, the calendar."""

from playwright.sync_api import expect

from tests.e2e.conftest import Watched
from tests.e2e.test_accessibility import GRAVE, axe


def test_price_deadline_link_and_calendar(phone: Watched) -> None:
    page = phone.page
    page.goto("/auctions/?stage=open")
    page.get_by_role("button", name="Switch to English").click()
    expect(page.locator("h1")).to_have_text("Land auctions")
    page.locator(".lot-card").first.get_by_role("link").first.click()
    main = page.locator("main")
    expect(page.locator(".price-box")).to_contain_text("VND")
    for words in (
        "Starting price",
        "Deposit",
        "Bid step",
        "Timetable",
        "Vietnamese time (GMT+7)",
        "in Vietnamese",
    ):
        expect(main).to_contain_text(words)
    expect(page.locator(".lot-when [data-countdown]")).to_contain_text("left")
    for words in (" đồng/m²", " tầng", " lần", "of the parcel"):
        expect(main).not_to_contain_text(words)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.evaluate(axe())
    assert page.evaluate(GRAVE) == []
    title = page.locator("h1").inner_text()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    # Without the phone's own sheet of apps, which no test can touch.
    page.evaluate("() => { navigator.canShare = () => false; }")
    page.get_by_role("button", name="Share").click()
    expect(page.locator("#toast")).to_contain_text("Copied")
    link = page.evaluate("navigator.clipboard.readText()")
    page.get_by_role("link", name="Follow").click()
    address = page.get_by_role("link", name="Download the calendar (iCal)").get_attribute("href")
    calendar = page.request.get(str(address), headers={"Cookie": ""}).text()
    assert "SUMMARY:Dossiers due: Lot" in calendar
    page.context.clear_cookies()
    page.goto(link)
    expect(page.locator("h1")).to_have_text(title)
    assert (phone.errors, phone.foreign) == ([], set())
