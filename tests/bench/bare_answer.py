"""A WSGI application that answers the bytes of one file to everybody: the limit of the web server
itself. Started by bench_store.py under granian, as the portal is.
"""

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

BODY = Path(os.environ["PORTAL_BENCH_BODY"]).read_bytes()
HEADERS = [
    ("Content-Type", "application/vnd.mapbox-vector-tile"),
    ("Content-Length", str(len(BODY))),
    ("Content-Encoding", "zstd"),
    ("Cache-Control", "public, max-age=31536000, immutable"),
]


def application(_environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
    """200, always the same."""
    start_response("200 OK", HEADERS)
    return [BODY]
