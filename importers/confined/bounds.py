"""What the child may take of the machine: set before anything large is imported, never raised.

Runs in the child, called by the first line that it executes (`importers.confined.host`). Only the
standard library is known here.
"""

import resource

# Mapped libraries are no data but count as memory in use: GDAL, GEOS, Arrow, PROJ take about 75 MB.
LIBRARIES = 96 * 2**20
# Left free so that a child which ran out of memory can still say so.
_TO_SAY_SO = 16 * 2**20
_OPEN_FILES = 256
_PROCESSES = 64


def set_bounds(memory: int, cpu_seconds: int, file_bytes: int) -> None:
    """Memory in use, CPU time, size of each written file, open files, threads; no core dumps."""
    data = memory - LIBRARIES
    _limit(resource.RLIMIT_DATA, data - _TO_SAY_SO, data)
    _limit(resource.RLIMIT_CPU, cpu_seconds, cpu_seconds + 5)
    _limit(resource.RLIMIT_FSIZE, file_bytes, file_bytes)
    _limit(resource.RLIMIT_NOFILE, _OPEN_FILES, _OPEN_FILES)
    _limit(resource.RLIMIT_NPROC, _PROCESSES, _PROCESSES)
    _limit(resource.RLIMIT_CORE, 0, 0)


def _limit(kind: int, soft: int, hard: int) -> None:
    """No more than the host allows already."""
    allowed = resource.getrlimit(kind)[1]
    if allowed != resource.RLIM_INFINITY:
        soft, hard = min(soft, allowed), min(hard, allowed)
    resource.setrlimit(kind, (soft, hard))


def allow_last_words() -> None:
    """Lift the soft limit of memory to the hard one: what is left is for the refusal."""
    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    resource.setrlimit(resource.RLIMIT_DATA, (hard, hard))
