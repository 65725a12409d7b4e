"""Each ready question as a planner lives with it, in a real browser: asked, read, followed to the
map and to single parcels, changed, shown to a citizen, taken home file by file, and asked again
of newer data with the difference.
"""

import csv
import io
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urljoin

import pyogrio
import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, Page, expect

from gis_portal.planner.templates_ready.catalogue import ready_questions
from tests.browser import PHONE
from tests.e2e.conftest import DESKTOP
from tests.e2e.test_planner import LONG, asked, grave, shared_link
from tests.e2e.test_steward import sign_in
from tests.running_portal import Portal, manage

pytestmark = pytest.mark.long
# The layer that changes under the question, and what a planner changes in it: a box and its value.
REGISTER = "public-land-parcels"
LAYERS = {
    # The best sites stay the same where a few parcels change: their way to a road does not.
    "auction-sites": "road-centrelines",
    "telecom-coverage": "telecom-stations",
    "agriculture-in-clusters": "industrial-clusters",
}
BOXES = {
    "public-land-by-plan": ("p-sliver_m2", "5"),
    "public-land-in-road-corridor": ("p-width_m", "80"),
    "telecom-coverage": ("p-operator", "status = 'active' AND operator = 'viettel'"),
    "auction-sites": ("p-min_area", "2500"),
    "parcels-changed": ("p-on", "2025-06-30"),
}
PUBLISH = """
from layers.models import Layer, LayerVersion
from layers.publish import publish
version = LayerVersion.objects.get(layer__slug={slug!r}, number={number})
publish(version, as_operator=True)
"""


@contextmanager
def newer_data(portal: Portal, slug: str, folder: Path) -> Iterator[None]:
    """Another version of the layer is published, and the first again at the end."""
    with portal.connect() as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT v.number FROM layers_layer l JOIN layers_layerversion v "
            "ON v.id = l.live_version_id WHERE l.slug = %s",
            [slug],
        )
        [[live]] = cursor.fetchall()
    if slug == REGISTER:
        manage(portal.environment, "shell", "-c", PUBLISH.format(slug=slug, number=live - 1))
    else:
        _status, _headers, body = portal.get(f"/api/collections/{slug}/items?limit=5000")
        found = json.loads(body)["features"]
        file = folder / f"{slug}.geojson"
        kept = found[len(found) // 3 :]
        file.write_text(json.dumps({"type": "FeatureCollection", "features": kept}))
        words = ("--layer", slug, "--publish", "--illustrative", "--allow-removals", "thử")
        manage(portal.environment, "import_layer", str(file), *words)
    try:
        yield
    finally:
        manage(portal.environment, "shell", "-c", PUBLISH.format(slug=slug, number=live))


def read(page: Page) -> None:
    """Figures, sorting, a row on the map and its parts by name."""
    expect(page.locator(".planner-figures dd").first).to_contain_text(re.compile(r"\d"))
    assert not grave(page)
    page.get_by_role("link", name="Diện tích", exact=True).click()
    table = page.locator("section[aria-labelledby=table-title]")
    heading = table.get_by_role("columnheader", name="Diện tích")
    expect(heading).to_have_attribute("aria-sort", "descending")
    expect(page.locator("#result-map[data-ready]")).to_be_visible(timeout=LONG)
    row = table.locator("tbody tr").first
    row.get_by_role("link", name="Bản đồ").click()
    expect(page.locator("#map-chosen")).to_contain_text(
        row.locator("th").inner_text(), timeout=LONG
    )
    expect(row).to_have_attribute("aria-current", "true")
    row.get_by_role("link", name="Từng phần").click()
    expect(page.get_by_role("heading", name="Từng phần của kết quả")).to_be_visible()
    expect(page.locator(".planner-parts tbody tr").first.locator("th")).not_to_be_empty()
    assert not grave(page)
    page.get_by_role("link", name="Về bảng kết quả").click()


def change(page: Page, slug: str) -> None:
    """Another value in a box, or another name where there is no box; computed at once."""
    before = page.url
    page.get_by_role("link", name="Sửa câu hỏi, chia sẻ").click()
    if slug in BOXES:
        name, value = BOXES[slug]
        box = page.locator(f"#{name}")
        words = page.locator("#said").inner_text()
        if box.evaluate("box => box.tagName") == "SELECT":
            box.select_option(value)
        else:
            box.fill(value)
        expect(page.locator("#said")).not_to_have_text(words, use_inner_text=True)
        page.get_by_role("button", name="Tính ngay").click()
    else:
        page.get_by_text("Sửa sâu hơn").click()
        page.get_by_label("Tên câu hỏi").fill("Đất nông nghiệp trong khu công nghiệp")
        expect(page.locator("#unsaved")).not_to_be_empty()
        page.get_by_role("button", name="Lưu và tính").click()
    page.wait_for_url(re.compile(r"/planner/runs/"), timeout=LONG)
    expect(page.get_by_role("heading", name="Bảng số")).to_be_visible(timeout=LONG)
    assert page.url.split("?")[0] != before.split("?")[0]


def opened(page: Page, folder: Path) -> set[str]:
    """Every file of the result, fetched and opened by what reads such files."""
    kinds = set()
    links = page.locator("section[aria-labelledby=files-title] a")
    for place in range(links.count()):
        link = links.nth(place)
        href, words = urljoin(page.url, link.get_attribute("href") or ""), link.inner_text().strip()
        answer = page.request.get(href, timeout=LONG)
        assert answer.status == 200, words
        kinds.add(words)
        body = answer.body()
        if words == "CSV":
            rows = list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))
            parts = sum(float(row["area_m2"]) for row in rows if row["kind"] != "total")
            assert abs(parts - float(rows[-1]["area_m2"])) < 0.01 * len(rows)
        elif words == "XLSX":
            assert len(load_workbook(io.BytesIO(body)).sheetnames) >= 6
        elif words == "GeoPackage":
            file = folder / "result.gpkg"
            file.write_bytes(body)
            layer = pyogrio.list_layers(file)[0][0]
            assert pyogrio.read_info(file, layer=layer)["features"] > 0
        elif "PDF" in words:
            assert body.startswith(b"%PDF")
            assert body.rstrip().endswith(b"%%EOF")
    return kinds


