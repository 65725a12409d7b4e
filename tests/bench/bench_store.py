"""Warm tiles: what lies in the store, through nginx and without it, against the same server with
nothing to decide: nginx with a static file, granian with an answer held in memory.

One tile of the middle size, asked for as browsers ask. The servers take turns, so that a slow
minute of the machine hits all of them.
"""

import re
import shutil
import statistics
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from run import server_command

from tests.bench import serving
from tests.bench.bench_cold import tile_path
from tests.bench.land import Land
from tests.bench.load import BROWSER, LoadFailed, walk
from tests.bench.rows import Figure
from tests.bench.serving import Server
from tests.running_portal import free_port
from tiles import front, store
from tiles.grid import Tile

CONNECTIONS = 16
SECONDS = 3
PASSES = 5
OF_STATIC, WITHOUT_NGINX = 0.9, 3000
NGINX = "warm, through nginx ÷ nginx with a static file of that size"
PORTAL = "warm, without nginx"
STATIC = """worker_processes auto;
pid {folder}/static.pid;
error_log {folder}/static-error.log;
events {{ worker_connections 1024; }}
http {{
  access_log off; sendfile on; tcp_nopush on; keepalive_timeout 30s;
  default_type application/vnd.mapbox-vector-tile;
  server {{ listen 127.0.0.1:{port}; root {folder}/static; }}
}}
"""


def warm_figures(land: Land, folder: Path) -> list[Figure]:
    """nginx and the portal from the store; a figure each, and what each is compared with."""
    if shutil.which("wrk") is None:
        absent = (NGINX, PORTAL)
        return [Figure(name, None, "", remark="wrk is not installed") for name in absent]
    with ExitStack() as running:
        portal = running.enter_context(serving.portal(land))
        tile, body = _middle(land, portal, folder)
        path = tile_path(tile)
        servers = {"portal": portal.url + path}
        servers["bare"] = running.enter_context(bare(land, folder, body)).url + path
        if shutil.which("nginx"):
            servers |= running.enter_context(two_nginx(land, folder, portal, path, body))
        rates: dict[str, list[float]] = {name: [] for name in servers}
        for turn in range(PASSES):
            names = list(servers)
            for name in names[turn % len(names) :] + names[: turn % len(names)]:
                rates[name].append(rate(servers[name]))
    medians = {name: statistics.median(values) for name, values in rates.items()}
    return _figures(medians, len(body))


def _figures(rates: dict[str, float], size: int) -> list[Figure]:
    of = f"a tile of {size / 1024:.1f} KB, {CONNECTIONS} connections"
    ratio = Figure(NGINX, None, "", OF_STATIC, remark="nginx is not installed")
    if "nginx" in rates:
        words = f"{rates['nginx']:,.0f} ÷ {rates['static']:,.0f} req/s; {of}"
        ratio = Figure(NGINX, rates["nginx"] / rates["static"], "", OF_STATIC, remark=words)
    words = f"{rates['portal']:,.0f} ÷ {rates['bare']:,.0f} req/s"
    return [
        ratio,
        Figure(PORTAL, rates["portal"], "req/s", WITHOUT_NGINX, remark=of),
        Figure(
            f"{PORTAL} ÷ granian with an answer of that size in memory",
            rates["portal"] / rates["bare"],
            "",
            remark=words,
        ),
    ]


def _middle(land: Land, portal: Server, folder: Path) -> tuple[Tile, bytes]:
    """The tile of the median size among some, all of them kept now; its bytes as they lie there."""
    sizes = {}
    tiles = land.working_tiles[:101]
    paths = [tile_path(tile) for tile in tiles]
    walk(portal.url, paths, 4, folder, accept_encoding=BROWSER)
    for tile in tiles:
        kept = _kept(land, tile)
        if kept:
            sizes[tile] = kept
    ordered = sorted(sizes, key=lambda tile: len(sizes[tile]))
    middle = ordered[len(ordered) // 2]
    return middle, sizes[middle]


def _kept(land: Land, tile: Tile) -> bytes:
    shelf = front.shelf_of(land.source)
    place = f"{shelf.slug}/{shelf.version_id}/{shelf.key}/{front.name_of(tile)}"
    file = Path(land.environment["PORTAL_TILE_STORE"]) / f"{place}{store.SUFFIX['zstd']}"
    return file.read_bytes() if file.exists() else b""


@contextmanager
def bare(land: Land, folder: Path, body: bytes) -> Iterator[Server]:
    """granian as the portal's, with an application that only answers."""
    file = folder / "body"
    file.write_bytes(body)
    port = free_port()
    command = [*server_command("127.0.0.1", port)[:-1], "tests.bench.bare_answer:application"]
    environment = {**land.environment, "PORTAL_BENCH_BODY": str(file)}
    url, log = f"http://127.0.0.1:{port}", folder / "bare.log"
    with serving.started(command, url, environment, log, "/") as server:
        yield server


@contextmanager
def two_nginx(
    land: Land, folder: Path, portal: Server, path: str, body: bytes
) -> Iterator[dict[str, str]]:
    """Addresses of the tile by docker/nginx.conf, and of the same bytes as a plain static file."""
    static = folder / "static"
    static.mkdir()
    (static / "tile").write_bytes(body)
    ours, plain = free_port(), free_port()
    own = folder / "nginx"
    own.mkdir()
    kept = Path(land.environment["PORTAL_TILE_STORE"])
    config = serving.portal_config(ours, portal.url, own, kept)
    other = serving.as_whom() + STATIC.format(folder=folder, port=plain)
    with (
        serving.nginx(config, own, ours, "/nginx-health") as first,
        serving.nginx(other, folder, plain, "/tile") as second,
    ):
        yield {"nginx": first.url + path, "static": f"{second.url}/tile"}


def rate(url: str) -> float:
    """Requests a second of one address, as wrk counts them. Raises LoadFailed for any but 200."""
    command = ["wrk", "-t", "2", "-c", str(CONNECTIONS), "-d", f"{SECONDS}s"]
    command += ["-H", f"Accept-Encoding: {BROWSER}", url]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = re.search(r"Requests/sec:\s+([\d.]+)", told)
    if found is None or "Non-2xx" in told or "Socket errors" in told:
        raise LoadFailed(told[-600:])
    return float(found[1])
