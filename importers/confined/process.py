"""The parent's side of a confined child: start it, ask it, stop it, and say how it died.

Whatever the child does (dies, hangs, talks nonsense), the caller gets a named refusal; whatever the
caller does, no process is left. Waiting is bounded: for each answer's next bytes, and in all.
"""

import json
import logging
import os
import selectors
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from subprocess import TimeoutExpired
from typing import Any

import pyarrow as pa

from importers.confined import wire
from importers.confined.pipes import Pipes
from importers.confined.refusals import FileTooDemanding, ReaderCrashed, ReaderTooSlow
from layers.errors import PortalError

_log = logging.getLogger(__name__)
# How long a child that was told to end may take before it is made to.
_FAREWELL_SECONDS = 2.0
# The share of its memory above which a crash is taken for a lack of it.
_NEAR = 0.6
# Beyond any status, size or time.
_MOST = 2**60


def _write(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


@dataclass(frozen=True)
class Waiting:
    """Seconds that the parent waits: for the next bytes, and for all answers together."""

    silence: float
    total: float


@dataclass(frozen=True)
class Ended:
    """How the reader ended: status (minus its signal; None: it did not say), peak bytes, CPU."""

    status: int | None = None
    peak: int = 0
    cpu: float = 0.0


def ended_of(told: bytes) -> Ended:
    """What the supervisor wrote; of anything else nothing is believed."""
    try:
        found = json.loads(told)
        status, peak, cpu = found["status"], found["peak"], found["cpu"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return Ended()
    whole = type(status) is int and type(peak) is int and type(cpu) in (int, float)
    if not whole or not (abs(status) < _MOST and 0 <= peak < _MOST and 0 <= cpu < _MOST):
        return Ended()
    return Ended(status, peak, float(cpu))


class Child:
    """A confined process that answers one request at a time.

    `words(report)` is its command line, `report` the pipe of `importers.confined.supervisor`.
    """

    def __init__(self, words: Callable[[int], list[str]], waiting: Waiting, memory: int) -> None:
        self._waiting, self._memory = waiting, memory
        self._waited = 0.0
        self._started = time.monotonic()
        self._ended: Ended | None = None
        self._pipes = Pipes()
        self._process = self._pipes.spawn(words)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._pipes.answers, selectors.EVENT_READ)

    def ask(self, asked: dict[str, object]) -> None:
        """Send a request; the answer is `answer`'s."""
        text = wire.dump(asked)
        try:
            _write(self._pipes.requests, wire.HEAD.pack(b"Q", len(text), 0) + text)
        except OSError as error:
            raise self._verdict() from error

    def answer(self) -> tuple[bytes, Any, pa.Buffer | None]:
        """The next answer. Raises the child's refusal, or one that says how the child failed."""
        kind, json_bytes, arrow_bytes = wire.HEAD.unpack(self._receive(wire.HEAD.size))
        if kind not in wire.ANSWERS or json_bytes > wire.MOST_JSON:
            raise self.broken("head")
        # A reader holds a batch at least twice while it sends it.
        if arrow_bytes > min(wire.MOST_ARROW, self._memory // 2):
            raise FileTooDemanding()
        try:
            told = wire.load(bytes(self._receive(json_bytes)))
            arrow = pa.py_buffer(self._receive(arrow_bytes)) if arrow_bytes else None
            if kind == wire.REFUSED:
                raise wire.refusal_of(told)
        except wire.BadMessage as error:
            raise self.broken(str(error)) from error
        return kind, told, arrow

    def broken(self, why: str) -> PortalError:
        """The refusal for a child that cannot be believed; the reason goes to the log."""
        _log.error("the reader of a file failed: %s", why)
        return ReaderCrashed()

    def _receive(self, count: int) -> bytearray:
        """Exactly this many bytes."""
        data = bytearray(count)
        left = memoryview(data)
        while left:
            self._wait()
            got = os.readv(self._pipes.answers, [left])
            if not got:
                raise self._verdict()
            left = left[got:]
        return data

    def _wait(self) -> None:
        """Until there is something to read. Raises ReaderTooSlow."""
        allowed = min(self._waiting.silence, self._waiting.total - self._waited)
        start = time.monotonic()
        ready = allowed > 0 and self._selector.select(allowed)
        self._waited += time.monotonic() - start
        if not ready:
            raise ReaderTooSlow()

    def _verdict(self) -> PortalError:
        """Why the reader is gone before it answered."""
        ended = self._reap()
        _log.warning("the reader ended with %s: %s", ended.status, self._pipes.last_words())
        if ended.status == -signal.SIGXCPU:
            return ReaderTooSlow()
        # A library that cannot get memory mostly crashes: near the bound that is the reason.
        short = (ended.status or 0) < 0 and ended.peak > self._memory * _NEAR
        # Nobody but the machine, short of memory itself, kills a reader.
        return FileTooDemanding() if short or ended.status == -signal.SIGKILL else ReaderCrashed()

    def end(self) -> None:
        """Let it go, and make sure that it went. Never raises."""
        self._selector.close()
        self._pipes.hang_up()
        ended = self._reap()
        self._pipes.close()
        took = time.monotonic() - self._started
        _log.info(
            "reader ended: peak %.0f MB, %.1f s of CPU, %.1f s in all",
            ended.peak / 2**20,
            ended.cpu,
            took,
            extra={"peak_bytes": ended.peak, "cpu_seconds": ended.cpu, "seconds": took},
        )

    def _reap(self) -> Ended:
        """Collect the process, by force when it does not end by itself: with it all of its own."""
        if self._ended is None:
            told = self._pipes.report(_FAREWELL_SECONDS)
            self._ended = ended_of(told)
            try:
                self._process.wait(_FAREWELL_SECONDS if told else 0)
            except TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._pipes.wait_for_all(_FAREWELL_SECONDS)
        return self._ended
