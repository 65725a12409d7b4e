"""docker/nginx.conf with a real nginx: what is kept goes out without the portal, as the portal
would say it; what is not is fetched once. Skipped, loudly, where there is no nginx (`bin/system.py`
brings it for the benchmarks).
"""

import gzip
import http.client
import os
import queue
import re
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from django.conf import settings

from tests.nginx_limits import with_limits
from tests.running_portal import free_port
from tests.tiles.test_front import CACHING
from tiles import coding, front, store

ROOT = Path(__file__).resolve().parents[2]
CONFIG = ROOT / "docker" / "nginx.conf"
SHELF = store.Shelf("test-plots", 7, "0123456789ab")
PICTURES = store.Shelf("test-scenes", 8, "imagery-0123456789ab")
NAME, EMPTY = "14/1/2.mvt", "14/0/0.mvt"
TILE = f"/tiles/test-plots/7/{NAME}?d={SHELF.key}"
PICTURE = "/imagery/test-scenes/8/2026-03-01/14/1/2.webp?d=0123456789ab"
BROWSER, OLDER = "gzip, deflate, br, zstd", "gzip, deflate"
BODY = b"a tile " * 3000
PACKAGE_BYTES = 64 * 2**20


@dataclass
class Upstream:
    """Stands for the portal: says for ever, or what it is told; counts and may be held. A package
    has 64 MB, and `is_taken` says whether all of them went out within seconds.
    """

    calls: list[str] = field(default_factory=list)
    cache_control: str = front.FOR_EVER
    status: int = 200
    is_taken: "queue.SimpleQueue[bool]" = field(default_factory=queue.SimpleQueue)
    free: threading.Event = field(default_factory=threading.Event)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    upstream: Upstream

    def do_GET(self) -> None:
        self.upstream.calls.append(self.path)
        assert self.upstream.free.wait(20)
        if self.path.startswith("/api/packages/"):
            self.upstream.is_taken.put(self._sent_package())
            return
        body = b"from the portal"
        self.send_response(self.upstream.status)
        self.send_header("Cache-Control", self.upstream.cache_control)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _sent_package(self) -> bool:
        self.close_connection = True
        self.connection.settimeout(2)
        try:
            self.send_response(200)
            self.send_header("Content-Length", str(PACKAGE_BYTES))
            self.end_headers()
            for _ in range(PACKAGE_BYTES >> 20):
                self.wfile.write(bytes(2**20))
        except OSError:
            return False
        return True

    do_POST = do_GET  # noqa: N815 - the library's name

    def log_message(self, *_args: object) -> None:
        """Nothing on the screen."""


@pytest.fixture(scope="module")
def program() -> str:
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if found is None:
        pytest.skip("NO NGINX ON THIS MACHINE: docker/nginx.conf is not tried")
    return found


@pytest.fixture(scope="module")
def upstream() -> Iterator[tuple[Upstream, int]]:
    state = Upstream()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Own", (Handler,), {"upstream": state}))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield state, server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("nginx")


