"""A map on another website: MapLibre with the style of one layer, a package by ranges."""

import json
import threading
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import pytest

from tests.e2e.conftest import Watched, until
from tests.running_portal import ROOT, Portal

pytestmark = pytest.mark.e2e
LIBRARY = ROOT / "gis_portal" / "frontend" / "node_modules" / "maplibre-gl" / "dist"
PAGE = """<!doctype html><html lang="vi">
<link rel="icon" href="data:,"><body style="margin:0">
<div id="map" style="width:100vw;height:100vh"></div>
<script type="module">
import * as maplibre from "/maplibre-gl.mjs";
maplibre.setWorkerUrl("/maplibre-gl-worker.mjs");
const map = new maplibre.Map({container: "map", style: "STYLE", attributionControl: false});
window.drawn = -1;
map.on("error", (event) => console.error(event.error?.message ?? String(event)));
map.on("idle", () => { window.drawn = map.queryRenderedFeatures()
  .filter((feature) => feature.source === "public-land-parcels").length; });
</script></body></html>"""


class Elsewhere(BaseHTTPRequestHandler):
    """Another website on this machine: another origin, with MapLibre's own files."""

    def do_GET(self) -> None:
        """The page with the style that the address names, or a script of the library."""
        address = urlsplit(self.path)
        script = LIBRARY / address.path.strip("/")
        is_page = address.path == "/"
        if not is_page and not script.is_file():
            self.send_error(404)
            return
        text = PAGE.replace("STYLE", unquote(address.query)).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html" if is_page else "text/javascript")
        self.end_headers()
        self.wfile.write(text if is_page else script.read_bytes())

    def log_message(self, *_words: object) -> None:
        """Quiet."""


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[str]:
    """The address of the other website."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def open_elsewhere(watched: Watched, elsewhere: str, style: str) -> None:
    """A map of that style on the other website."""
    watched.page.goto(f"{elsewhere}/?{quote(style, safe='')}")


@pytest.mark.parametrize("query", ["", "?lang=en&theme=dark", "?labels=0"])
def test_the_style_of_one_layer_draws_it(
    portal: Portal, elsewhere: str, desktop: Watched, query: str
) -> None:
    open_elsewhere(desktop, elsewhere, f"{portal.url}/layers/public-land-parcels/style.json{query}")
    until(desktop.page, "window.drawn > 0")
    assert not desktop.errors


def package(portal: Portal) -> dict[str, Any]:
    """A small package, made by the portal's worker."""
    request = urllib.request.Request(
        f"{portal.url}/api/collections/auction-lots/packages",
        b'{"max_zoom": 12}',
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


def test_a_package_is_read_by_ranges_from_another_site(
    portal: Portal, elsewhere: str, desktop: Watched
) -> None:
    made = package(portal)
    address = f"{portal.url}/api/packages/{made['id']}"
    open_elsewhere(desktop, elsewhere, f"{portal.url}/layers/auction-lots/style.json")
    until(desktop.page, f"fetch('{address}').then((a) => a.json()).then((p) => p.state == 'ready')")
    read = desktop.page.evaluate(
        """async (address) => {
          const found = await (await fetch(address)).json();
          const file = found.links.find((link) => link.rel === "enclosure").href;
          const part = await fetch(file, {headers: {Range: "bytes=0-126"}});
          const bytes = new Uint8Array(await part.arrayBuffer());
          return {status: part.status, length: bytes.length,
                  magic: String.fromCharCode(...bytes.slice(0, 7)), version: bytes[7],
                  etag: part.headers.get("ETag"), range: part.headers.get("Content-Range")};
        }""",
        address,
    )
    assert (read["status"], read["length"]) == (206, 127)
    assert (read["magic"], read["version"]) == ("PMTiles", 3)
    assert read["etag"]
    assert read["range"].startswith("bytes 0-126/")


def test_a_reader_asks_for_the_package_of_a_commune(portal: Portal, phone: Watched) -> None:
    page = phone.page
    page.goto("/layers/auction-lots/")
    page.get_by_role("link", name="Gói của một xã, hoặc ít mức phóng hơn").click()
    page.get_by_label("Xã, phường, đặc khu").select_option(index=1)
    page.get_by_label("Chi tiết đến mức phóng").select_option("12")
    page.get_by_role("button", name="Làm gói của khu vực").click()
    page.wait_for_url("**/packages/*/")
    done = page.get_by_role("link", name="Tải gói bản đồ ngoại tuyến (PMTiles)")
    refused = page.get_by_text("Khu vực này không có đối tượng nào của lớp")
    done.or_(refused).first.wait_for(timeout=60_000)
    assert not phone.errors
