"""`bin/worker.py` as `make run` starts it: works, shows itself, stops, and dies without orphans."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.theatre import Theatre
from tests.importers.made import plots_geojson
from tests.running_portal import ROOT

LAYER = "worked-plots"
# The program and its children load Django first.
PATIENCE_SECONDS = 60


@contextmanager
def worker(stage: Theatre) -> Iterator["subprocess.Popen[bytes]"]:
    command = [sys.executable, str(ROOT / "bin" / "worker.py")]
    environment = {**stage.environment, "PORTAL_IMPORT_WORKERS": "1"}
    with subprocess.Popen(command, cwd=ROOT, env=environment) as process:
        try:
            yield process
        finally:
            process.kill()


def _until(true: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < end, what
        time.sleep(0.1)


def _children(parent: int) -> set[int]:
    """Direct children; those of a parent that is gone have another one."""
    found = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return {int(number) for number in found}


def _lives(number: int) -> bool:
    stat = Path(f"/proc/{number}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"


@pytest.mark.long
@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGKILL])
def test_it_imports_what_waits_and_ends(stage: Theatre, tmp_path: Path, sign: int) -> None:
    file = str(plots_geojson(tmp_path / "plots.geojson", 50))
    stage.act("prepare", path=file, layer=LAYER)
    run = stage.act("submit", path=file, layer=LAYER)["run"]
    with worker(stage) as process:
        _until(lambda: stage.act("seen", run=run)["state"] == "published", "no import")
        assert stage.act("alive") == {"alive": True}
        children = _children(process.pid)
        assert children
        process.send_signal(sign)
        process.wait(timeout=PATIENCE_SECONDS)
        _until(lambda: not any(map(_lives, children)), "children outlive the worker")
    if sign == signal.SIGTERM:
        assert process.returncode == 0
        assert stage.act("alive") == {"alive": False}
