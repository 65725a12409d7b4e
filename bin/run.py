#!/usr/bin/env python3
"""From a bare machine to a running portal: `python3 bin/run.py run|prepare|serve|tiles|clean`.

`run` does everything and serves until Ctrl-C, then stops what it started. `prepare` (migrations,
layers, demo) and `serve` are the same steps for containers. Neighbours: `system.py`, `install.py`
(what is needed), `cluster.py` (the private database), `clean.py`.
"""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import clean
import cluster
from answers import answers
from install import install
from postgres import ServerProblem
from steps import LOCAL, PROJECT, PYTHON, VENV, StepFailed, call, fail, step
from system import check_python, ensure_packages

ANSWER_SECONDS = 60
STOP_SECONDS = 20
# The worker itself gives its children 20 s to put an import back.
WORKER_STOP_SECONDS = 30
DEFAULT_PORT = 8000
_PR_SET_PDEATHSIG = 1  # <linux/prctl.h>


class Stopped(BaseException):
    """Someone pressed Ctrl-C or asked the process to end."""


def _on_signal(number: int, _frame: FrameType | None) -> None:
    raise Stopped(signal.Signals(number).name)


def listen_for_stop() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _on_signal)


def _has_own_database() -> bool:
    return bool(os.environ.get("DATABASE_URL") or os.environ.get("DATABASE_URL_FILE"))


@contextmanager
def database() -> Iterator[None]:
    """The private cluster for as long as it is needed, or the database that the operator named."""
    if _has_own_database():
        with step("Database of DATABASE_URL"):
            call([str(PYTHON), str(PROJECT / "bin" / "check_database.py")])
        yield
        return
    # Known before it is made: a Ctrl-C in the middle of the start must stop it as well.
    ran_before = cluster.status()[0]
    try:
        with step("Database"):
            cluster.start()
        yield
    finally:
        if not ran_before:
            with step("Stopping the database"):
                cluster.stop()


def prepare() -> None:
    """Tables, layers, demo province: its steps show themselves (bin/prepare.py)."""
    command = [str(PYTHON), str(PROJECT / "bin" / "prepare.py")]
    done = subprocess.run(command, cwd=PROJECT, stdin=subprocess.DEVNULL, check=False)
    if done.returncode:
        raise StepFailed("The database could not be brought up to date; see above.")


def _is_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _choose_port(host: str) -> int:
    """PORT, or the next free one, saying so."""
    wanted = int(os.environ.get("PORT", DEFAULT_PORT))
    for port in range(wanted, wanted + 100):
        if _is_free(host, port):
            if port != wanted:
                print(f"  Port {wanted} is taken by another program: using {port}.")
            return port
    raise StepFailed(f"No free port from {wanted} to {wanted + 99} on {host}. Choose one: PORT=…")


def _workers() -> int:
    """As many processes as processors that this process may use, within 2 and 8."""
    allowed = getattr(os, "sched_getaffinity", None)
    processors = len(allowed(0)) if allowed else os.cpu_count() or 2
    return int(os.environ.get("PORTAL_WORKERS", max(2, min(processors, 8))))


def server_command(host: str, port: int) -> list[str]:
    return [
        str(VENV / "bin" / "granian"), "--interface", "wsgi", "--host", host, "--port", str(port),
        "--workers", str(_workers()), "--blocking-threads", "4", "--respawn-failed-workers",
        "--workers-kill-timeout", "10s", "--no-ws", "--log-level", "warning",
        "gis_portal.wsgi:application",
    ]  # fmt: skip


def _wait_until_it_answers(server: subprocess.Popen[bytes], host: str, port: int) -> None:
    deadline = time.monotonic() + ANSWER_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise StepFailed(f"The web server ended by itself (status {server.returncode}).")
        if answers(host, port, "/healthz"):
            return
        time.sleep(0.1)
    raise StepFailed(f"The web server did not answer within {ANSWER_SECONDS} s.")


