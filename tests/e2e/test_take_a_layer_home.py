"""A citizen takes one commune's parcels along as a table, from the phone."""

import io
import json
from pathlib import Path

import openpyxl
from playwright.sync_api import expect

from tests.e2e.conftest import Watched
from tests.e2e.test_accessibility import GRAVE, axe
from tests.running_portal import Portal

CODE, COMMUNE = "26506", "Phường Vũng Tàu"


def test_one_commune_as_a_table_in_the_local_grid(phone: Watched, portal: Portal) -> None:
    page = phone.page
    page.goto("/layers/")
    page.get_by_role("link", name="Thửa đất công", exact=True).click()
    page.get_by_role("link", name="Định dạng khác, một xã, hoặc hệ tọa độ VN-2000").click()
    more = page.locator("summary", has_text="Định dạng khác")
    arrow = "(it) => getComputedStyle(it, '::before').rotate"
    folded = more.evaluate(arrow)
    more.click()
    expect(page.get_by_label("KML (Google Earth)")).to_be_visible()
    assert folded != more.evaluate(arrow), "an arrow says that there is more, and that it is open"
    page.get_by_label("Excel (XLSX)").check()
    page.get_by_label("Xã, phường, đặc khu").select_option(label=COMMUNE)
    page.get_by_label("Hệ tọa độ").select_option(index=1)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.evaluate(axe())
    assert page.evaluate(GRAVE) == []
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Tải tệp").click()
    assert waiting.value.suggested_filename.endswith(".xlsx")
    book = openpyxl.load_workbook(io.BytesIO(Path(waiting.value.path()).read_bytes()))
    # Under the names for programs stand those for people.
    _names, labels, *rows = book.worksheets[0].iter_rows(values_only=True)
    assert "Số hiệu tờ bản đồ" in str(labels)
    asked = f"/api/collections/public-land-parcels/items?f=json&unit={CODE}&limit=1"
    assert len(rows) == json.loads(portal.get(asked)[2])["numberMatched"] > 0
    assert len(book.sheetnames) > 1, "source, licence and what each column means go with it"
    assert (phone.errors, phone.foreign) == ([], set())
