"""From a template of ours and data to a PDF or a picture, a few at a time.

typst works outside Python's lock, so setting one sheet holds up nobody else in this process; but
processors are few. So each process sets one sheet at a time, a few more may wait a moment, and
whoever comes then is told to come again: tiles and pages go on meanwhile.

The same data give the same bytes: no clock, no fonts of the machine, nothing from the network.
"""

import io
import json
import logging
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Literal

import typst
from django.utils.translation import gettext_lazy as _
from PIL import Image

from gis_portal.typesetting.fonts import FOLDER, font_files, make_fonts
from layers.errors import PortalError

log = logging.getLogger(__name__)
# Who waits holds a thread of the web server, which has four.
MOST_WAITING = 1
WAIT_SECONDS = 3.0
KEPT_BYTES = 16 * 2**20
Kind = Literal["pdf", "png"]


class PaperBusy(PortalError):
    """Too many sheets are being set at this moment."""

    code, status = "paper-busy", 503
    title = _("Máy chủ đang bận lập các bản in khác")
    hint = _("Hãy thử lại sau ít giây.")


class _Kept:
    """The last sheets by their key, within a number of bytes."""

    def __init__(self, limit: int) -> None:
        self._limit, self._size = limit, 0
        self._sheets: OrderedDict[str, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str) -> bytes | None:
        with self._lock:
            if key in self._sheets:
                self._sheets.move_to_end(key)
            return self._sheets.get(key)

    def put(self, key: str, sheet: bytes) -> None:
        with self._lock:
            self._size += len(sheet) - len(self._sheets.pop(key, b""))
            self._sheets[key] = sheet
            while self._size > self._limit:
                self._size -= len(self._sheets.popitem(last=False)[1])

    def forget(self) -> None:
        with self._lock:
            self._sheets.clear()
            self._size = 0


kept = _Kept(KEPT_BYTES)
_at_work = threading.Lock()
_places = threading.BoundedSemaphore(1 + MOST_WAITING)


def set_sheet(
    template: Path,
    data: Mapping[str, Any],
    kind: Kind,
    key: str,
    photos: Mapping[str, bytes] | None = None,
) -> bytes:
    """The finished bytes; those of the same `key` are kept a while. Pictures have one pixel a point
    and 256 colours: they are flat, and go through slow lines.

    `data` reaches the template as text, never as code; `photos` as files of those names beside it.
    Raises PaperBusy.
    """
    found = kept.get(key)
    if found is not None:
        return found
    with _place():
        if photos:
            with tempfile.TemporaryDirectory() as folder:
                sheet = _compile(_beside(template, photos, Path(folder)), data, kind)
        else:
            sheet = _compile(template, data, kind)
    kept.put(key, sheet)
    return sheet


@contextmanager
def _place() -> Iterator[None]:
    """The one seat at the press; raises PaperBusy when the queue is full or slow."""
    if not _places.acquire(blocking=False):
        raise PaperBusy
    try:
        if not _at_work.acquire(timeout=WAIT_SECONDS):
            raise PaperBusy
        try:
            yield
        finally:
            _at_work.release()
    finally:
        _places.release()


def _beside(template: Path, photos: Mapping[str, bytes], folder: Path) -> Path:
    """The template in a folder of its own with its photos: it reads nothing outside its folder."""
    for name, photo in photos.items():
        (folder / name).write_bytes(photo)
    copied = folder / template.name
    copied.write_bytes(template.read_bytes())
    return copied


def _compile(template: Path, data: Mapping[str, Any], kind: Kind) -> bytes:
    text = json.dumps(data, ensure_ascii=False, sort_keys=True)
    made = _compiler().compile(
        str(template),
        root=str(template.parent),
        format=kind,
        ppi=72.0,
        sys_inputs={"data": text},
        pdf_standards=["ua-1"] if kind == "pdf" else [],
    )
    # Without a file to write to, it gives bytes; of several pages a list of pictures.
    first = made[0] if isinstance(made, list) else made
    assert first is not None
    return first if kind == "pdf" else _fewer_colours(first)


def _fewer_colours(picture: bytes) -> bytes:
    """A third of the bytes; no dither, which would be noise in flat colours."""
    with Image.open(io.BytesIO(picture)) as whole:
        few = whole.convert("RGB").quantize(
            256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE
        )
    packed = io.BytesIO()
    few.save(packed, "PNG", optimize=True)
    return packed.getvalue()


def _make_fonts() -> None:
    """`make build` has made them; a checkout that was never built makes them at its first sheet."""
    try:
        make_fonts()
    except OSError as error:
        log.warning("The fonts for paper are missing, run make build: %s", error)


@cache
def _compiler() -> typst.Compiler:
    """One for all; the folder of a template is all that it can read."""
    if not all(file.exists() for file in font_files()):
        _make_fonts()
    return typst.Compiler(font_paths=[str(FOLDER)], ignore_system_fonts=True)
