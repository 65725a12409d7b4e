"""Bait for hostile files: a file that nobody may open and an address that nobody may ask for.

The file is watched by the kernel (inotify sees every opening of the inode, from any process and any
mount namespace); the address is a web server of this process.
"""

import ctypes
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

MARK = "CANARY-7d41c0"
_IN_OPEN = 0x20
# What a virtual source that points here would return: two rows with the mark in them.
_CONTENT = (
    '{"type":"FeatureCollection","features":['
    + ",".join(
        f'{{"type":"Feature","properties":{{"code":"{MARK}{i}","name":"{MARK}"}},'
        '"geometry":{"type":"Point","coordinates":[107.2,10.5]}}'
        for i in range(2)
    )
    + "]}"
)


@dataclass
class Bait:
    """The watched file, the address, and what happened to them."""

    file: Path
    address: str
    heard: list[str] = field(default_factory=list)
    _watch: int = -1

    def openings(self) -> int:
        """How often the file was opened since the last question."""
        count = 0
        while True:
            try:
                # An event of a watched file has no name: 16 bytes.
                count += len(os.read(self._watch, 4096)) // 16
            except BlockingIOError:
                return count


@contextmanager
def bait(folder: Path) -> Iterator[Bait]:
    """Lay the bait in `folder`."""
    file = folder / "secret" / "canary.geojson"
    file.parent.mkdir()
    file.write_text(_CONTENT)
    libc = ctypes.CDLL(None, use_errno=True)
    watch = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
    if watch < 0 or libc.inotify_add_watch(watch, os.fsencode(file), _IN_OPEN) < 0:
        raise OSError(ctypes.get_errno(), "inotify")
    heard: list[str] = []

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(self.path)
            self.send_response(404)
            self.end_headers()

        def log_message(self, *_args: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield Bait(file, f"http://127.0.0.1:{server.server_port}/canary", heard, watch)
    finally:
        server.shutdown()
        server.server_close()
        os.close(watch)
