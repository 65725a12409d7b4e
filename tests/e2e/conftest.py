"""A phone-size and a desktop page in Debian's Chromium, watched for errors and foreign requests."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, CDPSession, Page, Request, sync_playwright

from tests.browser import ARGUMENTS, CHROMIUM, PHONE
from tests.running_portal import Portal

DESKTOP = {"width": 1280, "height": 800}


@dataclass
class Watched:
    """A page with what it said, whom it asked and what came over the wire."""

    page: Page
    errors: list[str] = field(default_factory=list)
    foreign: set[str] = field(default_factory=set)
    bytes: int = 0


HERE = Path(__file__).parent
_open = ExitStack()


@cache
def _chromium() -> Browser:
    playwright = _open.enter_context(sync_playwright())
    chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
    _open.callback(_chromium.cache_clear)
    _open.callback(chromium.close)
    return chromium


@pytest.fixture(scope="module")
def browser() -> Browser:
    """Debian's Chromium, one for all files that follow one another; no download of another one."""
    if CHROMIUM is None:
        pytest.skip("NO BROWSER: Chromium is not installed, browser tests did not run")
    return _chromium()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(nextitem: pytest.Item | None) -> None:
    """Close it behind the last of these tests: its event loop stands in the process as long as it
    is open, and where one stands Django refuses the database.
    """
    if nextitem is None or nextitem.path.parent != HERE:
        _open.close()


def watch(
    browser: Browser, portal: Portal, size: dict[str, int], scale: float
) -> Iterator[Watched]:
    """A new context whose page is watched from its first request."""
    context = browser.new_context(
        base_url=portal.url,
        viewport=size,  # type: ignore[arg-type]
        device_scale_factor=scale,
        locale="vi-VN",
        has_touch=scale > 1,
    )
    watched = Watched(context.new_page())
    host = urlsplit(portal.url).netloc

    def asked(request: Request) -> None:
        there = urlsplit(request.url).netloc
        if there not in (host, ""):
            watched.foreign.add(there)

    watched.page.on("request", asked)
    watched.page.on("pageerror", lambda error: watched.errors.append(str(error)))
    watched.page.on(
        "console", lambda m: watched.errors.append(m.text) if m.type == "error" else None
    )
    wire: CDPSession = context.new_cdp_session(watched.page)
    wire.send("Network.enable")
    wire.on("Network.loadingFinished", lambda event: _count(watched, event))
    yield watched
    context.close()


def _count(watched: Watched, event: dict[str, float]) -> None:
    watched.bytes += int(event["encodedDataLength"])


def until(page: Page, expression: str) -> None:
    """Wait until the JavaScript expression holds, at most ten seconds.

    Not `page.wait_for_function`: it evaluates in the page, whose policy forbids `eval`, as soon as
    the first look fails.
    """
    for _ in range(100):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"never true: {expression}")


def open_map(page: Page, address: str = "/") -> None:
    """Until the map stands; a phone's home view opens as a still picture, which is touched."""
    page.goto(address)
    if page.locator('body[data-map="none"]').count():
        page.locator("#map-open").click()
    page.wait_for_selector('body[data-map="ready"]', timeout=30_000)


@pytest.fixture
def phone(browser: Browser, portal: Portal) -> Iterator[Watched]:
    """A cheap Android phone: 360 × 740 at two device pixels."""
    yield from watch(browser, portal, PHONE, 2)


@pytest.fixture
def desktop(browser: Browser, portal: Portal) -> Iterator[Watched]:
    """A small laptop."""
    yield from watch(browser, portal, DESKTOP, 1)
