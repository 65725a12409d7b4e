"""Hostile texts in every text column of every layer, in reports and in steps of lots: no page runs
anything of them, shows anything of them as markup, or makes the policy complain.

A crawl from the addresses of the portal along its links. In `make test` one page of each kind, in
one language and the other by turns; `make fuzz` follows the links in both, to a dozen of each kind.
"""

import io
import json
import os
import re
import subprocess
import sys
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import openpyxl
import pytest
from django.urls import Resolver404, get_resolver, resolve
from django.urls.resolvers import URLPattern, URLResolver
from icalendar import Calendar
from playwright.sync_api import APIResponse, Browser, BrowserContext, Dialog, Page, Response
from playwright.sync_api import Error as PlaywrightError

from tests.e2e.conftest import DESKTOP, until
from tests.e2e.hostile_layers import CANARY, LAT, LON, MADE, REGISTER, ROWS
from tests.running_portal import ROOT, manage, scratch_database, served

pytestmark = pytest.mark.long

WHOLE = "PORTAL_FUZZ" in os.environ
IN_ENGLISH = "lang=en"
# Pages of a kind that are opened; a kind is a name, in a whole crawl with its language, of panels
# with the layer.
EACH = 12 if WHOLE else 1
LONG = 30_000
# Of others: the office has its own tests, programs their own conformance.
ELSEWHERE = (
    "admin/", "officer/", "accounts/", "i18n/", "steward/", "planner/", "api/imports",
    "api/analyses", "api/runs", "api/areas",
)  # fmt: skip
# What planners see is crawled by one of them, and what they share by anybody.
PLANNERS = ("planner/", "api/analyses", "api/runs", "api/areas")
# Reached only by what this crawl does not do: nothing is sent, no worker runs.
NOT_REACHED = {
    "export-page", "package-page", "api-export", "api-export-file", "api-package",
    "api-package-file", "report-photo", "imagery-overview", "imagery-tile", "tile", "api-tile",
}  # fmt: skip
# Files and answers to programs; the API has pages too, which a browser gets.
FILES = re.compile(
    r"\.[a-z]{2,7}$|^/imagery/|^/(?:healthz|readyz)$|/(?:changes|queryables)$|^/auctions/documents/"
)
FORMULA = re.compile(r'(?:^|[,;\n\t])"?[=@+]')
# As markup anywhere in a page: the data have become elements or attributes.
TRACES = f"""[...document.querySelectorAll(`{CANARY}, [{CANARY}], [onload], [onerror], [onclick],
  [onfocus], [onmouseover], [srcdoc], [href^="javascript" i], [src="x"], math, base`)]
  .map((found) => found.outerHTML.slice(0, 200))"""
LINKS = """[...document.querySelectorAll('a[href], link[rel~=alternate][href], iframe[src],'
  + ' link[rel=describedby][href], meta[property="og:image"]')]
  .map((found) => new URL(found.getAttribute('href') || found.getAttribute('src')
    || found.content, document.baseURI).href)"""
WATCH = f"""document.addEventListener('securitypolicyviolation', (event) =>
  window.{CANARY}policy(`${{event.effectiveDirective}} ${{event.blockedURI}} ${{event.sample}}`))"""


@dataclass
class Hostile:
    """A portal of its own with the hostile data, and a browser context that listens."""

    url: str
    context: BrowserContext
    page: Page
    unlinked: list[str]
    planned: dict[str, str]
    sessions: dict[str, str]
    heard: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def hostile(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hostile]:
    local = tmp_path_factory.mktemp("hostile")
    mail = {"EMAIL_HOST": "127.0.0.1", "DEFAULT_FROM_EMAIL": "a@example.vn"}
    with scratch_database() as urls:
        environment = {**os.environ, **urls, **mail, "PORTAL_LOCAL_DIR": str(local)}
        environment["PORTAL_ADDRESS"] = "http://portal.example"
        manage(environment, "migrate", "--database", "owner", "--verbosity", "0")
        filling = [sys.executable, "-m", "tests.e2e.hostile_layers", str(local)]
        subprocess.run(filling, cwd=ROOT, env=environment, check=True)
        with served(environment) as url:
            context = browser.new_context(base_url=url, viewport=DESKTOP)  # type: ignore[arg-type]
            yield listening(context, url, local)
            context.close()


