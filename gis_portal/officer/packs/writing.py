"""How parts that are documents are written: JSON, packed; the same content gives the same bytes."""

import gzip
import json
from typing import Any

# A twentieth larger than at the highest level, in half of its time.
LEVEL = 6


def packed(document: dict[str, Any]) -> bytes:
    """The document as it goes to a phone."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return gzip.compress(text.encode(), LEVEL, mtime=0)


def unpacked(body: bytes) -> dict[str, Any]:
    """What `packed` was given."""
    document: dict[str, Any] = json.loads(gzip.decompress(body))
    return document
