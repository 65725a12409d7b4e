"""Asks a server for a list of addresses with wrk (Debian), which takes little processor time.

The list is walked once, at a number of connections: exact counts, every latency and status. A
status that is not expected fails the run: errors are quick and would look like speed.
"""

import shutil
import statistics
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

SCRIPT = Path(__file__).with_name("walk.lua")
# As a browser asks, and as who wants the bytes as they are.
BROWSER = "gzip, deflate, br, zstd"
PLAIN = "identity"
MOST_SECONDS = 300


class LoadFailed(Exception):
    """The list was not answered as it should be; the text says what came instead."""


@dataclass(frozen=True)
class Load:
    """One walk: seconds from the first request to the last answer, latencies in ms."""

    requests: int
    seconds: float
    bytes: int
    latencies: tuple[float, ...]
    statuses: dict[int, int]

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds

    def percentile(self, share: float) -> float:
        """Latency in ms that so many hundredths of the requests stay within."""
        return percentile(self.latencies, share)


def percentile(values: Sequence[float], share: float) -> float:
    """Nearest rank; 0 of nothing."""
    ordered = sorted(values)
    place = min(len(ordered) - 1, int(len(ordered) * share / 100))
    return ordered[place] if ordered else 0.0


def is_there() -> bool:
    """Whether wrk is installed; `bin/system.py` tries."""
    return shutil.which("wrk") is not None


def walk(
    base: str,
    paths: Sequence[str],
    connections: int,
    folder: Path,
    *,
    accept_encoding: str = PLAIN,
    headers: dict[str, str] | None = None,
    rounds: int = 1,
    statuses: tuple[int, ...] = (200, 204),
) -> Load:
    """Ask `base` for every path, `rounds` times over. Raises LoadFailed."""
    connections = min(connections, len(paths))
    file = folder / "paths.txt"
    file.write_text("\n".join(paths) + "\n", encoding="ascii")
    wanted = {"Accept-Encoding": accept_encoding, **(headers or {})}
    command = ["wrk", "-t", str(connections), "-c", str(connections), "-d", f"{MOST_SECONDS}s"]
    command += ["--timeout", f"{MOST_SECONDS}s", "-s", str(SCRIPT)]
    for name, value in wanted.items():
        command += ["-H", f"{name}: {value}"]
    host = urlsplit(base)
    command += [f"{host.scheme}://{host.netloc}", "--"]
    command += [str(file), str(connections), str(rounds)]
    load = _read(_lines(command, connections))
    expected = len(paths) * rounds
    if load.requests != expected or set(load.statuses) - set(statuses):
        raise LoadFailed(f"{base}{paths[0]} …: {load.statuses} for {expected} requests")
    return load


def _lines(command: list[str], count: int) -> list[str]:
    """One line a thread; then wrk is ended, which would sleep until its time is over."""
    found: list[str] = []
    deadline = time.monotonic() + MOST_SECONDS
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as wrk:
        assert wrk.stdout is not None
        told = []
        for line in wrk.stdout:
            told.append(line)
            if line.startswith("walked "):
                found.append(line)
            if len(found) == count or time.monotonic() > deadline:
                break
        wrk.kill()
    if len(found) < count:
        raise LoadFailed(f"wrk: {''.join(told)[-400:]}")
    return found


def _read(lines: list[str]) -> Load:
    begins, ends, size, latencies, statuses = [], [], 0, [], dict[int, int]()
    for line in lines:
        _walked, first, last, own_bytes, told, times = line.split()
        begins.append(float(first))
        ends.append(float(last))
        size += int(own_bytes)
        latencies += [float(value) / 1000 for value in times.split(",")]
        for pair in told.split(","):
            status, count = map(int, pair.split("="))
            statuses[status] = statuses.get(status, 0) + count
    return Load(len(latencies), max(ends) - min(begins), size, tuple(latencies), statuses)


def middle(loads: Sequence[Load]) -> Load:
    """The walk of the median rate among several over the same list."""
    ordered = sorted(loads, key=lambda load: load.rate)
    return ordered[len(ordered) // 2] if ordered else Load(0, 1.0, 0, (), {})


def median_rate(loads: Sequence[Load]) -> float:
    """Requests a second: the median of the walks."""
    return statistics.median(load.rate for load in loads)
