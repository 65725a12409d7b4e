"""An officer signs in, adds a passkey, and comes back with a finger instead of a password."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Watched
from tests.running_portal import Portal

pytestmark = pytest.mark.e2e
FINGER = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def test_a_passkey_in_place_of_a_password(phone: Watched, portal: Portal) -> None:
    page = phone.page
    accounts = (portal.local / "demo-accounts.txt").read_text(encoding="utf-8").splitlines()
    password = dict(line.split() for line in accounts)["officer"]
    browser = page.context.new_cdp_session(page)
    browser.send("WebAuthn.enable")
    browser.send("WebAuthn.addVirtualAuthenticator", {"options": FINGER})
    # Passkeys belong to a name, not to a number.
    here = portal.url.replace("127.0.0.1", "localhost")

    page.goto(f"{here}/accounts/")
    expect(page.get_by_role("heading", name="Đăng nhập", exact=True)).to_be_visible()
    page.get_by_label("Tên đăng nhập").fill("officer")
    page.get_by_label("Mật khẩu", exact=True).fill("sai")
    page.get_by_role("button", name="Đăng nhập", exact=True).click()
    expect(page.get_by_role("alert").first).to_contain_text("không đúng")
    page.get_by_label("Tên đăng nhập").fill("officer")
    page.get_by_label("Mật khẩu", exact=True).fill(password)
    page.get_by_role("button", name="Đăng nhập", exact=True).click()
    expect(page.get_by_text("cán bộ địa chính")).to_be_visible()
    expect(page.get_by_text("Phường Vũng Tàu")).to_be_visible()

    page.get_by_role("link", name="Bật xác thực hai lớp").click()
    page.get_by_role("link", name="Thêm khóa truy cập").click()
    page.get_by_label("Mật khẩu", exact=True).fill(password)
    page.get_by_role("button", name="Xác nhận").click()
    page.get_by_label("Tên của khóa").fill("Điện thoại cơ quan")
    page.get_by_role("button", name="Thêm khóa truy cập").click()
    expect(page.get_by_role("heading", name="Mã dự phòng")).to_be_visible()
    expect(page.locator("#recovery-codes code")).to_have_count(10)

    page.goto(f"{here}/accounts/")
    page.get_by_role("button", name="Đăng xuất").click()
    page.goto(f"{here}/accounts/login/?next=/accounts/devices/")
    page.get_by_role("button", name="Dùng khóa truy cập").click()
    expect(page).to_have_url(re.compile(r"//[^/]+/accounts/devices/$"))
    page.goto(f"{here}/accounts/2fa/webauthn/")
    expect(page.get_by_role("heading", name="Điện thoại cơ quan")).to_be_visible()
    # The account is as it was for other tasks of the browser.
    page.get_by_role("link", name="Bỏ khóa này").click()
    page.get_by_label("Mật khẩu", exact=True).fill(password)
    page.get_by_role("button", name="Xác nhận").click()
    page.get_by_role("button", name="Bỏ khóa này").click()
    expect(page.get_by_text("Chưa có khóa nào.")).to_be_visible()
    assert not phone.foreign - {here.removeprefix("http://")}
    assert not [said for said in phone.errors if "Content Security Policy" in said]