def _print_welcome(address: str) -> None:
    print(f"\nThe portal answers at {address}")
    accounts = LOCAL / "demo-accounts.txt"
    if accounts.exists():
        print(f"Demo accounts for {address}admin/ (kept in .local/demo-accounts.txt):")
        print("".join(f"  {line}\n" for line in accounts.read_text().splitlines()), end="")
    print(f"Import files (steward) and approve them (approver): {address}steward/")
    print("Stop with Ctrl-C.", flush=True)


def begin(command: list[str]) -> subprocess.Popen[bytes]:
    """A program in a session of its own, so that Ctrl-C reaches this process only, which ends it.

    It gets SIGTERM when this process is killed: else it would go on beside the next start's.
    """
    parent = os.getpid()
    c_library = ctypes.CDLL(None, use_errno=True)

    def end_with_parent() -> None:
        c_library.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)

    # One thread only: nothing can hold a lock at the moment of the fork.
    return subprocess.Popen(
        command,
        cwd=PROJECT,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=end_with_parent,  # noqa: PLW1509 - see above
    )


@contextmanager
def worker() -> Iterator[None]:
    """The worker beside the web server: without one, imports of the steward's pages would wait."""
    process = begin([str(PYTHON), str(PROJECT / "bin" / "worker.py")])
    try:
        yield
    finally:
        _end(process, "worker", WORKER_STOP_SECONDS)


def serve_until_stopped() -> None:
    """Granian, until it ends or somebody stops us."""
    host = os.environ.get("HOST", "127.0.0.1")
    port = _choose_port(host)
    shown = "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104 - compared, not bound
    address = f"http://{f'[{shown}]' if ':' in shown else shown}:{port}/"
    server = begin(server_command(host, port))
    try:
        with step("Web server"):
            _wait_until_it_answers(server, shown, port)
        _print_welcome(address)
        server.wait()
        raise StepFailed(f"The web server ended by itself (status {server.returncode}).")
    finally:
        _end(server, "web server", STOP_SECONDS)


def _end(process: subprocess.Popen[bytes], name: str, seconds: int) -> None:
    if process.poll() is not None:
        return
    print(f"\n  Stopping the {name}", flush=True)
    process.terminate()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def run() -> None:
    began = time.monotonic()
    check_python()
    print("Starting the portal")
    ensure_packages(server=not _has_own_database())
    install("run")
    with database():
        prepare()
        print(f"  Ready to serve after {time.monotonic() - began:.1f} s")
        with worker():
            serve_until_stopped()


def fill_tiles(words: list[str]) -> None:
    """`make tiles`: the program shows its progress itself."""
    if not words or not words[0]:
        raise StepFailed("Which layer? make tiles LAYER=public-land-parcels")
    command = [str(PYTHON), str(PROJECT / "manage.py"), "fill_tiles", *words]
    with database():
        if subprocess.run(command, cwd=PROJECT, check=False).returncode:
            raise StepFailed("The tiles were not all made; started again, it goes on from there.")


def serve_in_container() -> None:
    """Become granian: the container's own supervisor does the rest."""
    host = os.environ.get("HOST", "0.0.0.0")  # noqa: S104 - inside a container network
    command = server_command(host, int(os.environ.get("PORT", DEFAULT_PORT)))
    os.chdir(PROJECT)
    os.execv(command[0], command)  # noqa: S606 - no shell is the point


def main(arguments: list[str]) -> int:
    match arguments:
        case ["run"]:
            run()
        case ["prepare"]:
            with database():
                prepare()
        case ["serve"]:
            serve_in_container()
        case ["tiles", *words]:
            fill_tiles(words)
        case ["clean"]:
            clean.clean()
        case _:
            print("Usage: python3 bin/run.py run|prepare|serve|tiles LAYER|clean", file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    listen_for_stop()
    try:
        sys.exit(main(sys.argv[1:]))
    except Stopped:
        print("Stopped.")
        sys.exit(0)
    except (StepFailed, ServerProblem) as problem:
        sys.exit(fail(problem))