def listening(context: BrowserContext, url: str, local: Path) -> Hostile:
    """Whatever a page does that it should not is heard, in its frames, too."""
    made = json.loads((local / MADE).read_text(encoding="utf-8"))
    page = context.new_page()
    found = Hostile(url, context, page, **made)

    def hear(kind: str, words: object = "") -> None:
        found.heard.append(f"{page.url}: {kind} {words}")

    def dismiss(dialog: Dialog) -> None:
        hear("dialog", dialog.message)
        dialog.dismiss()

    context.expose_binding(CANARY, lambda _source, *_words: hear("executed"))
    context.expose_binding(f"{CANARY}policy", lambda _source, words: hear("policy", words))
    context.add_init_script(WATCH)
    context.on("dialog", dismiss)
    context.on("weberror", lambda error: hear("error", error.error))
    return found


def routes(patterns: Iterable[Any] | None = None, before: str = "") -> Iterator[tuple[str, str]]:
    """(route, name) of every address."""
    for pattern in patterns if patterns is not None else get_resolver().url_patterns:
        route = f"{before}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield route, pattern.name


def public_routes() -> Iterator[tuple[str, str]]:
    """Those that are the public's."""
    return (one for one in routes() if not one[0].startswith(ELSEWHERE))


def first_addresses(hostile: Hostile) -> Iterator[str]:
    """Every address without a blank in it, and each layer's with its layer filled in."""
    collections = hostile.context.request.get("/api/collections").json()["collections"]
    slugs = [each["id"] for each in collections]
    for route, _name in public_routes():
        if "<" not in route and "(" not in route:
            yield f"/{route}"
        elif re.fullmatch(r"[^<]*<\w+:slug>[^<(]*", route):
            yield from (f"/{re.sub(r'<.*>', slug, route)}" for slug in slugs)
    yield f"/panel/place/?lon={LON}&lat={LAT}"
    yield f"/reports/new/?layer={REGISTER}&lon={LON}&lat={LAT}"
    yield f"/follow/new/?lon={LON}&lat={LAT}&radius=500"
    yield f"/api/search?q={CANARY}"
    yield f"/api/collections/{REGISTER}/changes?since=1"
    yield from (f"/api/collections/{slug}/export.csv" for slug in slugs)
    yield from (urlsplit(address).path for address in hostile.unlinked)
    for slug in slugs:
        items = hostile.context.request.get(f"/api/collections/{slug}/items?f=json&limit=9")
        for feature in items.json()["features"]:
            yield f"/panel/{slug}/{feature['id']}/"


def kind_of(address: str, within: tuple[str, ...] = ()) -> tuple[str, ...] | None:
    """Of pages that are alike: name, language, layer; None of what is not to be opened. `within`:
    only what begins so is.
    """
    parts = urlsplit(address)
    try:
        found = resolve(parts.path)
    except Resolver404:
        return None
    elsewhere = not found.route.startswith(within) if within else found.route.startswith(ELSEWHERE)
    if elsewhere or not found.url_name:
        return None
    if found.url_name == "panel":
        return found.url_name, str(found.kwargs["slug"])
    language = "en" if IN_ENGLISH in parts.query else "vi"
    return (found.url_name, language if WHOLE else "")


def in_english(address: str) -> str:
    """The same page in the other language."""
    return f"{address}{'&' if '?' in address else '?'}{IN_ENGLISH}"


def crawl(hostile: Hostile, start: Iterable[str], within: tuple[str, ...] = ()) -> set[str]:
    """Open them and what they lead to; the names of what was opened."""
    queue = deque(start)
    seen: set[str] = set()
    opened: Counter[tuple[str, ...]] = Counter()
    while queue:
        address = queue.popleft().removeprefix(hostile.url).partition("#")[0]
        kind = kind_of(address, within) if address.startswith("/") else None
        if kind is None or address in seen or opened[kind] >= EACH:
            continue
        seen.add(address)
        if not WHOLE and len(opened) % 2:
            address = in_english(address)
        status, links = visit(hostile, address)
        if status in (400, 404):
            continue  # not of this layer, or only with more in the address
        opened[(*kind, "gone") if status == 410 else kind] += 1
        queue.extend(links)
        if WHOLE and links and IN_ENGLISH not in address:
            queue.append(in_english(address))
    return {kind[0] for kind, times in opened.items() if times}


