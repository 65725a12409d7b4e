"""Open a file where it can do no harm: in a confined child process, its records over a pipe.

`importers.run` reads through `opened` only. The pieces are in `importers.confined`; the mode is
setting PORTAL_SANDBOX, the bounds are `importers.limits`. Files from the web are read confined or
not at all; the command line, whose user may read the machine anyway, falls back with a remark.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from importers.confined import columns, host, wire
from importers.confined.process import Child, Waiting
from importers.confined.refusals import CannotConfine, UploadsOff
from importers.limits import limits
from importers.readers.opening import open_source
from importers.readers.source import Source, Stream, Wanted
from importers.refusals import FileMissing
from layers.crs import Crs
from layers.errors import PortalError

AUTO, REQUIRED, OFF = MODES = ("auto", "required", "off")


def mode() -> str:
    """Setting PORTAL_SANDBOX: `auto`, `required` or `off`."""
    return str(getattr(settings, "PORTAL_SANDBOX", AUTO))


def available() -> bool:
    """Whether this host confines readers (really tried, once a process): pages ask before uploads.

    Where web server and worker are different machines, `required` means that the worker refuses
    what it cannot confine, so an upload may be taken.
    """
    return mode() == REQUIRED or (mode() != OFF and not host.why_not())


@contextmanager
def opened(path: Path, wanted: Wanted, folder: Path, *, uploaded: bool = False) -> Iterator[Source]:
    """The one data set of `path`, readable until the block ends; `folder` is private and empty.

    `uploaded`: the file came over the web. Raises what `open_source` raises, CannotConfine,
    UploadsOff, and FileTooDemanding, ReaderTooSlow or ReaderCrashed also while it is read.
    """
    if mode() != OFF and not host.why_not():
        with confined(path, wanted, folder) as source:
            yield source
        return
    if uploaded:
        raise UploadsOff()
    if mode() == REQUIRED:
        raise CannotConfine(host.why_not())
    source = open_source(path, wanted, folder)
    if mode() == AUTO:
        remark = _("Máy chủ này chưa cách ly được việc đọc tệp; chỉ nạp tệp từ nguồn tin cậy.")
        source = replace(source, notes=[*source.notes, remark])
    yield source


@contextmanager
def confined(path: Path, wanted: Wanted, folder: Path) -> Iterator[Source]:
    """The data set of `path` in a confined child. Raises FileMissing and what `opened` does."""
    # A pipe or a device would be read for ever.
    if not (path.is_file() or path.is_dir()):
        raise FileMissing(str(path.absolute()))
    limit = limits()
    bounds = (limit.reader_memory_bytes, limit.reader_cpu_seconds, limit.unpacked_bytes)
    inputs = host.inputs_of(path.absolute())
    words = partial(host.command, inputs, folder.absolute(), bounds)
    # The overviews of a large picture are made in one go: nothing is heard meanwhile.
    silence = limit.reader_seconds if wanted.scene else limit.reader_silence_seconds
    waiting = Waiting(silence, limit.reader_seconds)
    child = Child(words, waiting, limit.reader_memory_bytes)
    try:
        yield _Remote(child).open(inputs[0].name, wanted)
    finally:
        child.end()


class _Remote:
    """A source whose functions ask the child. One stream at a time, as often as wanted."""

    def __init__(self, child: Child) -> None:
        self._child = child
        self._unread = 0
        # Each stream has a number; one that was left is not continued.
        self._stream = 0

    def open(self, name: str, wanted: Wanted) -> Source:
        asked: dict[str, object] = {
            "ask": "open",
            "path": f"{host.INPUT}/{name}",
            "folder": host.FOLDER,
            "wanted": wire.tell_wanted(wanted),
            "language": get_language() or settings.LANGUAGE_CODE,
            "locale_paths": [str(place) for place in settings.LOCALE_PATHS],
            "limits": getattr(settings, "PORTAL_IMPORT_LIMITS", {}),
        }
        _kind, told, _arrow = self._asked(asked, wire.SOURCE)
        try:
            return wire.described(told, read=self._read, first_shapes=self._first_shapes)
        except wire.BadMessage as error:
            raise self._child.broken(str(error)) from error

    def _first_shapes(self, crs: Crs) -> np.ndarray:
        asked: dict[str, object] = {"ask": "first", "crs": wire.tell_crs(crs)}
        _kind, _told, arrow = self._asked(asked, wire.SHAPES)
        try:
            return columns.unpack_only_shapes(arrow or pa.py_buffer(b""))
        except columns.BadBatch as error:
            raise self._child.broken(str(error)) from error

    def _read(self, crs: Crs) -> Stream:
        kind, told, arrow = self._asked({"ask": "read", "crs": wire.tell_crs(crs)}, *_OF_STREAM)
        own = self._stream
        while kind != wire.END:
            # The child makes the next batch while the caller works on this one.
            self._ask({"ask": "next"})
            yield self._batch(told, arrow, crs)
            if own != self._stream:
                raise RuntimeError("another stream of the same file was begun")
            kind, told, arrow = self._answer(*_OF_STREAM)

    def _batch(self, told: Any, arrow: pa.Buffer | None, crs: Crs) -> Any:
        try:
            own = wire.crs_of(told["crs"]) if told["crs"] else crs
            names = wire.names_of(told["names"])
            batch = columns.unpack(arrow or pa.py_buffer(b""), names, own)
            return batch, wire.issues_of(told["issues"])
        except (columns.BadBatch, wire.BadMessage, KeyError, TypeError) as error:
            raise self._child.broken(repr(error)) from error

    def _asked(self, asked: dict[str, object], *expected: bytes) -> tuple[bytes, Any, Any]:
        """A new request and its answer; answers of a stream that was left are dropped."""
        self._stream += 1
        while self._unread:
            self._unread -= 1
            with suppress(PortalError):
                self._child.answer()
        self._ask(asked)
        return self._answer(*expected)

    def _ask(self, asked: dict[str, object]) -> None:
        self._child.ask(asked)
        self._unread += 1

    def _answer(self, *expected: bytes) -> tuple[bytes, Any, Any]:
        self._unread -= 1
        kind, told, arrow = self._child.answer()
        if kind not in expected:
            raise self._child.broken("an answer to something else")
        return kind, told, arrow


_OF_STREAM = (wire.BATCH, wire.END)
