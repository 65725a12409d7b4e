"""Compression of tile bytes, once, in the application (nginx passes it on and later keeps it)."""

import gzip

import brotli  # type: ignore[import-untyped]

# Below this a header costs more than is saved.
SMALL = 200


def choose(accept_encoding: str) -> str:
    """The coding for a client: "br", "gzip" or "" for none. Refusals by q=0 are honoured."""
    offered = set()
    for part in accept_encoding.lower().split(","):
        name, _, weight = part.partition(";")
        if weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000"):
            offered.add(name.strip())
    return next((coding for coding in ("br", "gzip") if coding in offered), "")


def compress(body: bytes, coding: str) -> bytes:
    """The body in that coding. Levels are those where a further one saves less than it takes."""
    if coding == "br":
        return bytes(brotli.compress(body, quality=4))
    if coding == "gzip":
        return gzip.compress(body, compresslevel=5, mtime=0)
    return body
