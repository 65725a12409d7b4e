"""The example for MapLibre on `/api/docs/examples`, as somebody else's web page."""

import http.server
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.portal.test_examples import examples_on
from tests.running_portal import ROOT, Portal

MAPLIBRE = ROOT / "gis_portal" / "frontend" / "node_modules" / "maplibre-gl" / "dist"


@contextmanager
def other_site(folder: Path) -> Iterator[str]:
    """A web server that is not the portal."""
    handler = partial(http.server.SimpleHTTPRequestHandler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_the_example_draws_on_a_page_of_another_site(
    browser: Browser, portal: Portal, tmp_path: Path
) -> None:
    """Also shows that public reads are open to other sites: style, tiles, collection."""
    if not MAPLIBRE.exists():
        pytest.skip("NO MAPLIBRE: this example was not run, run `make build`")
    for file in MAPLIBRE.glob("maplibre-gl*"):
        if file.suffix in (".mjs", ".css"):
            shutil.copy(file, tmp_path)
    text = examples_on(portal)["maplibre.html"]
    (tmp_path / "index.html").write_text(text, encoding="utf-8")
    with other_site(tmp_path) as site:
        page = browser.new_page()
        failed: list[str] = []
        page.on("pageerror", lambda error: failed.append(str(error)))
        page.on("requestfailed", lambda asked: failed.append(asked.url))
        page.goto(f"{site}/index.html")
        page.wait_for_function("document.title === 'ready'", timeout=60_000)
        assert failed == []
        page.close()
