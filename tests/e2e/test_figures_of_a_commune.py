"""A citizen looks up the figures of the own commune, and checks one of them."""

import re

from playwright.sync_api import expect

from tests.e2e.conftest import Watched
from tests.e2e.test_accessibility import GRAVE, axe


def test_a_number_leads_to_the_very_list_it_counts(phone: Watched) -> None:
    page = phone.page
    page.goto("/layers/")
    page.get_by_role("link", name="Số liệu").first.click()
    page.get_by_label("Xã, phường").select_option(label="Xã Long Điền")
    page.get_by_role("button", name="Xem", exact=True).click()
    card = page.locator("#public-land-status")
    expect(card).to_have_attribute("open", "")
    expect(page.locator("h2", has_text="Xã Long Điền").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.evaluate(axe())
    assert page.evaluate(GRAVE) == []
    total = card.locator("tfoot td a")
    number = total.inner_text()
    assert int(number.replace(".", "")) > 0
    total.click()
    main = page.locator("main")
    expect(main).to_contain_text(re.compile(rf"\b{re.escape(number)}\b"))
    expect(main).to_contain_text("Xã Long Điền")
    assert (phone.errors, phone.foreign) == ([], set())
