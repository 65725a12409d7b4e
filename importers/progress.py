"""Where a run is: its step, its rows, and whether somebody wants it to stop.

An import reports here as it goes; `Progress` keeps it with the run in memory. A worker's import
gets a `StoppableProgress`, which `importers.heartbeat` writes down while the import's own
transaction is open, and which stops the import when asked.
"""

import threading
import time
from typing import Any

from importers.models import ImportRun
from importers.refusals import ImportRefused


class Stopped(BaseException):
    """The worker is being stopped: this attempt ends, its run goes back to the queue.

    No `Exception`: whatever collects the defects of a file must not take it for one.
    """


class Progress:
    """Steps in order with their seconds and rows; `run.progress` holds them as plain values."""

    # Why the import has to stop; nobody can ask this one.
    reason: BaseException | None = None

    def __init__(self, run: ImportRun) -> None:
        self.run = run
        self._steps: list[dict[str, Any]] = []
        self._began = time.monotonic()

    def step(self, name: str, *, total: int | None = None) -> None:
        """A new step begins. `total`: rows that it will go through, where that is known."""
        self.checkpoint()
        self._end_step()
        self._began = time.monotonic()
        self._steps.append({"name": name, "rows": 0, "total": total, "seconds": 0.0})
        self.run.step = name
        self.run.progress = {"steps": self._steps}

    def rows(self, count: int) -> None:
        """So many rows of the step are done, counted from its start."""
        self.checkpoint()
        if self._steps:
            self._steps[-1]["rows"] = count
            self._steps[-1]["seconds"] = round(time.monotonic() - self._began, 3)

    def checkpoint(self) -> None:
        """A place where the import may be stopped: raises Cancelled. Nobody can ask this one."""

    def no_return(self) -> None:
        """From here on the import is not stopped any more. Raises Cancelled for the last time."""

    def end(self) -> None:
        """The last step is over."""
        self._end_step()

    def _end_step(self) -> None:
        if self._steps:
            self._steps[-1]["seconds"] = round(time.monotonic() - self._began, 3)


class StoppableProgress(Progress):
    """Progress of a worker's import: another thread, or a signal, may ask it to stop."""

    def __init__(self, run: ImportRun) -> None:
        super().__init__(run)
        # Held while a statement is interrupted: none is once the import may not be stopped.
        self.lock = threading.RLock()
        self._open = True
        self._interrupted = False

    @property
    def may_stop(self) -> bool:
        """Whether the import is still in a part that can be given up."""
        return self._open

    def stop(self, reason: ImportRefused | Stopped) -> None:
        """Ask the import to end at its next checkpoint, for this reason. The first one counts."""
        with self.lock:
            if self._open and self.reason is None:
                self.reason = reason

    def checkpoint(self) -> None:
        """Raises the reason for which the import has to stop, if there is one."""
        if self._open and self.reason is not None:
            raise self.reason

    def interrupt(self) -> None:
        """The checkpoint of a signal handler: raises in the middle of whatever runs, and once,
        so that what tidies up after it is left in peace."""
        if not self._interrupted and self._open and self.reason is not None:
            self._interrupted = True
            raise self.reason

    def no_return(self) -> None:
        """From here on the import is not stopped any more. Raises the reason for the last time."""
        with self.lock:
            self.checkpoint()
            self._open = False

    def end(self) -> None:
        """The import is over: its end is written in peace."""
        with self.lock:
            self._open = False
        super().end()

    def snapshot(self) -> dict[str, Any]:
        """The steps so far as plain values of their own; the last one's seconds are of now."""
        steps = [dict(step) for step in self._steps]
        if steps and self._open:
            steps[-1]["seconds"] = round(time.monotonic() - self._began, 3)
        return {"steps": steps}
