"""What this process and all that it started take, from /proc: memory while it runs, processor time.

The memory of a process is its resident set (RSS), libraries that several share counted for each:
more than what is really used, never less. The database server is not part of the tree.
"""

import resource
import threading
import time
from collections import defaultdict
from pathlib import Path
from types import TracebackType
from typing import Self

_EVERY = 0.05
_KIB = 1024


class Watched:
    """`with Watched() as seen:`; afterwards `seen.peak_bytes`, `.seconds` and `.cpu_seconds`."""

    def __init__(self) -> None:
        self.peak_bytes = 0
        self.seconds = self.cpu_seconds = 0.0
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self.seconds, self.cpu_seconds = time.monotonic(), _cpu()
        self._thread.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self.seconds = time.monotonic() - self.seconds
        self.cpu_seconds = _cpu() - self.cpu_seconds
        self._end.set()
        self._thread.join()

    def _watch(self) -> None:
        while True:
            self.peak_bytes = max(self.peak_bytes, _tree_bytes())
            if self._end.wait(_EVERY):
                return


def _cpu() -> float:
    """User and system seconds of this process and of children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _tree_bytes() -> int:
    """Sum of the resident sets of this process and its descendants."""
    children: dict[int, list[int]] = defaultdict(list)
    resident: dict[int, int] = {}
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            lines = status.read_text(errors="replace").splitlines()
        except OSError:
            continue  # ended meanwhile
        facts = dict(line.split(":", 1) for line in lines if ":" in line)
        pid = int(status.parent.name)
        children[int(facts["PPid"])].append(pid)
        resident[pid] = int(facts.get("VmRSS", "0").split()[0]) * _KIB
    waiting, total = [_own()], 0
    while waiting:
        pid = waiting.pop()
        total += resident.get(pid, 0)
        waiting += children[pid]
    return total


def _own() -> int:
    return int(Path("/proc/self").resolve().name)
