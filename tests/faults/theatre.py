"""A portal of its own to be killed in: private cluster, database, files, and a stagehand process.

The cluster is made by `bin/cluster.py` in a folder of its own, never the one that the project's
other tests use. Neighbours: `stagehand.py` (inside), `test_faults.py` (what is asked of it).
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cluster

from tests.running_portal import ROOT, manage

# Short, so that a heartbeat falls into a small import; `age` lets it end.
_LEASE_SECONDS = "1"


class Theatre:
    """The stagehand's acts, and the postmaster's number."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        self.environment = environment
        command = [sys.executable, "-m", "tests.faults.stagehand"]
        with (folder / "stagehand.log").open("wb") as log:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )

    def act(self, name: str, **words: Any) -> Any:
        """Let the stagehand do it; a failure there fails here."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"act": name, **words}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError((self.folder / "stagehand.log").read_text()[-3000:])
        answer = json.loads(line)
        if "failed" in answer:
            raise RuntimeError(answer["failed"])
        return answer["answer"]

    def postmaster(self) -> int:
        """The number of the database's main process."""
        ours = cluster.load(self.folder)
        assert ours is not None
        return int((ours.data / "postmaster.pid").read_text().split()[0])

    def restart_database(self) -> None:
        """As a machine does that comes up again; recovers from its log."""
        cluster.start(self.folder)

    def orphans(self) -> list[str]:
        """Processes that name our folder, the stagehand and the database left out."""
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                words = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
            if str(self.folder / "files") in words:
                found.append(words[:200])
        return found

    def close(self) -> None:
        """The stagehand goes home."""
        with self.process:
            if self.process.stdin is not None:
                self.process.stdin.close()
            self.process.wait(timeout=20)


@contextmanager
def theatre() -> Iterator[Theatre]:
    """A running private portal without layers; stopped and removed afterwards."""
    # Not below pytest's own folder: the account that runs the database cannot pass through it.
    folder = Path(tempfile.mkdtemp(prefix="gis-portal-faults-", dir="/var/tmp"))
    folder.chmod(0o711)
    stage: Theatre | None = None
    try:
        cluster.start(folder)
        environment = {
            **os.environ,
            **cluster.database_env(folder),
            "PORTAL_LOCAL_DIR": str(folder / ".local"),
            "PORTAL_FILES": str(folder / "files"),
            "PORTAL_TILE_STORE": str(folder / "tiles"),
            # Imports only: no other task waits in the queue (preparing has its own tests).
            "PORTAL_LOD_MIN": str(10**9),
            "PORTAL_LEASE_SECONDS": _LEASE_SECONDS,
            "PORTAL_FOUR_EYES": "false",
            "ALLOWED_HOSTS": "testserver",
        }
        manage(environment, "migrate", "--database", "owner", "--verbosity", "0")
        manage(environment, "sync_layers", "--verbosity", "0")
        stage = Theatre(folder, environment)
        yield stage
    finally:
        if stage is not None:
            stage.close()
        ours = cluster.load(folder)
        cluster.stop(folder)
        if ours is not None:
            shutil.rmtree(ours.home, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)
