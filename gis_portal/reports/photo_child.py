"""The process that opens one photo: bytes in, a small JPEG out, or an exit code that says why not.

Bounds first (`importers.confined`), then Pillow, then no more calls that a decoder does not need:
no network, no other process, no program. Pixels are counted from the header, before any of them is
decoded; JPEG is decoded at a fraction of its size. Started by `photos.py`; knows no Django.
"""

import io
import struct
import sys
import warnings
from contextlib import suppress
from typing import Any

from importers.confined.bounds import allow_last_words, set_bounds
from importers.confined.syscalls import deny_calls, keep_to_itself

EMPTY, HEIC, GIF, SVG, OTHER, TOO_MANY_PIXELS, BROKEN = range(40, 47)
# Before the JPEG on standard output: width and height.
SIZE = ">HH"
HEAD = struct.calcsize(SIZE)
LONGEST_SIDE = 1600
# A progressive JPEG keeps its coefficients, up to 6 bytes a pixel; other formats are decoded whole.
MOST_PIXELS = {"JPEG": 64_000_000, "PNG": 32_000_000, "WEBP": 32_000_000}
_MEMORY, _CPU_SECONDS = 640 * 2**20, 10
_QUALITY = 80


def main() -> None:
    """Read standard input, write standard output, end with a code."""
    set_bounds(_MEMORY, _CPU_SECONDS, 0)
    keep_to_itself()
    # Everything that decoding needs is loaded before calls are denied.
    from PIL import Image, ImageOps, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

    _loaded = (JpegImagePlugin, PngImagePlugin, WebPImagePlugin)
    with suppress(OSError):  # a kernel without seccomp: the bounds hold all the same
        deny_calls()
    content = sys.stdin.buffer.read()
    refused = kind_refused(content[:512])
    if refused:
        sys.exit(refused)
    try:
        made = _small(Image, ImageOps, content)
    except MemoryError:
        allow_last_words()
        sys.exit(TOO_MANY_PIXELS)
    except Exception:  # noqa: BLE001 - whatever a decoder says about a stranger's file
        sys.exit(BROKEN)
    if made is None:
        sys.exit(TOO_MANY_PIXELS)
    sys.stdout.buffer.write(made)


def kind_refused(head: bytes) -> int:
    """The code of a kind that is not taken, by the first bytes; 0 for one that is."""
    if not head:
        return EMPTY
    if head[:3] == b"\xff\xd8\xff" or head[:8] == b"\x89PNG\r\n\x1a\n":
        return 0
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return 0
    if head[4:8] == b"ftyp" and head[8:12] in (b"heic", b"heix", b"hevc", b"mif1", b"msf1"):
        return HEIC
    if head[:4] == b"GIF8":
        return GIF
    return SVG if b"<svg" in head.lower() else OTHER


def _small(image_module: Any, ops: Any, content: bytes) -> bytes | None:
    """The picture upright, at most LONGEST_SIDE, without anything but pixels; None: too large."""
    image_module.MAX_IMAGE_PIXELS = None
    warnings.simplefilter("ignore")
    with image_module.open(io.BytesIO(content), formats=tuple(MOST_PIXELS)) as picture:
        if picture.width * picture.height > MOST_PIXELS[picture.format]:
            return None
        picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        upright = ops.exif_transpose(picture)
        plain = image_module.new("RGB", upright.size, "white")
        shown = upright.convert("RGBA") if upright.has_transparency_data else upright
        plain.paste(shown, mask=shown if shown.mode == "RGBA" else None)
    out = io.BytesIO()
    plain.save(out, "JPEG", quality=_QUALITY, optimize=True)
    return struct.pack(SIZE, *plain.size) + out.getvalue()