def visit(hostile: Hostile, address: str) -> tuple[int, list[str]]:
    """Status and links of a page; what is none is looked into as a program would."""
    if FILES.search(urlsplit(address).path):
        return look(hostile, address)
    try:
        opened = hostile.page.goto(address, wait_until="load")
    except PlaywrightError as error:
        if "Download is starting" not in str(error):
            raise
        return look(hostile, address)
    assert opened
    assert opened.status in (200, 400, 404, 410), (address, opened.status)
    check_policy(opened)
    assert hostile.page.evaluate(TRACES) == [], address
    for told in hostile.page.query_selector_all('script[type="application/ld+json"]'):
        json.loads(told.inner_text())
    return opened.status, hostile.page.evaluate(LINKS)


def look(hostile: Hostile, address: str) -> tuple[int, list[str]]:
    """At what a browser would save."""
    answer = hostile.context.request.get(address, max_redirects=0, timeout=LONG)
    return answer.status, look_into(answer) if answer.status == 200 else []


def check_policy(answer: Response) -> None:
    """Nothing but our own scripts, or those with the page's own number."""
    policy = answer.headers.get("content-security-policy", "")
    assert "script-src" in policy, answer.url
    assert "unsafe-inline" not in policy.partition("script-src")[2].partition(";")[0], answer.url
    assert answer.headers["x-content-type-options"] == "nosniff", answer.url


def look_into(answer: APIResponse) -> list[str]:
    """A feed, table, picture or document: of its kind, well formed, no cell a formula. Answers what
    a sitemap names.
    """
    kind = answer.headers.get("content-type", "").partition(";")[0]
    assert answer.headers.get("x-content-type-options") == "nosniff", answer.url
    assert "html" not in kind, answer.url
    if kind.endswith("xml"):
        found = ET.fromstring(answer.text())
        assert not found.findall(f".//{CANARY}"), answer.url
        return [told.text or "" for told in found.findall(".//{*}loc")]
    if "json" in kind:
        answer.json()
    elif "calendar" in kind:
        assert len(Calendar.from_ical(answer.text()).walk("VEVENT")) <= 2 * ROWS, answer.url
    elif kind.endswith("spreadsheetml.sheet"):
        sheets = openpyxl.load_workbook(io.BytesIO(answer.body())).worksheets
        cells = [cell for sheet in sheets for row in sheet.iter_rows() for cell in row]
        assert not [cell.value for cell in cells if cell.data_type == "f"], answer.url
    elif "csv" in kind:
        assert not FORMULA.search(answer.text()), answer.url
    return []


def test_what_runs_is_heard(hostile: Hostile) -> None:
    """The ears of this test itself: with a policy and without one."""
    page, markup = hostile.page, f"<img src=x onerror={CANARY}()><{CANARY}></{CANARY}>"
    page.goto("/reports/")
    page.evaluate("(markup) => { document.body.innerHTML = markup; }", markup)
    until_heard(hostile, "policy script-src-attr")
    page.goto("about:blank")
    page.set_content(markup)
    assert len(page.evaluate(TRACES)) == 2
    until_heard(hostile, "executed")
    hostile.heard.clear()


def until_heard(hostile: Hostile, said: str) -> None:
    """Wait for a word from the page, at most five seconds."""
    for _ in range(50):
        if said in " ".join(hostile.heard):
            return
        hostile.page.wait_for_timeout(100)
    raise AssertionError(f"never heard: {said}")


def test_no_page_runs_what_the_data_say(hostile: Hostile) -> None:
    opened = crawl(hostile, first_addresses(hostile))
    assert hostile.heard == []
    assert {name for _route, name in public_routes()} - opened - NOT_REACHED == set()


