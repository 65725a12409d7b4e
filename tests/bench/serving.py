"""Starts servers on ports that the operating system chose, stops them, and reads what processor
time they took.

The portal as `make run` starts it; nginx with docker/nginx.conf, its names of a container replaced.
Neighbours: `peers.py` starts the others with the same tools.
"""

import os
import re
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from run import server_command

from tests.bench.land import Land
from tests.nginx_limits import with_limits
from tests.running_portal import free_port

ROOT = Path(__file__).resolve().parents[2]
NGINX = ROOT / "docker" / "nginx.conf"
READY_SECONDS = 60
STOP_SECONDS = 20
TICKS = os.sysconf("SC_CLK_TCK")


class NotServing(Exception):
    """A server did not start; the text says what it wrote."""


@dataclass(frozen=True)
class Server:
    """Where it answers, and the processes that are its own."""

    url: str
    processes: tuple[int, ...]

    def cpu_seconds(self) -> float:
        """Processor time of its processes until now, ended children included."""
        return sum(tree_seconds(pid) for pid in self.processes)


def tree_seconds(root: int) -> float:
    """User and system seconds of a process and all below it, those that ended included."""
    children: dict[int, list[int]] = defaultdict(list)
    own: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # ended meanwhile
        pid = int(stat.parent.name)
        children[int(fields[1])].append(pid)
        own[pid] = sum(map(int, fields[11:15]))
    waiting, total = [root], 0
    while waiting:
        pid = waiting.pop()
        total += own.get(pid, 0)
        waiting += children[pid]
    return total / TICKS


def postmaster(backend: int) -> int:
    """The process that all sessions of the database descend from."""
    return int(Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()[1])


@contextmanager
def started(
    command: list[str], url: str, environment: Mapping[str, str], log: Path, ready: str
) -> Iterator[Server]:
    """A program from here to the end of the block. Raises NotServing."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            guarded(command), cwd=ROOT, env=dict(environment), stdin=subprocess.DEVNULL,
            stdout=out, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    try:
        _wait(process, url + ready, log)
        yield Server(url, (process.pid,))
    finally:
        stop(process)


def guarded(command: list[str]) -> list[str]:
    """The command, ended with this process: even a killed run leaves no server behind."""
    return [*(["setpriv", "--pdeathsig", "TERM"] if shutil.which("setpriv") else []), *command]


def stop(process: "subprocess.Popen[bytes]") -> None:
    """It and what it started."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait(process: "subprocess.Popen[bytes]", url: str, log: Path) -> None:
    end, told = time.monotonic() + READY_SECONDS, ""
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                answer.read()
                return
        except urllib.error.HTTPError as error:
            told = f"{error.code} {error.read()[:300]!r}"
        except OSError as error:
            told = str(error)
        time.sleep(0.1)
    written = log.read_text(errors="replace")[-1500:]
    raise NotServing(f"{url}: {told if process.poll() is None else 'ended'}\n{written}")


@contextmanager
def portal(land: Land) -> Iterator[Server]:
    """The web server with the arguments of `make run`."""
    port = free_port()
    url, log = f"http://127.0.0.1:{port}", land.folder / "granian.log"
    with started(
        server_command("127.0.0.1", port), url, land.environment, log, "/readyz"
    ) as server:
        yield server


@contextmanager
def nginx(config: str, folder: Path, port: int, ready: str) -> Iterator[Server]:
    """nginx with this configuration; `folder` is its own."""
    file = folder / "nginx.conf"
    file.write_text(config, encoding="utf-8")
    url = f"http://127.0.0.1:{port}"
    command = ["nginx", "-c", str(file), "-p", str(folder), "-g", "daemon off;"]
    with started(command, url, os.environ, folder / "nginx.log", ready) as server:
        yield server


def portal_config(port: int, portal_url: str, folder: Path, store: Path) -> str:
    """docker/nginx.conf on this machine: its port, its upstream, its folders, no log."""
    text = with_limits(NGINX.read_text(encoding="utf-8"))
    changes = [
        (r"listen \d+\b", f"listen 127.0.0.1:{port}"),
        (r"server web:8000", f"server {portal_url.removeprefix('http://')}"),
        (r"access_log /dev/stdout \w+", "access_log off"),
        # First: the folder itself may lie below it.
        (r"/tmp/", f"{folder}/"),
        (r"/dev/stderr", f"{folder}/nginx-error.log"),
        (r"/var/cache/nginx", f"{folder}/cache"),
        (r"/(?:srv|app|data|var)/[\w/.-]*tiles", str(store)),
    ]
    for pattern, new in changes:
        text = re.sub(pattern, new, text)
    (folder / "cache").mkdir(exist_ok=True)
    return f"{as_whom()}{text}"


def as_whom() -> str:
    """Started by root, nginx's workers could not reach the folders of the run."""
    return "user root;\n" if os.geteuid() == 0 else ""
