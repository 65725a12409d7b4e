"""The first view of the whole province on a phone: bytes over the wire, longest task of the page.

Chromium at 360 × 740 with two device pixels, a fresh profile for every visit, so that nothing is
cached. Bytes are counted by a relay between browser and portal: whatever a page, its worker or its
fonts fetch, headers included. Tasks are read from the browser's own trace of the page's main
thread.

There is no graphics card here: Chromium's GPU process compiles shaders and draws on the processor
that the page needs as well. Where a task stands still until that process answers, the wait is left
out of the figure, as a phone has a card; the whole length stands beside it, and so does the task's
own processor time. The processor is not slowed down.
"""

import json
import socket
import statistics
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, sync_playwright

from tests.bench.rows import Figure
from tests.browser import ARGUMENTS, CHROMIUM, PHONE

MOST_KB, LONGEST_MS = 800, 200
PASSES = 5
# After the last request the workers still cut tiles and the page still draws.
SETTLE_MS = 2_000
TASKS = {"RunTask", "ThreadControllerImpl::RunTask"}
# The page stands still until the GPU process has answered, or has made a drawing context.
WAITS = {"ImplementationBase::WaitForCmd", "CommandBufferProxyImpl::Initialize"}
CATEGORIES = ["toplevel", "devtools.timeline", "gpu"]
Event = dict[str, Any]


@dataclass(frozen=True)
class Visit:
    """One cold visit: bytes received; of the main thread's tasks, ms: the longest without waiting
    for the GPU process, the longest with it, the most processor time of one.
    """

    received: int
    longest: float
    waited: float
    busy: float


class Relay:
    """Passes connections on to the portal and counts what comes back."""

    def __init__(self, address: str) -> None:
        there = urlsplit(address)
        self._there = (str(there.hostname), there.port or 80)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._lock = threading.Lock()
        self.received = 0
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Take no more connections."""
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                browser, _peer = self._listener.accept()
            except OSError:
                return
            portal = socket.create_connection(self._there)
            for source, sink, counted in ((browser, portal, False), (portal, browser, True)):
                threading.Thread(
                    target=self._pump, args=(source, sink, counted), daemon=True
                ).start()

    def _pump(self, source: socket.socket, sink: socket.socket, counted: bool) -> None:
        """One direction until either side ends; closes what it reads from."""
        with source, suppress(OSError):
            while part := source.recv(65_536):
                if counted:
                    with self._lock:
                        self.received += len(part)
                sink.sendall(part)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_RDWR)


@contextmanager
def relayed(address: str) -> Iterator[Relay]:
    """A relay in front of the portal."""
    relay = Relay(address)
    try:
        yield relay
    finally:
        relay.close()


def visit(browser: Browser, relay: Relay, path: str) -> Visit:
    """Open the map cold and wait until it stands."""
    before = relay.received
    context = browser.new_context(
        viewport=PHONE,  # type: ignore[arg-type]  # Playwright's ViewportSize
        device_scale_factor=2,
        locale="vi-VN",
        has_touch=True,
        is_mobile=True,
    )
    page = context.new_page()
    browser.start_tracing(page=page, categories=CATEGORIES)
    page.goto(relay.address + path)
    # The still picture that a phone's home view opens as.
    if page.locator('body[data-map="none"]').count():
        page.locator("#map-open").click()
    page.wait_for_selector('body[data-map="ready"]', timeout=60_000)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(SETTLE_MS)
    lengths = longest_tasks(json.loads(browser.stop_tracing())["traceEvents"])
    context.close()
    return Visit(relay.received - before, *lengths)


def longest_tasks(events: list[Event]) -> tuple[float, float, float]:
    """Of all tasks on pages' main threads, ms: the longest without its waits for the GPU process,
    the longest with them, the most processor time.
    """
    mains = {
        (e["pid"], e["tid"])
        for e in events
        if e.get("name") == "thread_name" and e["args"]["name"] == "CrRendererMain"
    }
    mine = [e for e in events if e.get("ph") == "X" and (e["pid"], e["tid"]) in mains]
    waits = [e for e in mine if e["name"] in WAITS]
    found = [
        (task["dur"] - sum(_within(wait, task) for wait in waits), task["dur"], task.get("tdur", 0))
        for task in mine
        if task["name"] in TASKS
    ]
    longest, waited, busy = (max(column) / 1000 for column in zip(*found, strict=True))
    return longest, waited, busy


def _within(wait: Event, task: Event) -> float:
    """Microseconds of the wait, when the task holds it. Waits are not nested."""
    same = (wait["pid"], wait["tid"]) == (task["pid"], task["tid"])
    return wait["dur"] if same and 0 <= wait["ts"] - task["ts"] < task["dur"] else 0


def warm_up(browser: Browser) -> None:
    """A browser that has drawn with WebGL before, as one in a pocket has: its GPU process runs."""
    page = browser.new_page()
    page.evaluate("document.createElement('canvas').getContext('webgl2')?.clear(0)")
    page.close()


def first_view(address: str, *, of: str, path: str = "/", passes: int = PASSES) -> list[Figure]:
    """The two figures of one portal; `of` says which province it shows. Needs Debian's Chromium.

    The median visit by bytes and by longest task; the remark has the worst one.
    """
    names = (f"first view, {of}: transferred", f"first view, {of}: longest task")
    if CHROMIUM is None:
        remark = "Chromium is not installed"
        units = (("KB", MOST_KB), ("ms", LONGEST_MS))
        return [
            Figure(name, None, unit, limit, at_least=False, remark=remark)
            for name, (unit, limit) in zip(names, units, strict=True)
        ]
    with sync_playwright() as playwright, relayed(address) as relay:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        warm_up(browser)
        visits = [visit(browser, relay, path) for _ in range(passes)]
        browser.close()
    return _figures(names, visits)


def _figures(names: tuple[str, str], visits: list[Visit]) -> list[Figure]:
    received = statistics.median(v.received for v in visits) / 1000
    longest = statistics.median(v.longest for v in visits)
    waited = statistics.median(v.waited for v in visits)
    busy = statistics.median(v.busy for v in visits)
    most, worst = max(v.received for v in visits) / 1000, max(v.longest for v in visits)
    how = f"median of {len(visits)} cold visits at 360×740"
    return [
        Figure(
            names[0],
            received,
            "KB",
            MOST_KB,
            at_least=False,
            remark=f"{how}, counted between browser and portal with headers; most {most:.0f} KB",
        ),
        Figure(
            names[1],
            longest,
            "ms",
            LONGEST_MS,
            at_least=False,
            remark=f"{how}, worst {worst:.0f} ms; without waiting for the GPU process, which draws"
            f" on the processor here (with it {waited:.0f} ms); most processor time of one task"
            f" {busy:.0f} ms; processor not slowed down",
        ),
    ]