def configured(port: int, upstream_port: int, folder: Path, **limits: str) -> Path:
    """The shipped file with this test's ports and folders."""
    changes = {
        "listen 8080": f"listen 127.0.0.1:{port}",
        "server web:8000": f"server 127.0.0.1:{upstream_port}",
        "/tmp/": f"{folder}/",
        "/srv/tiles": f"{folder}/store",
        "access_log /dev/stdout short": f"access_log {folder}/access.log short",
    }
    text = with_limits(CONFIG.read_text(encoding="utf-8"), **limits)
    for before, after in changes.items():
        assert before in text, before
        text = text.replace(before, after)
    as_root = "user root;\n" if os.geteuid() == 0 else ""
    file = folder / "nginx.conf"
    file.write_text(f"daemon off;\n{as_root}{text}", encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def nginx(program: str, upstream: tuple[Upstream, int], folder: Path) -> Iterator[int]:
    """The port of an nginx with a kept tile, an empty one and a picture."""
    with started(program, upstream[1], folder) as port:
        yield port


@contextmanager
def started(program: str, upstream_port: int, folder: Path, **limits: str) -> Iterator[int]:
    """nginx as it is shipped, but for these limits; its port."""
    port = free_port()
    file = configured(port, upstream_port, folder, **limits)
    command = [program, "-c", str(file), "-p", str(folder)]
    checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    with subprocess.Popen(command, stderr=subprocess.PIPE) as process:
        try:
            _wait(port, process)
            yield port
        finally:
            process.terminate()
            process.wait(20)


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(2000):
        assert process.poll() is None, process.communicate()[1]
        with socket.socket() as probe:
            probe.settimeout(5)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        threading.Event().wait(0.01)
    pytest.fail("nginx did not answer")


@pytest.fixture(autouse=True)
def portal(
    upstream: tuple[Upstream, int], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Upstream:
    """The stand-in as new, and a store with what the tests ask for."""
    monkeypatch.setattr(settings, "PORTAL_TILE_STORE", str(folder / "store"))
    for shelf in (SHELF, PICTURES):
        Path(shelf.folder).mkdir(parents=True, exist_ok=True)
        store.opened.shelves.add(shelf.folder)
    for packing in (coding.GZIP, coding.ZSTD):
        store.keep(SHELF, NAME, coding.pack(BODY, packing), packing)
    store.keep_empty(SHELF, EMPTY)
    store.keep(PICTURES, "2026-03-01/14/1/2.webp", b"RIFF")
    state = upstream[0]
    state.calls.clear()
    state.cache_control = front.FOR_EVER
    state.status = 200
    state.free.set()
    return state


@dataclass
class Got:
    status: int
    headers: dict[str, str]
    body: bytes


def get(port: int, target: str, method: str = "GET", **headers: str) -> Got:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, target, headers=named)
    answer = connection.getresponse()
    found = Got(answer.status, {n.lower(): v for n, v in answer.getheaders()}, answer.read())
    connection.close()
    return found


@pytest.mark.parametrize("accept", [BROWSER, OLDER, "zstd;q=0, gzip;q=0.5", "GZIP ; q=1"])
def test_a_kept_tile_goes_out_as_the_portal_would_say_it(
    nginx: int, portal: Upstream, accept: str
) -> None:
    found = get(nginx, TILE, Accept_Encoding=accept)
    ours = front.kept(SHELF, NAME, front.Asked(accept))
    assert ours is not None
    assert not portal.calls
    assert (found.status, found.body) == (ours.status, ours.body)
    kept = {name: value for name, value in found.headers.items() if name in CACHING}
    assert kept == {name.lower(): value for name, value in ours.headers}
    assert "last-modified" not in found.headers
    head = get(nginx, TILE, "HEAD", Accept_Encoding=accept)
    assert {n: v for n, v in head.headers.items() if n in CACHING} == kept
    known = {"Accept_Encoding": accept, "If_None_Match": kept["etag"]}
    unchanged = get(nginx, TILE, **known)
    assert (unchanged.status, unchanged.body) == (304, b"")
    assert unchanged.headers["etag"] == kept["etag"]
    assert unchanged.headers["cache-control"] == front.FOR_EVER


def test_ranges_are_not_offered(nginx: int) -> None:
    assert get(nginx, TILE, Accept_Encoding="gzip", Range="bytes=0-3").status == 200


def test_an_empty_square_is_no_content_without_the_portal(nginx: int, portal: Upstream) -> None:
    found = get(nginx, TILE.replace(NAME, EMPTY), Accept_Encoding=BROWSER)
    assert (found.status, found.body, portal.calls) == (204, b"", [])
    kept = {n: v for n, v in found.headers.items() if n in CACHING}
    assert kept == {name.lower(): value for name, value in front.EMPTY.headers}


def test_a_kept_picture_goes_out(nginx: int, portal: Upstream) -> None:
    found = get(nginx, PICTURE, Accept_Encoding=BROWSER)
    assert (found.status, found.body, portal.calls) == (200, b"RIFF", [])
    assert found.headers["content-type"] == "image/webp"
    assert found.headers["cache-control"] == front.FOR_EVER
    assert found.headers["etag"] == PICTURES.etag(coding.PLAIN, 4)


@pytest.mark.parametrize(
    "target",
    [
        TILE.partition("?")[0],
        TILE + "&x=1",
        TILE.replace("0123456789ab", "..%2f..%2f7%2f0123456789ab"),
        TILE.replace("?d=", "?d=../"),
        TILE.replace("?d=", "?d=0123456789ab&d="),
        TILE.replace("/14/1/2", "/014/1/2"),
        TILE.replace("0123456789ab", "0123456789AB"),
        TILE.replace("test-plots/7", "test-plots/7/0123456789ab"),
        TILE.replace(f"{NAME}?", f"{NAME}.gz?"),
        "/tiles/test-plots/tilejson.json",
        PICTURE.replace("2026-03-01", "2026-3-1"),
    ],
)
def test_another_address_is_the_portals(nginx: int, portal: Upstream, target: str) -> None:
    for _ in range(2):
        assert get(nginx, target, Accept_Encoding="gzip").body == b"from the portal"
    assert portal.calls == [target] * 2


@pytest.mark.parametrize(
    "target", ["/tiles/../../../etc/passwd", "/tiles/%2e%2e/%2e%2e/etc/passwd"]
)
def test_nothing_beside_the_store_is_reached(nginx: int, target: str) -> None:
    assert b"root:" not in get(nginx, target).body


def test_cookies_lead_past_what_is_kept(nginx: int, portal: Upstream) -> None:
    for target in (TILE, TILE.replace("/1/2.", "/5/5."), PICTURE):
        for _ in range(2):
            found = get(nginx, target, Accept_Encoding="gzip", Cookie="sessionid=x")
            assert found.body == b"from the portal"
    assert len(portal.calls) == 6
    assert get(nginx, TILE.replace("/1/2.", "/5/5."), Accept_Encoding="gzip").status == 200
    assert len(portal.calls) == 7


def test_what_is_not_for_all_is_not_kept(nginx: int, portal: Upstream) -> None:
    portal.cache_control = "public, no-cache"
    target = TILE.replace("/1/2.", "/6/6.")
    for _ in range(2):
        get(nginx, target, Accept_Encoding="gzip")
    assert len(portal.calls) == 2


def sent(port: int, target: str) -> bytes:
    """The answer to a target as it is, which a client's library would change."""
    request = (
        f"GET {target} HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", port), timeout=30) as client:
        client.sendall(request.encode())
        return b"".join(iter(lambda: client.recv(65536), b""))


