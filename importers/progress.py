"""Where a run is: its step, its rows, and whether somebody wants it to stop.

An import reports here as it goes; this one keeps it with the run in memory. A worker's import gets
one that writes it down while the import's own transaction is open (`importers.heartbeat`).
"""

import time
from typing import Any

from importers.models import ImportRun


class Progress:
    """Steps in order with their seconds and rows; `run.progress` holds them as plain values."""

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

    def end(self) -> None:
        """The last step is over."""
        self._end_step()

    def _end_step(self) -> None:
        if self._steps:
            self._steps[-1]["seconds"] = round(time.monotonic() - self._began, 3)
