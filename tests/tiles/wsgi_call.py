"""Calls of the real WSGI application, as the web server makes them."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from urllib.parse import unquote_to_bytes

from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from gis_portal.wsgi import application
from tiles.store_writing import writer


@dataclass
class Called:
    """What came back: status, headers by their names in lower case, body."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


def call(target: str, method: str = "GET", **headers: str) -> Called:
    """One request; `target` is path and query as they stand in a request line. `Accept_Encoding`
    and the like are headers.
    """
    path, _, query = target.partition("?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": _as_sent(query),
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "localhost",
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(),
        "wsgi.errors": BytesIO(),
        **{f"HTTP_{name.upper()}": _as_sent(value) for name, value in headers.items()},
    }
    called = Called()

    def start_response(status: str, pairs: list[tuple[str, str]], *_more: object) -> None:
        called.status = int(status.split(" ", maxsplit=1)[0])
        called.headers = {name.lower(): value for name, value in pairs}

    with _connections_stay():
        answer: Iterable[bytes] = application(environ, start_response)
        try:
            called.body = b"".join(answer)
        finally:
            getattr(answer, "close", lambda: None)()
            # What was answered is kept a moment later: here, before the caller looks.
            writer.wait()
    return called


def _as_sent(text: str) -> str:
    """Bytes on the line as WSGI writes them: one character a byte."""
    return text.encode().decode("latin-1")


@contextmanager
def _connections_stay() -> Iterator[None]:
    """Django closes a connection in a transaction between requests, and a test is in one."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in signals:
            signal.connect(close_old_connections)