@pytest.mark.parametrize("before", ["/x/..", "/tiles/..", "/%2e", "/"])
@pytest.mark.parametrize(
    "place", [TILE.replace("/1/2.", "/7/7."), PICTURE.replace("/1/2.", "/7/7.")]
)
def test_the_portal_is_asked_for_what_is_kept(
    nginx: int, portal: Upstream, before: str, place: str
) -> None:
    """Else the answer to another address would be given to who asks for this one."""
    place = place.replace("/7/7.", f"/7/{len(before)}.")
    assert sent(nginx, before + place).endswith(b"from the portal")
    assert portal.calls == [place]


def test_a_refusal_is_not_kept(nginx: int, portal: Upstream) -> None:
    portal.status = 404
    target = TILE.replace("/1/2.", "/8/8.")
    assert get(nginx, target, Accept_Encoding="gzip").status == 404
    portal.status = 200
    assert get(nginx, target, Accept_Encoding="gzip").status == 200


def test_a_package_does_not_pile_up(nginx: int, portal: Upstream) -> None:
    """Who asks and does not read holds the portal's stream, not this machine's memory."""
    with socket.create_connection(("127.0.0.1", nginx), timeout=30) as client:
        client.sendall(b"GET /api/packages/1/a.pmtiles HTTP/1.1\r\nHost: x\r\n\r\n")
        assert portal.is_taken.get(timeout=30) is False


def test_a_client_without_a_packing_is_the_portals(nginx: int, portal: Upstream) -> None:
    assert get(nginx, TILE).body == b"from the portal"
    assert portal.calls == [TILE]


def test_other_methods_are_the_portals(nginx: int, portal: Upstream) -> None:
    get(nginx, TILE, "POST", Accept_Encoding="gzip", Content_Length="0")
    assert portal.calls == [TILE]


def test_many_who_miss_the_same_tile_cause_one_request(nginx: int, portal: Upstream) -> None:
    portal.free.clear()
    target = TILE.replace("/1/2.", "/9/9.")
    request = (
        f"GET {target} HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n"
    )
    sent = threading.Barrier(9)

    def ask(_number: int) -> bytes:
        with socket.create_connection(("127.0.0.1", nginx), timeout=30) as client:
            client.sendall(request.encode())
            sent.wait(20)
            return b"".join(iter(lambda: client.recv(65536), b""))

    with ThreadPoolExecutor(8) as clients:
        answers = [clients.submit(ask, number) for number in range(8)]
        sent.wait(20)
        portal.free.set()
        assert all(answer.result().endswith(b"from the portal") for answer in answers)
    assert len(portal.calls) == 1


@pytest.mark.parametrize(
    "header",
    [
        "", "gzip", "GZIP, zstd", "zstd;q=0, gzip;q=0.5", "gzip; q=0.000, br", "x-gzip", "gzipped",
        "zstd; q=0.0,gzip;q=0", "zstd;q=0.001", "deflate,zstd", "gzip ;q=0", "br;q=1, gzip ; q=0.8",
    ],
)  # fmt: skip
def test_nginx_chooses_the_packing_that_the_portal_chooses(nginx: int, header: str) -> None:
    found = get(nginx, TILE, **({"Accept_Encoding": header} if header else {}))
    chosen = found.headers.get("content-encoding", coding.PLAIN)
    assert chosen == coding.choose(header)
    if chosen == coding.GZIP:
        assert gzip.decompress(found.body) == BODY


def test_the_file_names_the_store_once_a_place(folder: Path) -> None:
    """What docs/operations.md tells to change is all there is to change."""
    places = set(re.findall(r"(?:alias|-f) (/srv/\w+)", CONFIG.read_text(encoding="utf-8")))
    assert places == {"/srv/tiles"}
