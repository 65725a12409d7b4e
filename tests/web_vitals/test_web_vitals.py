"""`make web-vitals`: Lighthouse on three pages of the demo province, in docs/benchmarks-web.md.

Times are of one machine, and of a quiet one only: where others work on it at the start, the
document says so and judges weights and shifts alone.
"""

import json
import os
import re
import statistics
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.bench.report import Section, where_it_ran
from tests.bench.rows import Figure
from tests.browser import CHROMIUM
from tests.running_portal import Portal

HERE = Path(__file__).resolve().parent
DOCUMENT = HERE.parents[1] / "docs" / "benchmarks-web.md"
NODE = os.environ.get("PORTAL_NODE", "node")
RUNS = int(os.environ.get("PORTAL_VITALS_RUNS", "3"))
# The limits; tiles are not weighed.
PAINT_MS, BLOCKING_MS, SHIFT, WEIGHT_KB = 2500, 200, 0.05, 600
TILES = ("/tiles/", "/imagery/")
# More processes that want to run than this share of the processors: times mean nothing.
BUSY = 0.5
HEAD = """# Web vitals

Written by `make web-vitals` (`tests/web_vitals/`); do not edit by hand. The demo province in
Debian's Chromium without a graphics card (SwiftShader draws on the processor), Lighthouse's
simulated phone: 360 × 740 at two device pixels, a processor of a quarter, 1.6 Mbit/s, 150 ms.
Medians of {runs}, the browser started anew and nothing cached. *First useful paint* is the largest
contentful paint. The web server is the one of `make run`: it packs scripts and styles, while nginx
packs the page itself and the answers as well. Weight is what came over the wire without tiles.

{where}

{quiet}
"""
NOISY = """**The machine was busy**: {load:.1f} processes wanted its {cores} processors when the run
began. Its times are not to be believed and have no verdict; repeat on a quiet machine."""
QUIET = "The machine was quiet: {load:.1f} processes wanted its {cores} processors at the start."


@pytest.fixture(scope="module")
def load() -> float:
    """How many processes wanted to run in the minute before; before the portal is made."""
    return os.getloadavg()[0]


@pytest.fixture(scope="module")
def pages(load: float, portal: Portal) -> dict[str, str]:
    """Home, an open lot, a parcel; asked once before, as a server that has run for a while."""
    lot = re.search(rb"/auctions/[0-9a-f-]{36}/", portal.get("/auctions/?stage=open")[2])
    items = json.loads(portal.get("/api/collections/public-land-parcels/items?limit=1")[2])
    assert lot
    found = {
        "home": "/",
        "a lot": lot[0].decode(),
        "a parcel": f"/parcels/{items['features'][0]['id']}/",
    }
    for path in found.values():
        assert portal.get(path)[0] == 200, path
    return found


def measured(url: str) -> list[dict[str, Any]]:
    """The runs of Lighthouse on one page."""
    done = subprocess.run(
        [NODE, str(HERE / "measure.mjs"), str(CHROMIUM), url, str(RUNS)],
        capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    runs: list[dict[str, Any]] = json.loads(done.stdout)
    return runs


def weight(run: dict[str, Any]) -> tuple[float, float]:
    """KB without tiles, and of tiles."""
    of_tiles = [urlsplit(each["url"]).path.startswith(TILES) for each in run["requests"]]
    sizes = [each["bytes"] / 1024 for each in run["requests"]]
    tiles = sum(size for size, is_tile in zip(sizes, of_tiles, strict=True) if is_tile)
    return sum(sizes) - tiles, tiles


def figures(runs: list[dict[str, Any]], *, quiet: bool) -> list[Figure]:
    def median(name: str) -> float:
        return float(statistics.median(run[name] for run in runs))

    paint, blocking = (PAINT_MS, BLOCKING_MS) if quiet else (None, None)
    heaviest = max(weight(run) for run in runs)
    first = f"first contentful paint {median('first_paint_ms'):,.0f} ms"
    asked = f"{len(runs[0]['requests'])} requests; tiles {heaviest[1]:,.0f} KB beside it"
    return [
        Figure("first useful paint", median("largest_paint_ms"), "ms", paint, False, first),
        Figure("total blocking", median("blocking_ms"), "ms", blocking, False),
        Figure("layout shift", median("shift"), "", SHIFT, False),
        Figure("weight", heaviest[0], "KB", WEIGHT_KB, False, asked),
    ]


@pytest.mark.skipif(CHROMIUM is None, reason="NO BROWSER: Chromium is not installed")
def test_pages_open_quickly_on_a_phone(load: float, pages: dict[str, str], portal: Portal) -> None:
    cores = os.cpu_count() or 1
    quiet = load <= BUSY * cores
    sections, found, version = [], [], ""
    for name, path in pages.items():
        runs = measured(portal.url + path)
        version = runs[0]["version"]
        assert all(each["status"] == 200 for run in runs for each in run["requests"]), name
        found += figures(runs, quiet=quiet)
        sections.append(Section(name.capitalize(), figures(runs, quiet=quiet)))
    told = NOISY if not quiet else QUIET
    where = (f"{datetime.now(UTC):%Y-%m-%d}", where_it_ran(), f"Lighthouse {version}", _browser())
    head = HEAD.format(
        runs=f"{RUNS} runs" if RUNS > 1 else "one run",
        where=" · ".join(where),
        quiet=told.format(load=load, cores=cores),
    )
    DOCUMENT.write_text("\n".join([head, *map(str, sections)]), encoding="utf-8")
    print(f"\n{DOCUMENT.read_text(encoding='utf-8')}")  # noqa: T201 - a report on the screen
    missed = [figure.row() for figure in found if figure.is_met is False]
    assert not missed, "\n".join(missed)


def _browser() -> str:
    said = subprocess.run([str(CHROMIUM), "--version"], capture_output=True, text=True, check=False)
    return " ".join(said.stdout.split()[:2])
