"""An officer's phone: a Chromium process of its own with a profile on disk, which a test may kill.

Playwright's own browsers end with their profile; here the process is ours, so that SIGKILL is
what a flat battery is, and the profile can be searched afterwards.
"""

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, expect

from tests.browser import ARGUMENTS, CHROMIUM, PHONE
from tests.running_portal import Portal

PIN = "294716"
LONG = 20_000
READY_SECONDS = 20


@dataclass
class Phone:
    """The process and the one page of it."""

    process: "subprocess.Popen[bytes]"
    context: BrowserContext
    page: Page
    wire: CDPSession
    errors: list[str] = field(default_factory=list)

    def kill(self) -> None:
        """As when the battery is taken out: no goodbye, nothing is flushed that was not."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=20)

    def close(self) -> None:
        """As its owner closes it: the browser writes what it keeps."""
        with suppress(Exception):
            self.wire.send("Browser.close")
        self.process.wait(timeout=20)


@contextmanager
def switched_on(browser: Browser, profile: Path) -> Iterator[Phone]:
    """Chromium on that profile; `browser` lends its Playwright."""
    assert CHROMIUM
    told = profile / "DevToolsActivePort"
    told.unlink(missing_ok=True)
    command = [CHROMIUM, *ARGUMENTS, "--headless=new", "--remote-debugging-port=0"]
    command += [f"--user-data-dir={profile}", f"--window-size={PHONE['width']},{PHONE['height']}"]
    command += ["--disable-features=Translate", "--lang=vi-VN", "about:blank"]
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        connected = browser.browser_type.connect_over_cdp(_address(told, process))
        context = connected.contexts[0]
        context.grant_permissions(["geolocation"])
        page = context.pages[0] if context.pages else context.new_page()
        page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        phone = Phone(process, context, page, connected.new_browser_cdp_session())
        page.on("pageerror", lambda error: phone.errors.append(str(error)))
        page.on("dialog", lambda dialog: dialog.accept())
        yield phone
        with suppress(Exception):
            connected.close()
    finally:
        phone_gone(process)


def _address(told: Path, process: "subprocess.Popen[bytes]") -> str:
    """Where the process listens, as it writes into its profile."""
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end and process.poll() is None:
        with suppress(OSError, ValueError):
            return f"http://127.0.0.1:{int(told.read_text().splitlines()[0])}"
        time.sleep(0.05)
    raise AssertionError("Chromium did not start")


def phone_gone(process: "subprocess.Popen[bytes]") -> None:
    """Nothing of it is left."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(timeout=20)


def type_pin(page: Page, pin: str = PIN) -> None:
    """On the large keys, as a thumb does."""
    expect(page.locator(".pin-keys")).to_be_visible(timeout=LONG)
    for digit in pin:
        page.locator(".pin-key", has_text=re.compile(f"^{digit}$")).click()
    page.get_by_role("button", name="Xong").click()


def enrol(page: Page, portal: Portal, url: str, pin: str = PIN) -> None:
    """The first opening: sign in, name the device, choose a PIN."""
    page.goto(f"{url}/officer/")
    sign_in(page, portal)
    expect(page.get_by_role("heading", name="Chọn mã PIN")).to_be_visible(timeout=LONG)
    type_pin(page, pin)
    expect(page.get_by_role("heading", name="Nhập lại mã PIN")).to_be_visible()
    type_pin(page, pin)


def sign_in(page: Page, portal: Portal, name: str = "officer") -> None:
    """From the handbook's first screen to the name of the device."""
    accounts = (portal.local / "demo-accounts.txt").read_text(encoding="utf-8").splitlines()
    password = dict(line.split() for line in accounts)[name]
    page.get_by_role("link", name="Đăng nhập").click()
    page.locator("#id_username, #id_login").first.fill(name)
    page.fill("#id_password", password)
    page.get_by_role("button", name="Đăng nhập", exact=True).click()
    page.wait_for_url(re.compile("/officer/"), timeout=LONG)
    page.get_by_role("button", name="Tiếp tục").click(timeout=LONG)


def unlock(page: Page, url: str, where: str = "", pin: str = PIN) -> None:
    """The app opened anew and its PIN."""
    page.goto(f"{url}/officer/{where}")
    type_pin(page, pin)
    expect(page.locator("body[data-state=ready]")).to_be_attached(timeout=LONG)
