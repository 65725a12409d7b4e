"""A supervisor at the desk: finds a report, assigns, answers, moves the violation along, prints the
minutes; then every room of the desk on a phone, measured by axe.
"""

import re
import subprocess
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.browser import PHONE
from tests.e2e.conftest import DESKTOP, until
from tests.e2e.test_accessibility import GRAVE, axe
from tests.e2e.test_steward import sign_in
from tests.running_portal import Portal

DESK = "/officer/desk/"
ROOMS = ("proposals/", "conflicts/", "statistics/", "devices/", "readings/")
READY = "document.querySelector('[data-desk-map]')?.hasAttribute('data-ready') ?? false"


def done(page: Page, words: str) -> None:
    """The page says that it was done."""
    expect(page.get_by_role("status").filter(has_text=words)).to_be_visible()


def measured(page: Page) -> None:
    """Nothing wider than the phone, nothing that axe calls serious."""
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], page.url
    page.evaluate(axe())
    assert page.evaluate(GRAVE) == [], page.url


def printed(page: Page, paper: Path) -> str:
    """The words of the minutes that the page's button leads to."""
    address = page.get_by_role("link", name="In biên bản (PDF)").get_attribute("href")
    answer = page.request.get(str(address))
    assert answer.headers["content-type"] == "application/pdf"
    paper.write_bytes(answer.body())
    words = subprocess.run(["pdftotext", "-raw", paper, "-"], capture_output=True, check=True)
    return re.sub(r"\s+", " ", words.stdout.decode())


def test_a_violation_from_the_list_to_its_minutes(
    browser: Browser, portal: Portal, tmp_path: Path
) -> None:
    page = sign_in(browser, portal, "steward", DESKTOP, DESK)
    said: list[str] = []
    page.on("console", lambda m: said.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    until(page, READY)
    page.locator("summary", has_text="Lọc").click()
    page.get_by_label("Loại việc").select_option("construction")
    page.get_by_role("button", name="Lọc").click()
    page.locator(".run-name").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thửa")
    until(page, "[...document.images].every((i) => i.complete ? i.naturalWidth > 0 : false)")

    page.get_by_label("Giao cho").select_option("officer")
    page.get_by_role("button", name="Giao", exact=True).click()
    done(page, "Đã giao cho officer")
    page.get_by_label("Hiện trong sổ tay trên máy của cán bộ").fill("Mai phường cử tổ đến đo.")
    page.get_by_role("button", name="Gửi trả lời").click()
    done(page, "Đã gửi trả lời")
    for step in ("Nhận kiểm tra", "Xác nhận có vi phạm"):
        page.get_by_role("button", name=step).click()
        done(page, "Đã chuyển sang")
    record = page.get_by_role("button", name="Đã lập biên bản vi phạm")
    record.click()
    expect(page.get_by_role("alert")).to_contain_text("Cần số và ngày của văn bản")
    page.get_by_label("Số văn bản").fill("21/BB-VPHC")
    page.get_by_label("Ngày ký", exact=True).fill(
        str(page.evaluate("new Date().toLocaleDateString('sv', {timeZone: 'Asia/Ho_Chi_Minh'})"))
    )
    record.click()
    done(page, "Đã lập biên bản vi phạm")

    sheet = printed(page, tmp_path / "minutes.pdf")
    for words in ("Độc lập - Tự do - Hạnh phúc", "BẢN NHÁP – CHƯA KÝ", "DỮ LIỆU MINH HỌA",
                  "Về việc kiểm tra công trình xây dựng trên đất", "21/BB-VPHC", "Tọa độ góc ranh",
                  "Ảnh 2."):  # fmt: skip
        assert words in sheet, words

    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    measured(page)
    page.get_by_role("link", name="Lịch sử thửa đất").click()
    expect(page.locator(".desk-event", has_text="21/BB-VPHC")).to_be_visible()
    measured(page)
    page.goto(DESK)
    measured(page)
    for room in ROOMS:
        page.goto(f"{DESK}{room}")
        measured(page)
    # The refusal itself is an answer with an error's status.
    assert all(" 422 " in one for one in said), said
    page.context.close()
