"""The confined process: opens the file that it was given and answers the parent's requests.

Started by `importers.confined.host` with its bounds already set. It has no database, no settings
but the few below, no network; it reads requests from standard input and writes answers to what was
standard output. Each request has exactly one answer (`importers.confined.wire`).
"""

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import django
import pyarrow as pa
from django.conf import settings
from django.utils import translation

from importers.batch import Batch, Issue
from importers.confined import columns, wire
from importers.confined.bounds import allow_last_words
from importers.confined.refusals import FileTooDemanding
from importers.readers.opening import open_source
from importers.readers.source import Source
from layers.crs import Crs
from layers.errors import PortalError

# Libraries that wrap the system's refusal into an error of their own.
_NO_MEMORY = re.compile(
    r"out of memory|cannot allocate|not enough memory|bad_alloc|malloc|realloc|SQLITE_NOMEM"
    r"|too complex/large",
    re.I,
)
Answer = tuple[bytes, object, pa.Buffer | None]
_NOTHING: Answer = (wire.END, {}, None)


class Reader:
    """The opened source and the batches that are still to come."""

    def __init__(self) -> None:
        self._source: Source | None = None
        self._crs: Crs | None = None
        self._batches: Iterator[tuple[Batch, list[Issue]]] = iter(())

    def answer(self, asked: dict[str, Any]) -> Answer:
        """One request: open, first, read, next."""
        match asked["ask"]:
            case "open":
                return self._open(asked)
            case "first":
                shapes = self._opened().first_shapes(Crs(**asked["crs"]))
                return wire.SHAPES, {}, columns.pack_only_shapes(shapes)
            case "read":
                self._crs = Crs(**asked["crs"])
                self._batches = self._opened().read(self._crs)
                return self._next()
            case _:
                return self._next()

    def _open(self, asked: dict[str, Any]) -> Answer:
        wanted = wire.wanted_of(asked["wanted"])
        path, folder = Path(asked["path"]), Path(asked["folder"])
        self._source = open_source(path, wanted, folder, only_its_driver=True)
        return wire.SOURCE, wire.describe(self._source), None

    def _opened(self) -> Source:
        if self._source is None:
            raise RuntimeError("nothing is open")
        return self._source

    def _next(self) -> Answer:
        found = next(self._batches, None)
        if found is None:
            return _NOTHING
        batch, issues = found
        told = {
            "names": list(batch.columns),
            "issues": wire.tell_issues(issues),
            "crs": None if batch.crs == self._crs else wire.tell_crs(batch.crs),
        }
        return wire.BATCH, told, columns.pack(batch)


def main() -> None:
    """Serve until the parent closes its end. Libraries that print must not reach the pipe."""
    answers = os.fdopen(os.dup(1), "wb", buffering=2**16)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    requests = sys.stdin.buffer
    reader = Reader()
    while asked := _request(requests):
        if asked["ask"] == "open":
            _configure(asked)
        _send(answers, _answered(reader, asked))


def _configure(asked: dict[str, Any]) -> None:
    settings.configure(
        LANGUAGE_CODE=asked["language"],
        LOCALE_PATHS=asked["locale_paths"],
        USE_I18N=True,
        USE_TZ=True,
        LOGGING_CONFIG=None,
        PORTAL_IMPORT_LIMITS=asked["limits"],
    )
    django.setup()
    translation.activate(asked["language"])


def _request(requests: BinaryIO) -> dict[str, Any] | None:
    head = requests.read(wire.HEAD.size)
    if len(head) < wire.HEAD.size:
        return None
    _kind, length, _none = wire.HEAD.unpack(head)
    asked: dict[str, Any] = wire.load(requests.read(length))
    return asked


def _answered(reader: Reader, asked: dict[str, Any]) -> Answer:
    try:
        return reader.answer(asked)
    except PortalError as error:
        if _for_want_of_memory(error):
            error = FileTooDemanding()
        return wire.REFUSED, wire.tell_refusal(error), None
    except MemoryError:
        allow_last_words()
        return wire.REFUSED, wire.tell_refusal(FileTooDemanding()), None
    except Exception as error:
        if _for_want_of_memory(error):
            return wire.REFUSED, wire.tell_refusal(FileTooDemanding()), None
        # What a reader did not foresee ends this process; the parent gives it a name and logs it.
        raise


def _for_want_of_memory(error: BaseException) -> bool:
    """Somewhere in the chain of causes stands a lack of memory."""
    link: BaseException | None = error
    while link is not None:
        told = not isinstance(link, PortalError) and _NO_MEMORY.search(str(link))
        if isinstance(link, MemoryError) or told:
            allow_last_words()
            return True
        link = link.__cause__ or link.__context__
    return False


def _send(answers: BinaryIO, answer: Answer) -> None:
    kind, told, arrow = answer
    text = wire.dump(told)
    answers.write(wire.HEAD.pack(kind, len(text), 0 if arrow is None else arrow.size))
    answers.write(text)
    if arrow is not None:
        answers.flush()
        _write_all(answers.fileno(), memoryview(arrow))
    answers.flush()


def _write_all(descriptor: int, data: memoryview) -> None:
    """Past the buffer: a batch is megabytes."""
    while data:
        data = data[os.write(descriptor, data) :]
