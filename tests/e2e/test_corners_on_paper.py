"""A citizen takes the corner coordinates of a parcel along on paper: the PDF."""

import csv
import io
from decimal import ROUND_HALF_UP, Decimal

from playwright.sync_api import expect
from pypdf import PdfReader

from tests.e2e.conftest import Watched
from tests.e2e.test_map_phone import parcel
from tests.running_portal import Portal


def written(number: str) -> str:
    """As Vietnamese pages write it: 1.161.000,00."""
    rounded = Decimal(number).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"{rounded:,}".translate(str.maketrans(",.", ".,"))


def test_every_corner_stands_on_the_sheet(phone: Watched, portal: Portal) -> None:
    uid, _lon, _lat = parcel(portal)
    page = phone.page
    page.goto(f"/parcels/{uid}/")
    table = portal.get(f"/parcels/{uid}/corners.csv")[2].decode("utf-8-sig")
    corners = list(csv.DictReader(io.StringIO(table)))
    page.get_by_role("link", name="Bảng tọa độ góc ranh").click()
    shown = page.locator("#corners").locator("xpath=ancestor-or-self::section[1]")
    expect(shown).to_be_in_viewport()
    link = page.get_by_role("link", name="Bản in A4 (PDF)")
    address = str(link.get_attribute("href"))
    answer = page.request.get(address)
    assert answer.headers["content-type"] == "application/pdf"
    assert len(answer.body()) <= 300 * 1024
    reader = PdfReader(io.BytesIO(answer.body()))
    text = "".join(each.extract_text() for each in reader.pages)
    for corner in corners:
        north, east = written(corner["x_north_m"]), written(corner["y_east_m"])
        expect(shown).to_contain_text(north)
        assert f"{corner['corner']} {north} {east}" in text, corner
    assert "Bản tham khảo" in text
    assert (phone.errors, phone.foreign) == ([], set())
