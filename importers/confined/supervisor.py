"""The first code in the sandbox: sets the bounds, parts the reader off, and reports how it ended.

Only who waits for a process learns its true peak of memory, and bubblewrap does not pass that on.
So this small process waits for the reader and writes one line to a pipe that the reader cannot
reach. Only the standard library is known here.
"""

import json
import os
import sys
from typing import Any

from importers.confined.bounds import set_bounds
from importers.confined.syscalls import deny_calls, keep_to_itself


def part() -> None:
    """Returns in the reader; the supervisor waits for it, reports, and ends."""
    memory, cpu_seconds, file_bytes, report = json.loads(sys.argv[1])
    set_bounds(memory, cpu_seconds, file_bytes)
    keep_to_itself()
    reader = os.fork()
    if not reader:
        os.close(report)
        deny_calls()
        return
    # The parent must see the end of the reader's pipe as soon as the reader is gone.
    os.close(0)
    os.close(1)
    _pid, status, usage = os.wait4(reader, 0)
    told = {
        "status": os.waitstatus_to_exitcode(status),
        "peak": usage.ru_maxrss * 1024,
        "cpu": usage.ru_utime + usage.ru_stime,
    }
    os.write(report, json.dumps(told).encode())
    os._exit(0)


def go_without(*packages: str) -> None:
    """Let these be missing: pyogrio and pyarrow take along what is installed, and half of the
    reader's start would go into libraries that it has no use for.
    """

    class Missing:
        def find_spec(self, name: str, *_more: Any) -> None:
            if name.partition(".")[0] in packages:
                raise ModuleNotFoundError(f"{name} is kept out", name=name)

    sys.meta_path.insert(0, Missing())
