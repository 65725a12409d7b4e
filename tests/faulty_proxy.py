"""A bad line: an HTTP proxy that drops, delays, duplicates and truncates, in both directions.

It works on whole requests and answers, because that is what goes wrong on a phone: the request
never comes, comes twice, comes cut; the server acts and its answer is lost, cut or late. What fails
is drawn from a seed. Every exchange has a connection of its own, as after a change of the network.

    with faulty(portal.url, Faults(share=0.25), seed=1) as line:
        … line.url …
        line.faults = Faults(share=0)      # the line is good from now on
        assert line.happened["answer lost"]
"""

import random
import socket
import socketserver
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

REQUEST_LOST = "request lost"
REQUEST_CUT = "request cut"
REQUEST_TWICE = "request twice"
ANSWER_LOST = "answer lost"
ANSWER_CUT = "answer cut"
LATE = "late"
KINDS = (REQUEST_LOST, REQUEST_CUT, REQUEST_TWICE, ANSWER_LOST, ANSWER_CUT, LATE)
LONGEST_HEAD = 64 * 1024
SECONDS = 60


@dataclass(frozen=True)
class Faults:
    """What may happen to a request.

    Attributes:
        share: of the requests something happens to; 1 in 4 by default.
        kinds: what it may be, each as likely.
        only: beginnings of the paths that suffer; the others pass.
        late_seconds: how long a late answer is held back.
    """

    share: float = 0.25
    kinds: tuple[str, ...] = KINDS
    only: tuple[str, ...] = ("/",)
    late_seconds: float = 0.3


NONE = Faults(share=0)


class Line(socketserver.ThreadingTCPServer):
    """The proxy. `faults` may be changed at any time; `cut` takes the network away wholly."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, upstream: str, faults: Faults, seed: int) -> None:
        parts = urlsplit(upstream)
        assert parts.hostname
        self.upstream = (parts.hostname, parts.port or 80)
        self.faults = faults
        self.cut = False
        self.happened: Counter[str] = Counter()
        self.passed = 0
        self._random = random.Random(seed)
        self._lock = threading.Lock()
        self.ended = threading.Event()
        super().__init__(("127.0.0.1", 0), _Exchange)

    @property
    def url(self) -> str:
        """Where the proxy answers."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def draw(self, path: str) -> str:
        """What happens to a request for this path; empty: nothing."""
        faults = self.faults
        with self._lock:
            suffers = path.startswith(faults.only) and self._random.random() < faults.share
            kind = self._random.choice(faults.kinds) if suffers else ""
            if kind:
                self.happened[kind] += 1
            else:
                self.passed += 1
        return kind

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A line that breaks is what it is here for."""


class _Exchange(socketserver.BaseRequestHandler):
    """One request and its answer."""

    server: Line

    def handle(self) -> None:
        self.request.settimeout(SECONDS)
        message = _read_message(self.request)
        if message is None or self.server.cut:
            return
        head, body = message
        kind = self.server.draw(head.split(b" ", 2)[1].decode("latin-1"))
        if kind == REQUEST_LOST:
            return
        if kind == REQUEST_CUT:
            # Without a body there is only the head to cut.
            cut = head + body[: len(body) // 2] if body else head[: len(head) // 2]
            self._send(cut, whole=False)
            return
        if kind == REQUEST_TWICE:
            self._send(head + body)
        answer = self._send(head + body)
        if kind == ANSWER_LOST:
            return
        if kind == ANSWER_CUT:
            answer = answer[: len(answer) // 2]
        if kind == LATE:
            self.server.ended.wait(self.server.faults.late_seconds)
        with suppress(OSError):
            self.request.sendall(answer)

    def _send(self, message: bytes, *, whole: bool = True) -> bytes:
        """Over a connection of its own; the answer until the server closes. Of a message that is
        cut nobody waits for the answer.
        """
        with socket.create_connection(self.server.upstream, timeout=SECONDS) as line:
            line.sendall(message)
            if not whole:
                return b""
            answer = bytearray()
            while part := line.recv(65536):
                answer += part
            return bytes(answer)


def _read_message(stream: socket.socket) -> tuple[bytes, bytes] | None:
    """(head with `Connection: close`, body) of a request; None when none came."""
    got = bytearray()
    while b"\r\n\r\n" not in got:
        part = stream.recv(65536)
        if not part or len(got) > LONGEST_HEAD:
            return None
        got += part
    head, _, begun = bytes(got).partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    kept = [line for line in lines[1:] if not line.lower().startswith((b"connection:", b"keep-"))]
    lengths = [line for line in kept if line.lower().startswith(b"content-length:")]
    length = int(lengths[0].partition(b":")[2]) if lengths else 0
    body = bytearray(begun)
    while len(body) < length:
        part = stream.recv(65536)
        if not part:
            return None
        body += part
    return b"\r\n".join([lines[0], *kept, b"Connection: close"]) + b"\r\n\r\n", bytes(body)


@contextmanager
def faulty(upstream: str, faults: Faults | None = None, *, seed: int = 0) -> Iterator[Line]:
    """The bad line to that address, ended with the block."""
    with Line(upstream, faults or Faults(), seed) as line:
        thread = threading.Thread(target=line.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield line
        finally:
            line.ended.set()
            line.shutdown()
            thread.join(timeout=10)
