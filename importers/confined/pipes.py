"""The four pipes of a confined child: requests, answers, what its libraries print, how it ended."""

import fcntl
import os
import select
import subprocess
from collections.abc import Callable
from contextlib import suppress

_PIPE_BYTES = 2**20
_PRINTED_KEPT = 2000
_REPORT_BYTES = 4096


class Pipes:
    """The parent's ends; `spawn` gives the child's ends away."""

    def __init__(self) -> None:
        self.answers, self._answering = os.pipe()
        self._requested, self.requests = os.pipe()
        self._printed, self._printing = os.pipe()
        self._report, self._reporting = os.pipe()
        # Who prints more than fits loses it, and does not wait for somebody to read.
        os.set_blocking(self._printing, False)
        os.set_blocking(self._printed, False)
        # A batch is megabytes: fewer turns of both processes. A host may allow no more than it has.
        with suppress(OSError):
            fcntl.fcntl(self.answers, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        self._open = {self.answers, self.requests, self._printed, self._report}

    def spawn(self, words: Callable[[int], list[str]]) -> subprocess.Popen[bytes]:
        """Start the child whose command line names the pipe of its report."""
        try:
            return subprocess.Popen(
                words(self._reporting),
                stdin=self._requested,
                stdout=self._answering,
                stderr=self._printing,
                pass_fds=(self._reporting,),
                start_new_session=True,
            )
        except OSError:
            self.close()
            raise
        finally:
            for theirs in (self._requested, self._answering, self._printing, self._reporting):
                os.close(theirs)

    def report(self, seconds: float) -> bytes:
        """What the supervisor wrote, b"" when it says nothing within these seconds."""
        ready, _, _ = select.select([self._report], [], [], seconds)
        return os.read(self._report, _REPORT_BYTES) if ready else b""

    def wait_for_all(self, seconds: float) -> None:
        """Until nobody holds the other end: the kernel ends a confined family one after another."""
        select.select([self._report], [], [], seconds)

    def last_words(self) -> str:
        """The end of what was printed, for the log."""
        with suppress(BlockingIOError):
            return os.read(self._printed, 2**16)[-_PRINTED_KEPT:].decode("utf-8", "replace")
        return ""

    def hang_up(self) -> None:
        """No more requests, no more answers: a child that lives ends."""
        for ours in (self.requests, self.answers):
            self._close(ours)

    def close(self) -> None:
        """All of ours."""
        for ours in list(self._open):
            self._close(ours)

    def _close(self, descriptor: int) -> None:
        if descriptor in self._open:
            self._open.remove(descriptor)
            os.close(descriptor)
