"""Everything that can be read out of an answer: packed, zipped, set as PDF, cut into tiles."""

import gzip
import html
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

import pypdf
from pmtiles.reader import MemorySource, all_tiles

WORD = re.compile(r"KANARI[AB][A-Z]+Q", re.IGNORECASE)


def body_of(response: Any) -> bytes:
    """All of it, streamed or not."""
    if getattr(response, "streaming", False):
        return b"".join(response.streaming_content)
    content: bytes = response.content
    return content


def words_in(response: Any) -> set[str]:
    """The planted words in an answer, its headers included."""
    heads = " ".join(f"{name}: {value}" for name, value in response.headers.items())
    texts = [heads, *texts_of(body_of(response))]
    return {word.upper() for text in texts for word in WORD.findall(text)}


def texts_of(content: bytes) -> Iterator[str]:
    """As text, whatever it is wrapped in."""
    yield html.unescape(content.decode("utf-8", "replace"))
    if content.startswith(b"\x1f\x8b"):
        yield from texts_of(gzip.decompress(content))
    elif content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                yield from texts_of(archive.read(name))
    elif content.startswith(b"PMTiles"):
        for _place, tile in all_tiles(MemorySource(content)):
            yield from texts_of(tile)
    elif content.startswith(b"%PDF"):
        pages = pypdf.PdfReader(io.BytesIO(content)).pages
        yield " ".join(page.extract_text() for page in pages)
    elif content.startswith(b"\x89PNG"):
        for chunk in re.findall(rb"(?:tEXt|zTXt|iTXt)(.*?)IEND", content, re.DOTALL):
            yield chunk.decode("utf-8", "replace")
            yield zlib.decompressobj().decompress(chunk).decode() if chunk[:1] == b"x" else ""
