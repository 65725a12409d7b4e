"""A steward's whole task, in a browser: send, read, send back, mend, compare, approve, publish."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import DESKTOP
from tests.e2e.survey import BROKEN, CHANGED, LAYER, REMOVED, survey
from tests.running_portal import Portal

# An import of a few hundred rows, on a machine that does other things too.
LONG = 60_000
TABLET = {"width": 820, "height": 1180}


@dataclass
class People:
    """Two people at two machines, signed in by way of the page that they wanted."""

    steward: Page
    approver: Page


def sign_in(
    browser: Browser, portal: Portal, name: str, size: dict[str, int], wanted: str = "/steward/"
) -> Page:
    """A page of somebody who asked for it and had to sign in first."""
    accounts = (portal.local / "demo-accounts.txt").read_text(encoding="utf-8").splitlines()
    password = dict(line.split() for line in accounts)[name]
    context = browser.new_context(
        base_url=portal.url,
        viewport=size,  # type: ignore[arg-type]
        locale="vi-VN",
    )
    page = context.new_page()
    page.goto(wanted)
    page.fill("#id_login", name)
    page.fill("#id_password", password)
    page.get_by_role("button", name="Đăng nhập", exact=True).click()
    expect(page).to_have_url(re.compile(f"{wanted}$"))
    return page


@pytest.fixture
def people(browser: Browser, portal: Portal) -> Iterator[People]:
    found = People(
        sign_in(browser, portal, "steward", TABLET), sign_in(browser, portal, "approver", DESKTOP)
    )
    yield found
    found.steward.context.close()
    found.approver.context.close()


def send(page: Page, file: Path, *, check_only: bool = False) -> None:
    """Through the form, until the import's own page shows how it ended."""
    page.goto("/steward/")
    page.get_by_role("link", name="Nạp tệp").first.click()
    page.get_by_label("Nạp vào lớp nào").select_option(LAYER)
    page.get_by_label("Tệp của đơn vị đo vẽ").set_input_files(file)
    page.get_by_label("Ngày dữ liệu").fill("2026-06-30")
    button = "Chỉ kiểm tra, không ghi gì" if check_only else "Nạp vào để duyệt"
    page.get_by_role("button", name=button).click()
    page.wait_for_url(re.compile(r"/steward/imports/\d+/$"), timeout=LONG)


def wait_for_the_end(page: Page) -> None:
    """The page loads itself anew when the import has ended."""
    expect(page.locator("#progress")).to_have_count(0, timeout=LONG)


def count_of(portal: Portal) -> int:
    """Features that everybody sees."""
    status, _headers, body = portal.get(f"/api/collections/{LAYER}")
    assert status == 200
    return int(json.loads(body)["feature_count"])


def figure(page: Page, name: str) -> str:
    """A figure of the page's headlines by its name."""
    return page.locator("dl.headline > div", has_text=name).first.locator("dd").inner_text()


def test_a_survey_from_its_first_file_to_publication_and_back(
    people: People, portal: Portal, tmp_path: Path
) -> None:
    demo, page = portal.local / "demo", people.steward
    before = count_of(portal)

    send(page, survey(demo, tmp_path / "lan-1.zip", broken=True))
    expect(page.locator("ol.step-list")).to_be_visible()
    wait_for_the_end(page)
    assert figure(page, "Bỏ vì lỗi") == str(len(BROKEN))
    with page.expect_download() as download:
        page.get_by_role("link", name="Danh sách gửi đơn vị đo vẽ").click()
    book = load_workbook(BytesIO(download.value.path().read_bytes()))
    head, *lines = book.worksheets[1].iter_rows(values_only=True)
    defects = [dict(zip(map(str, head), line, strict=True)) for line in lines]
    refused = [defect for defect in defects if str(defect["Mức"]).casefold().startswith("lỗi")]
    assert {defect["Dòng"] for defect in refused} == set(BROKEN)
    wanted = ("Đối tượng", "Nội dung", "Cần làm")
    assert all(defect[name] for defect in refused for name in wanted)
    page.get_by_text("Bỏ bản này…").click()
    page.get_by_role("button", name="Bỏ bản này").click()
    expect(page.locator(".badge", has_text="Đã bỏ").first).to_be_visible()

    send(page, survey(demo, tmp_path / "lan-2.zip"))
    wait_for_the_end(page)
    assert (figure(page, "Mất"), figure(page, "Đổi")) == (str(REMOVED), str(CHANGED))
    expect(page.get_by_text("Người nạp không tự duyệt")).to_be_visible()
    page.locator("[data-map='changes']").scroll_into_view_if_needed()
    expect(page.locator("[data-map='changes'][data-ready]")).to_be_visible(timeout=LONG)
    assert own_approval(page) == 403
    assert count_of(portal) == before

    approver = people.approver
    approver.goto(page.url)
    approver.get_by_label("Ý kiến (không bắt buộc)").fill("Đã đối chiếu với quyết định.")
    approver.get_by_role("button", name="Duyệt bản này").click()
    approver.get_by_role("button", name="Công bố").click()
    expect(approver.locator(".badge", has_text="Đang công bố")).to_be_visible()
    assert count_of(portal) == before - REMOVED

    approver.goto(f"/steward/layers/{LAYER}/")
    expect(approver.get_by_text("Đã đối chiếu với quyết định.").first).to_be_visible()
    approver.get_by_text("Quay lại bản 1…").click()
    approver.get_by_role("button", name="Quay lại bản này").click()
    expect(approver.get_by_text("Lớp đang dùng lại phiên bản 1.")).to_be_visible()
    assert count_of(portal) == before


def own_approval(page: Page) -> int:
    """Status of the steward's own try, with everything that a form would send."""
    token = page.locator("input[name='csrfmiddlewaretoken']").first.input_value()
    return page.request.post(
        f"{page.url}approve/",
        form={"csrfmiddlewaretoken": token},
        headers={"Referer": page.url},
    ).status


def test_a_file_without_a_system_shows_where_each_would_put_it(
    people: People, portal: Portal, tmp_path: Path
) -> None:
    page = people.steward
    file = survey(portal.local / "demo", tmp_path / "khong-prj.zip", named=False)
    send(page, file, check_only=True)
    wait_for_the_end(page)
    expect(page.get_by_role("heading", name="Tệp không ghi hệ tọa độ")).to_be_visible()
    card = page.locator(".candidate", has_text="EPSG:5899").first
    expect(card.locator("svg circle").first).to_be_visible()
    with page.expect_navigation():
        card.get_by_role("button", name=re.compile("Dùng hệ này")).click()
    wait_for_the_end(page)
    expect(page.locator(".badge", has_text="Đã kiểm tra")).to_be_visible(timeout=LONG)
    expect(page.get_by_text("người nạp chọn", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Nạp vào để duyệt")).to_be_visible()


def test_others_are_asked_to_sign_in_or_see_nothing(browser: Browser, portal: Portal) -> None:
    status, _headers, body = portal.get("/steward/")
    assert status == 200, "the redirect leads to the page to sign in"
    assert b"id_login" in body
    status, _headers, _body = portal.get("/api/imports/1")
    assert status == 401