def show_a_citizen(browser: Browser, page: Page) -> None:
    """By link, on a phone, without an account; parts and files too."""
    citizen = browser.new_context(viewport=PHONE, locale="vi-VN").new_page()  # type: ignore[arg-type]
    citizen.goto(shared_link(page))
    expect(citizen.get_by_role("heading", name="Bảng số")).to_be_visible()
    assert citizen.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    expect(citizen.get_by_role("button", name=re.compile("Xóa|Tính"))).to_have_count(0)
    assert not grave(citizen)
    citizen.get_by_role("link", name="Từng phần").first.click()
    expect(citizen.locator(".planner-parts tbody tr").first).to_be_visible()
    assert citizen.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    citizen.context.close()


def ask_again(page: Page, result: str) -> None:
    """The page tells that data are newer; the new answer is laid beside the former one."""
    page.goto(result)
    expect(page.get_by_text("Dữ liệu đã có bản mới hơn")).to_be_visible()
    page.get_by_role("button", name="Tính trên dữ liệu hôm nay").click()
    page.wait_for_url(lambda address: "/runs/" in address and result not in address, timeout=LONG)
    expect(page.get_by_role("heading", name="Bảng số")).to_be_visible(timeout=LONG)
    page.get_by_role("link", name=re.compile("phiên bản .*xem khác gì", re.DOTALL)).first.click()
    expect(page.get_by_role("heading", name="Những dòng khác nhau")).to_be_visible(timeout=LONG)
    expect(page.get_by_text("Hai lần tính cho cùng kết quả")).to_have_count(0)
    expect(page.locator(".planner-table tbody tr").first).to_be_visible()
    assert not grave(page)


@pytest.mark.parametrize("slug", [question.slug for question in ready_questions()])
def test_a_planner_lives_with_a_ready_question(
    browser: Browser, portal: Portal, slug: str, tmp_path: Path
) -> None:
    page = sign_in(browser, portal, "planner", DESKTOP, "/planner/")
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    asked(page, slug)
    read(page)
    change(page, slug)
    result = page.url
    assert len(opened(page, tmp_path)) >= 6
    show_a_citizen(browser, page)
    with newer_data(portal, LAYERS.get(slug, REGISTER), tmp_path):
        ask_again(page, result)
    assert not errors
    page.context.close()
