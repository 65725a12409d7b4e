"""`bin/run.py` and what it starts: nothing outlives it, however it ends."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.running_portal import ROOT

PATIENCE_SECONDS = 20
# As run.py starts web server and worker: says the number of its child, then waits.
_PARENT = "import run, sys; print(run.begin(['sleep', '600']).pid, flush=True); sys.stdin.read()"


def _lives(number: int) -> bool:
    stat = Path(f"/proc/{number}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGTERM])
def test_what_it_started_ends_with_it(sign: int) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _PARENT],
        cwd=ROOT / "bin",
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert _lives(child)
        parent.send_signal(sign)
        parent.wait(timeout=PATIENCE_SECONDS)
    end = time.monotonic() + PATIENCE_SECONDS
    while _lives(child):
        assert time.monotonic() < end, "the child outlives its parent"
        time.sleep(0.05)