def test_nor_do_maps_search_and_the_office(hostile: Hostile) -> None:
    page = hostile.page
    items = hostile.context.request.get(f"/api/collections/{REGISTER}/items?f=json&limit=1")
    uid = items.json()["features"][0]["id"]
    page.goto(
        f"/?layers={REGISTER},auction-lots,tourism-points&at=18/{LAT}/{LON}&sel={REGISTER}/{uid}"
    )
    page.wait_for_selector('body[data-map="ready"]', timeout=LONG)
    page.locator("article.panel").wait_for(timeout=LONG)
    page.locator("input[type=search]").first.fill(CANARY)
    page.locator(".results [role=option]").first.wait_for(timeout=LONG)
    assert page.evaluate(TRACES) == []
    page.goto(f"/layers/{REGISTER}/embed/")
    until(page, "document.querySelector('.leaflet-container canvas') !== null")
    page.mouse.click(DESKTOP["width"] / 2, DESKTOP["height"] / 2)
    assert page.evaluate(TRACES) == []
    sign_in(hostile, "steward")
    office = (urlsplit(address).path for address in hostile.unlinked if "/steward/" in address)
    more = [
        "/steward/",
        "/steward/reports/?state=all",
        "/steward/auctions/",
        f"/steward/layers/{REGISTER}/",
    ]
    for address in (*office, *more):
        page.goto(address)
        assert urlsplit(page.url).path.startswith("/steward/"), "signed in"
        assert page.evaluate(TRACES) == [], address
    page.goto("/steward/")
    page.goto(str(page.locator(".run-name").first.get_attribute("href")))
    assert page.evaluate(TRACES) == []
    assert hostile.heard == []


def sign_in(hostile: Hostile, name: str) -> None:
    """As somebody of the office, from now on."""
    cookie = {"name": "sessionid", "value": hostile.sessions[name], "url": hostile.url}
    hostile.context.add_cookies([cookie])  # type: ignore[list-item]


# Only with a secret that a planner made: the same answers as without.
SECRET = re.compile(r"<str:(?:token|secret)>")
PLACE = {"z": 14, "x": 13064, "y": 7717, "key": "xlsx", "seq": 1, "number": 1}


def filled(hostile: Hostile, route: str) -> str:
    """The address of what is there, by the room that its route names."""

    def thing(found: "re.Match[str]") -> str:
        room = found[1].removeprefix("my-")
        return f"{found[1]}/{hostile.planned[room]}"

    route = re.sub(r"([a-z-]+)/<uuid:\w+>", thing, route)
    return "/" + re.sub(r"<\w+:(\w+)>", lambda found: str(PLACE.get(found[1], "x")), route)


def rooms_of_planners(hostile: Hostile) -> dict[str, str]:
    """Name → address of everything there that is read; the rest is sent to."""
    found = {
        name: filled(hostile, route)
        for route, name in routes()
        if route.startswith(PLANNERS) and not SECRET.search(route)
    }
    ask = hostile.context.request
    return {name: there for name, there in found.items() if ask.get(there).status != 405}


def test_nor_do_the_rooms_of_planners(hostile: Hostile) -> None:
    """As one of them; then what they share, as anybody. Maps are seen with all that is on them."""
    sign_in(hostile, "planner")
    rooms = rooms_of_planners(hostile)
    pages = {name: rooms[f"planner-{name}"] for name in ("analysis", "run", "map-saved")}
    start = [*rooms.values(), f"/planner/runs/{hostile.planned['failed']}/"]
    opened = crawl(hostile, [*start, *map(in_english, start)], PLANNERS)
    assert sorted(rooms.keys() - opened - NOTHING_THERE) == []
    for address in (pages["run"], pages["map-saved"]):
        hostile.page.goto(address)
        hostile.page.locator(".maplibregl-canvas").first.wait_for(timeout=LONG)
        assert hostile.page.evaluate(TRACES) == [], address
    hostile.context.clear_cookies()
    shared = {f"planner-{name}" for name in pages}
    assert shared <= crawl(hostile, pages.values(), PLANNERS)
    assert hostile.heard == []


# Answered only with more in the address, or with a thing of another kind.
NOTHING_THERE = {"planner-map-classes", "planner-map-tile"}
